"""Deterministic races: all contenders stand at one barrier, then run at once."""

import threading
from collections.abc import Callable
from typing import Any

PATIENCE_S = 30


def race(*contenders: Callable[[], Any], patience_s: float = PATIENCE_S) -> list[Any]:
    """Runs each in a thread of its own; the result or exception of each, in the order given. Who has more to do than a
    busy machine does in half a minute asks for more patience."""
    barrier = threading.Barrier(len(contenders))
    results: list[Any] = [None] * len(contenders)

    def run(place: int, contender: Callable[[], Any]) -> None:
        barrier.wait(PATIENCE_S)
        try:
            results[place] = contender()
        except Exception as problem:  # noqa: BLE001 — the test judges it
            results[place] = problem

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience_s)
        if thread.is_alive():
            raise TimeoutError("a contender did not finish: a deadlock?")
    return results
