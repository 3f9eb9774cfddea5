"""A partner on a socket of this machine that sends what it is told to: some at once, the rest a byte at a time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

EVERY_S = 0.02
HELLO = b"\x16\x03\x03\x40\x00"  # TLS: a record of a handshake, of 16 KiB


@dataclass
class Trickling:
    """``at_once`` and then every byte of ``slowly``, to each who connects. ``was_left``: somebody hung up before all
    of it was sent."""

    at_once: bytes
    slowly: bytes
    was_left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):  # closed at the end of the test
            while True:
                connected, _ = self.listening.accept()
                threading.Thread(target=self._answer, args=(connected,), daemon=True).start()

    def _answer(self, connected: socket.socket) -> None:
        try:
            with connected:
                connected.recv(1 << 16)
                connected.sendall(self.at_once)
                for byte in self.slowly:
                    connected.sendall(bytes([byte]))
                    time.sleep(EVERY_S)
        except OSError:
            self.was_left.set()


@contextmanager
def trickling(at_once: bytes, slowly: bytes) -> Iterator[Trickling]:
    partner = Trickling(at_once, slowly)
    serving = threading.Thread(target=partner.serve, daemon=True)
    serving.start()
    try:
        yield partner
    finally:
        partner.listening.shutdown(socket.SHUT_RDWR)
        serving.join()  # a cooperative thread that still waited would wait for whoever gets this descriptor next
        partner.listening.close()
