"""A deadline for a whole exchange over HTTP: connecting, handshake, request, headers and body.

Time-outs of sockets are of one operation each, so who sends a byte a second never runs into them; in a cooperative
process not even a handshake or a record of TLS is one operation. So at the deadline the connection itself is shut down,
from outside of whatever waits for it.
"""

import os
import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

_current: ContextVar["Deadline"] = ContextVar("deadline")


class Deadline:
    """Of what is done with a BoundedAdapter while it is entered. Whoever read an answer without a length has to look at
    ``is_over``: an end that was made is like an end that came."""

    def __init__(self, within_s: float) -> None:
        self.ends_at, self.was_sent, self.is_over = time.monotonic() + within_s, False, False
        self._lock = threading.Lock()
        self._wire: socket.socket | None = None
        self._timer = threading.Timer(within_s, self._cut_off)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
        self._timer.cancel()
        with self._lock:
            self._let_go()

    def seconds_left(self) -> float:
        return self.ends_at - time.monotonic()

    def watch(self, sock: socket.socket) -> None:
        """``sock`` is what is waited for from now on. By a descriptor of its own: TLS puts another object around the
        connection, and closes this one."""
        with self._lock:
            self._let_go()
            if self.is_over:
                raise TimeoutError("the deadline is over")
            self._wire = socket.socket(fileno=os.dup(sock.fileno()))

    def send_over(self, sock: socket.socket) -> None:
        """From here on the partner may have got something."""
        if not self.was_sent:
            self.watch(sock)
            self.was_sent = True

    def _cut_off(self) -> None:
        with self._lock:
            self.is_over = True
            if self._wire:
                _shut_down(self._wire)

    def _let_go(self) -> None:
        if self._wire:
            self._wire.close()
            self._wire = None


def _shut_down(wire: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        wire.shutdown(socket.SHUT_RDWR)


class _Bounded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        """The partner's addresses share what is left of the time, so that one that is dead leaves some to the next."""
        deadline, host = _current.get(), self._dns_host
        addresses = [found[4][0] for found in socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)]
        try:
            while addresses:
                self._dns_host, self.timeout = str(addresses.pop(0)), _share(deadline, len(addresses) + 1)
                try:
                    connected = super()._new_conn()
                    deadline.watch(connected)
                    return connected
                except (ConnectTimeoutError, NewConnectionError):
                    if not addresses:
                        raise
        finally:
            self._dns_host = host
        raise OSError(f"{host} has no address")

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _current.get().send_over(self.sock)
        super().send(data)


def _share(deadline: Deadline, among: int) -> float:
    return max(deadline.seconds_left(), 0.001) / among


class _BoundedTls(_Bounded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTls


class BoundedAdapter(HTTPAdapter):
    """One connection to each host. It serves one call at a time: a connection that is given back before its call is
    over could be cut off while the next one uses it."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
