"""A broker that can be taken away: a proxy before the real one whose connections a test cuts, and lets come back."""

import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import eventlet


class Valve:
    """``valve.url`` leads to the broker of ``amqp_url`` while the valve is open."""

    def __init__(self, amqp_url: str) -> None:
        parts = urlsplit(amqp_url)
        self._target = (parts.hostname, parts.port or 5672)
        self._listener: Any = eventlet.listen(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))
        self._sockets: list[Any] = []
        self.is_open = True
        self._flow: Any = eventlet.event.Event()
        self._flow.send()
        self._thread = eventlet.spawn(self._serve)

    def shut(self) -> None:
        """Every connection breaks, and new ones break at once. The pumps close the sockets: they read from them."""
        self.is_open = False
        sockets, self._sockets = self._sockets, []
        for each in sockets:
            _shut_down(each)

    def stall(self) -> None:
        """Connections stay, but the broker reads nothing more from them, as one that is short of memory does."""
        self._flow = eventlet.event.Event()

    def flow(self) -> None:
        self._flow.send()

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.shut()
        self._thread.kill()
        self._listener.close()

    def _wait_for_flow(self) -> None:
        self._flow.wait()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if not self.is_open:
                client.close()
                continue
            broker = eventlet.connect(self._target)
            self._sockets += [client, broker]
            eventlet.spawn(_pump, client, broker, self._wait_for_flow)
            eventlet.spawn(_pump, broker, client)


def _pump(source: Any, target: Any, may_flow: Callable[[], Any] = lambda: None) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            may_flow()
            target.sendall(data)
    _shut_down(target)
    source.close()


def _shut_down(connected: Any) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(2)
