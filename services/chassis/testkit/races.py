"""Deterministic races: all contenders stand at one barrier, then run at once."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

PATIENCE_S = 30

Deed = Callable[[sa.Engine], Any]


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


def race_in_turn(engine: sa.Engine, turn: int, words: str, *deeds: Deed) -> list[Any]:
    """One of many turns of a race; each is given the engine to use.

    In every other turn all start at one barrier: who is first then depends on the machine, and may be always the same.
    So in the turns between one after the other is followed by the rest, as ``race_behind`` says.
    """
    if turn % 2 == 0:
        return race(*(partial(deed, engine) for deed in deeds))
    return race_behind(engine, words, turn // 2 % len(deeds), *deeds)


def race_behind(engine: sa.Engine, words: str, leader: int, *deeds: Deed, patience_s: float = PATIENCE_S) -> list[Any]:
    """All but the ``leader`` start as soon as it has executed a statement with these ``words``, such as one that takes
    a lock: they meet it in the middle of its transaction."""
    ahead, heard = threading.Event(), engine.execution_options()

    def hear(_connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if words in statement:
            ahead.set()

    def follow(deed: Deed) -> Any:
        if not ahead.wait(patience_s):
            raise TimeoutError(f"the leader never did {words}")
        return deed(engine)

    sa.event.listen(heard, "after_cursor_execute", hear)
    places = enumerate(deeds)
    return race(*(partial(deed, heard) if place == leader else partial(follow, deed) for place, deed in places))
