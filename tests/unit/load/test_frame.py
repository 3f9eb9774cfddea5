"""The frame: pairs interleaved fairly, goals on the median of ratios, the shape that scripts read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.load.cpu import Group
from tests.load.frame import Measured, Row, compare, interleave, measure, plain, report, without

ROW_FIELDS = ["id", "what", "unit", "ours", "reference", "ratio", "goal", "met"]


def test_sides_warm_up_and_then_take_turns_in_going_first() -> None:
    ran: list[str] = []

    def side(name: str):
        def run() -> Measured:
            ran.append(name)
            return Measured({}, float(len(ran)))

        return run

    mine, theirs = interleave(3, side("ours"), side("reference"))

    assert ran == ["ours", "reference", "ours", "reference", "reference", "ours", "ours", "reference"]
    assert [m.per_second for m in mine] == [3, 6, 7]
    assert [m.per_second for m in theirs] == [4, 5, 8]


def test_the_goal_is_on_the_median_of_the_ratios_of_the_pairs() -> None:
    """Ratios 0.4, 0.5, 2.0: the medians of the sides alone would say 4 / 5."""
    row = compare("X", "what", "ms", [4, 5, 4], [10, 10, 2], goal=0.5, at_most=True)

    assert (row.ours, row.reference, row.ratio, row.goal, row.met) == (4, 10, 0.5, "<= 0.5 x", True)


def test_a_goal_may_be_a_least_ratio() -> None:
    assert compare("X", "what", "1/s", [29], [10], goal=3.0, at_most=False).met is False
    assert compare("X", "what", "1/s", [30], [10], goal=3.0, at_most=False).met is True


def test_a_plain_row_has_no_verdict_without_a_goal() -> None:
    assert plain("X", "what", "ms", 3.14159) == Row("X", "what", "ms", 3.142, None, None, "", None)
    assert plain("X", "what", "ms", 301.0, goal=300.0).met is False
    assert plain("X", "what", "ms", 300.0, goal=300.0).met is True


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_latencies_with_the_right_share_below(latencies: list[float], share: float) -> None:
    value = Measured({}, 1.0, latencies).percentile(share)

    assert value in latencies
    assert sum(latency <= value for latency in latencies) >= share * len(latencies)


def test_exact_percentiles() -> None:
    measured = Measured({}, 1.0, [float(number) for number in range(100, 0, -1)])

    assert [measured.percentile(share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 51, 100, 100]
    assert Measured({}, 1.0).percentile(0.5) == 0.0


def test_what_the_groups_used_is_divided_by_the_operations() -> None:
    class Clock(Group):
        readings = iter([100.0, 350.0])

        def milliseconds(self) -> float:
            return next(self.readings)

    measured = measure([Clock("db", ())], 50, lambda: [1.0, 2.0])

    assert measured.cpu_ms == {"db": 5.0}
    assert measured.latencies_ms == [1.0, 2.0]


def test_idle_work_is_taken_off_for_the_time_that_an_operation_took() -> None:
    """At 200 operations a second each took 5 ms, in which 100 ms a second are half a ms."""
    measured = without({"db": 100.0}, Measured({"db": 2.0, "own": 3.0}, 200.0, [7.0]))

    assert measured == Measured({"db": 1.5, "own": 3.0}, 200.0, [7.0])


def test_scripts_get_exactly_this_shape(capsys) -> None:
    report("redeem", [plain("S1.p50", "median", "ms", 12.0), compare("S1.cpu", "CPU", "ms", [1], [2], 0.5, True)], True)

    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["bench", "commit", "load", "rows"]
    assert document["bench"] == "redeem"
    assert [list(row) for row in document["rows"]] == [ROW_FIELDS, ROW_FIELDS]
    assert document["rows"][1] == {
        "id": "S1.cpu", "what": "CPU", "unit": "ms",
        "ours": 1, "reference": 2, "ratio": 0.5, "goal": "<= 0.5 x", "met": True,
    }  # fmt: skip


def test_people_get_a_mark_for_every_verdict(capsys) -> None:
    report("redeem", [plain("A", "met", "ms", 1.0, 2.0), plain("B", "missed", "ms", 3.0, 2.0)], False)

    lines = capsys.readouterr().out.splitlines()
    assert "✓" in lines[2]
    assert "✗" in lines[3]
