"""Faults planted one at a time: each must be found, or the suites prove nothing. ``./mall test mutants`` runs them."""
