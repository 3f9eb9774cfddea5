"""The HTTP edge: every outside client comes through here. No business rule, no database."""
