import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launcher.ports import FREE_RANGE, HOST, Ports, is_free


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_not_free(taken_port: int) -> None:
    assert not is_free(taken_port)


def test_the_usual_port_is_preferred_to_any_other(tmp_path: Path, taken_port: int) -> None:
    usual = Ports(tmp_path / "none", usual=False).book("x", 0)
    assert Ports(tmp_path / "none").book("http", usual) == usual
    other = Ports(tmp_path / "none").book("http", taken_port)
    assert FREE_RANGE[0] <= other < FREE_RANGE[1]


def test_the_remembered_port_comes_first(tmp_path: Path, taken_port: int) -> None:
    memory = tmp_path / "ports.json"
    first = Ports(memory)
    chosen = first.book("http", taken_port)
    first.remember()
    del first
    assert Ports(memory).book("http", taken_port) == chosen


def test_nobody_gets_a_port_twice(tmp_path: Path) -> None:
    usual = Ports(tmp_path / "none", usual=False).book("first", 0)
    assert Ports(tmp_path / "none").book("second", usual) == usual
    twice = Ports(tmp_path / "none")
    assert len({twice.book(name, usual) for name in "abc"}) == 3


def test_two_launchers_that_start_together_do_not_choose_the_same_port(tmp_path: Path) -> None:
    """The first one has only chosen it: nobody listens there yet."""
    first = Ports(tmp_path / "first", usual=False)
    chosen = first.book("http", 0)
    assert Ports(tmp_path / "second").book("http", chosen) != chosen
    del first
    assert Ports(tmp_path / "third").book("http", chosen) == chosen


def test_a_test_run_leaves_the_usual_ports_alone(tmp_path: Path) -> None:
    usual = Ports(tmp_path / "none", usual=False).book("x", 0)
    assert Ports(tmp_path / "none", usual=False).book("http", usual) != usual


@pytest.mark.parametrize("content", ["", "[]", "{", '{"http": "many"}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, content: str) -> None:
    memory = tmp_path / "ports.json"
    memory.write_text(content)
    assert Ports(memory).remembered == {}
