"""Requests that reach logistics, and keep a worker of the gateway busy for as long as a test wants."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.integration.gateway.conftest import Mall, eventually

SIGNED = "webhook-id: msg_1\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,x\r\nContent-Type: application/json\r\n"


def callback(body: bytes) -> bytes:
    head = f"POST /callbacks/carriers/sf HTTP/1.1\r\nHost: mall\r\n{SIGNED}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def all_workers_busy(mall: Mall, workers: int, valve: Path) -> Iterator[list[socket.socket]]:
    """As many requests as there are workers have reached logistics, and stay there until the valve is taken away."""
    valve.touch()
    held = json.dumps({"held": str(valve)}).encode()
    before = mall.notes.count(held)
    try:
        with ExitStack() as stack:
            wires = [stack.enter_context(mall.connect()) for _ in range(workers)]
            for wire in wires:
                wire.sendall(callback(held))
            eventually(lambda: mall.notes.count(held) == before + workers)
            yield wires
    finally:
        valve.unlink(missing_ok=True)
