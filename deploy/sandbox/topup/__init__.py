"""A partner that tops up phones and switches on packs of data."""
