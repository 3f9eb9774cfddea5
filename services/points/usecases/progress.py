"""How far long work is, for whoever watches it."""

from typing import Protocol


class Progress(Protocol):
    """``what`` is being done, ``done`` of it, of how much; ``lines`` so far, where the work is counted in lines."""

    def __call__(self, what: str, done: int, of: int, lines: int | None = None) -> object: ...


def nothing(what: str, done: int, of: int, lines: int | None = None) -> None:
    """Nobody watches."""
