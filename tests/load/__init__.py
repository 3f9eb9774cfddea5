"""Benchmarks: each measures ours beside a reference in the same interleaved run. `./mall bench`."""
