"""`./mall`: starts, watches and stops the whole mall on one machine. Standard library only."""
