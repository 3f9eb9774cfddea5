"""Partners of a running mall that are told to fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests


@contextmanager
def switched(address: str, **faults: Any) -> Iterator[None]:
    """The partner's own switches, as they were before in the end."""
    place = f"{address}/control/faults"
    before = requests.get(place, timeout=10).json()
    requests.post(place, json=faults, timeout=10).raise_for_status()
    try:
        yield
    finally:
        requests.post(place, json={name: before[name] for name in faults}, timeout=10).raise_for_status()
