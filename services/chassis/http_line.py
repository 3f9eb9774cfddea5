"""So many at once; whoever comes next waits in a line, and is let in in the order of coming."""

from collections import deque

import eventlet
from eventlet.event import Event


class Line:
    """A place that gets free goes to the first who waits, there and then. eventlet's semaphore wakes him a moment
    later, and whoever comes in between takes it: in a crowd that never ends some wait until they are sent away."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[Event] = deque()

    def enter(self, patience_s: float) -> bool:
        """False if nobody left in time; else ``leave`` when it is done."""
        if self._free:
            self._free -= 1
            return True
        turn = Event()
        self._waiting.append(turn)
        try:
            with eventlet.Timeout(patience_s, False):
                turn.wait()
        except BaseException:  # killed, or out of time altogether
            self._go_away(turn)
            raise
        if not turn.ready():
            self._waiting.remove(turn)
        return bool(turn.ready())

    def leave(self) -> None:
        if self._waiting:
            self._waiting.popleft().send()
        else:
            self._free += 1

    def _go_away(self, turn: Event) -> None:
        if turn.ready():
            self.leave()
        else:
            self._waiting.remove(turn)
