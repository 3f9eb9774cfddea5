"""Partners that switch things on: one module a protocol."""
