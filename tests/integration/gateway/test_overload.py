"""More than can be served is sent away at once, and nothing that was sent away has an effect."""

import socket
from collections.abc import Callable
from pathlib import Path

from services.chassis.http_admission import FEW
from tests.integration.gateway.busy import all_workers_busy, callback
from tests.integration.gateway.conftest import Answer, Mall, eventually, read_answer

A_LONG_TIME = "60"  # longer than any test waits for an answer

StartMall = Callable[..., Mall]


def assert_shed(answer: Answer) -> None:
    assert (answer.status, answer.json["code"]) == (503, "overloaded")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"


def test_who_finds_the_line_full_is_sent_away_without_waiting(start_mall: StartMall, tmp_path: Path) -> None:
    mall = start_mall(MALL_MAX_WORKERS="2", MALL_HTTP_AT_ONCE="2", MALL_HTTP_WAIT_S=A_LONG_TIME)
    with all_workers_busy(mall, 2, tmp_path / "valve") as wires:
        reached = len(mall.notes)
        for _ in range(20):
            assert_shed(mall.send(callback(b'"surplus"')))
        (tmp_path / "valve").unlink()
        assert [read_answer(wire).status for wire in wires] == [200, 200]
        assert len(mall.notes) == reached
    assert mall.send(callback(b'"later"')).status == 200


def test_who_waits_in_vain_for_a_worker_is_sent_away(start_mall: StartMall, tmp_path: Path) -> None:
    mall = start_mall(MALL_MAX_WORKERS="1", MALL_HTTP_WAIT_S="0.2")
    with all_workers_busy(mall, 1, tmp_path / "valve") as wires:
        reached = len(mall.notes)
        assert_shed(mall.send(callback(b'"surplus"')))
        (tmp_path / "valve").unlink()
        assert read_answer(wires[0]).status == 200
        assert len(mall.notes) == reached


def test_who_would_be_answered_too_late_is_sent_away_without_waiting(start_mall: StartMall, tmp_path: Path) -> None:
    mall = start_mall(MALL_HTTP_ANSWER_S="0.001", MALL_HTTP_WAIT_S=A_LONG_TIME)
    assert mall.send(callback(b'"how long it takes is learnt"')).status == 200
    with all_workers_busy(mall, FEW, tmp_path / "valve") as wires:
        reached = len(mall.notes)
        for _ in range(20):
            assert_shed(mall.send(callback(b'"surplus"')))
        (tmp_path / "valve").unlink()
        assert [read_answer(wire).status for wire in wires] == [200] * FEW
        assert len(mall.notes) == reached
    assert mall.send(callback(b'"later"')).status == 200


def test_who_waits_in_line_is_served_when_a_worker_is_free(start_mall: StartMall, tmp_path: Path) -> None:
    mall = start_mall(MALL_MAX_WORKERS="1", MALL_HTTP_WAIT_S=A_LONG_TIME)
    with all_workers_busy(mall, 1, tmp_path / "valve") as wires, mall.connect() as waiting:
        waiting.sendall(callback(b'"patient"'))
        (tmp_path / "valve").unlink()
        assert [read_answer(wire).status for wire in (*wires, waiting)] == [200, 200]
        assert mall.notes[-1] == b'"patient"'


def test_a_surplus_connection_is_told_so_and_closed(start_mall: StartMall) -> None:
    mall = start_mall(MALL_HTTP_CONNECTIONS="3")
    kept = eventually(lambda: served_at_once(mall, 3))
    with mall.connect() as surplus:
        assert_shed(read_answer(surplus))
        assert surplus.recv(1) == b""
    for wire in kept:
        wire.close()
    for wire in eventually(lambda: served_at_once(mall, 3)):
        wire.close()


def served_at_once(mall: Mall, count: int) -> list[socket.socket]:
    """That many connections, open; none when there was no room for all of them yet."""
    wires = [mall.connect() for _ in range(count)]
    if all(is_served(wire) for wire in wires):
        return wires
    for wire in wires:
        wire.close()
    return []


def is_served(wire: socket.socket) -> bool:
    try:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: mall\r\n\r\n")
        return read_answer(wire).status == 200
    except OSError:
        return False
