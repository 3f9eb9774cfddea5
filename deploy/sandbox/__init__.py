"""Simulated partners that speak the real protocols, each a process of its own."""
