"""Choosing ports on 127.0.0.1: the remembered one, then the usual one, then any free one."""

import json
import secrets
import socket
from pathlib import Path

HOST = "127.0.0.1"
# Below the range the kernel hands out for outgoing connections, so that nobody takes it before we bind it.
FREE_RANGE = (20_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Without this a connection still in TIME_WAIT would move the port at every run.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _hold(port: int) -> socket.socket | None:
    """The number is ours until this launcher ends, though nobody listens yet; None when another launcher has it.

    Malls and test runs that start at the same moment chose the same number now and then. A name in Linux' abstract
    namespace leaves no file and goes with its process.
    """
    holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        holder.bind(f"\0points-mall-port-{port}")
    except OSError:
        holder.close()
        return None
    return holder


class Ports:
    def __init__(self, memory: Path, *, usual: bool = True) -> None:
        """`usual=False` never takes a usual port: a test run leaves them to the mall the user starts meanwhile."""
        self.memory = memory
        self.usual = usual
        self.remembered: dict[str, int] = _read(memory)
        self.taken: dict[str, int] = {}
        self.held: list[socket.socket] = []

    def book(self, name: str, usual_port: int) -> int:
        wanted = [self.remembered.get(name), usual_port if self.usual else None]
        port = next((port for port in wanted if port and self._available(port)), None) or self._any_free()
        self.taken[name] = port
        return port

    def remember(self) -> None:
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        self.memory.write_text(json.dumps({**self.remembered, **self.taken}, indent=1) + "\n")

    def _available(self, port: int) -> bool:
        if port in self.taken.values() or not is_free(port):
            return False
        holder = _hold(port)
        if holder:
            self.held.append(holder)
        return holder is not None

    def _any_free(self) -> int:
        low, high = FREE_RANGE
        while True:
            port = low + secrets.randbelow(high - low)
            if self._available(port):
                return port


def _read(memory: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(memory.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}
