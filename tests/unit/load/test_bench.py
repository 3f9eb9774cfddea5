"""How a benchmark ends: with figures or without, what was ordered is followed up and the books are looked at."""

import json
import sys

import pytest

from tests.load import bench
from tests.load.failures import WrongAnswer
from tests.load.frame import Row, plain
from tests.load.troubles import Disturbed, Troubles

FIGURE = plain("S1.p50", "median answer", "ms", 12.0)
DEED = plain("redeem.orders", "orders accepted", "orders", 80)
IN_ORDER = [plain("closing.invariants", "do not hold", "invariants", 0, 0)]
BROKEN = [plain("closing.invariants", "do not hold", "invariants", 1, 0)]


def figures() -> list[Row]:
    return [FIGURE]


def disturbed() -> list[Row]:
    raise Disturbed(Troubles(["a process of points ended", "3 orders had to be asked for more than once"]), [DEED])


def wrong() -> list[Row]:
    raise WrongAnswer("an order was answered 409")


def lost() -> list[Row]:
    raise ConnectionRefusedError(111, "Connection refused")


@pytest.fixture
def run(monkeypatch, capsys):
    """``run(name, what it does, what the books say)`` gives the exit status, the ids of its rows, what was said."""

    def run(name, deed, closing=IN_ORDER):
        monkeypatch.setattr(sys, "argv", ["bench", name, "--json"])
        monkeypatch.setenv("MALL_AMQP_URL", "amqp://nowhere")
        monkeypatch.setitem(bench.BENCHES, name, lambda _options: deed())
        monkeypatch.setattr(bench, "closing_rows", lambda: closing)
        code = bench.main()
        told = capsys.readouterr()
        return code, [row["id"] for row in json.loads(told.out)["rows"]] if told.out else [], told.err

    return run


def test_figures_are_told_with_the_state_of_the_books(run):
    assert run("redeem", figures) == (0, ["S1.p50", "closing.invariants"], "")


def test_a_mall_that_was_disturbed_has_no_figures_but_its_books_are_in_order(run):
    code, rows, said = run("redeem", disturbed)

    assert (code, rows) == (0, ["redeem.orders", "closing.invariants"])
    assert "no figures, for the mall was disturbed: a process of points ended; 3 orders had to be asked for" in said


@pytest.mark.parametrize(("deed", "why"), [(wrong, "an order was answered 409"), (lost, "Connection refused")])
def test_without_figures_the_books_are_looked_at_all_the_same(run, deed, why):
    code, rows, said = run("redeem", deed)

    assert (code, rows) == (1, ["closing.invariants"])
    assert why in said


@pytest.mark.parametrize("deed", [figures, disturbed, wrong])
def test_books_that_are_not_in_order_are_a_failure(run, deed):
    assert run("redeem", deed, BROKEN)[0] == 1


def test_where_nothing_is_ordered_no_books_are_looked_at(run):
    assert run("rpc", figures) == (0, ["S1.p50"], "")
    assert run("rpc", wrong)[:2] == (1, [])
