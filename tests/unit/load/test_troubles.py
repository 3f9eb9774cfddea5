"""Processes of the mall that end while they are measured; and the books at the end."""

import math
import subprocess
import sys

from deploy.ops.invariants import Check
from tests.load.closing import row_of_checks
from tests.load.cpu import group_of_pids
from tests.load.troubles import Troubles, watched


def test_a_process_that_ended_is_noted_once_and_has_no_figure() -> None:
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    troubles = Troubles()
    [group] = watched([group_of_pids("points", [process.pid])], troubles)
    assert group.milliseconds() >= 0
    assert troubles.told == []

    process.kill()
    process.wait(10)

    assert [math.isnan(group.milliseconds()) for _ in range(2)] == [True, True]
    assert len(troubles.told) == 1
    assert troubles.told[0].startswith("a process of points ended")


def test_invariants_that_do_not_hold_are_named() -> None:
    held = Check("points", "legs sum to zero", True, None)
    broken = Check("orders", "stored as folded", False, ["ord_1"])

    assert (row_of_checks([held]).ours, row_of_checks([held]).met) == (0, True)
    row = row_of_checks([held, broken])
    assert (row.ours, row.met) == (1, False)
    assert row.what == "of 2 invariants of the services' databases do not hold; orders stored as folded: ['ord_1']"
