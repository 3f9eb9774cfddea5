"""Any two operations at once on one wallet: whichever way their statements fall, it is as if one had come after the
other. Each is stopped after each of its statements, and the other runs to its end or to a lock."""

import os
import subprocess
import sys

import pytest

from tests.integration.points.bill_files import ROOT
from tests.integration.points.race_pairs import PAIRS

AT_ONCE = os.cpu_count() or 1
LONGEST_S = 600


@pytest.mark.timeout(LONGEST_S)
def test_two_at_once_are_as_one_after_the_other():
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.points.race_pairs"]

    judges = [
        subprocess.Popen(
            [*command, *PAIRS[place::AT_ONCE]], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for place in range(AT_ONCE)
    ]

    told = [judge.communicate()[0] for judge in judges]
    assert not any(judge.returncode for judge in judges), "\n".join(told)
    assert sorted(line for text in told for line in text.split()) == sorted(PAIRS)
