"""Two thousand schedules: whatever the bus, the processes, the partners and the members do, the promises are kept."""

import pytest

from tests.simulation.checks import audits
from tests.simulation.schedule import REPLAY, Outcome, run_seed, smallest

pytestmark = pytest.mark.timeout(900)


def test_promises_are_kept_whatever_happens(grounds, seeds, is_replay, capsys):
    outcome = None
    for seed in seeds:
        outcome = run_seed(grounds.shared(), seed)
        if is_replay:
            with capsys.disabled():
                print(f"\n{outcome}")
        if outcome.breaches:
            told = str(smallest(grounds.fresh, outcome, seed))
            grounds.close()
            pytest.fail(f"seed {seed}: {REPLAY.format(seed)}\n{told}", pytrace=False)
    if found := audited(grounds, outcome):
        pytest.fail(told_by_audits(grounds, seeds, found), pytrace=False)


def audited(grounds, outcome: Outcome) -> list[str]:
    return audits(grounds.shared(), outcome.mall.scheduler.clock)


def told_by_audits(grounds, seeds: range, found: list[str]) -> str:
    """The audits look at many schedules at once; alone, each shows whether it was its doing."""
    for seed in seeds:
        grounds.fresh()
        outcome = run_seed(grounds.shared(), seed)
        if alone := audited(grounds, outcome):
            outcome.breaches = alone
            told = str(outcome)
            grounds.close()
            return f"seed {seed}: {REPLAY.format(seed)}\n{told}"
    return f"an audit found it after the seeds {seeds.start} to {seeds.stop - 1}, and after none of them alone: {found}"
