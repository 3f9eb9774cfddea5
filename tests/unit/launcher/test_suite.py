"""The groups of `./mall test` and the sum at its end."""

from pathlib import Path

from deploy.launcher.suite_groups import GROUPS, SIDE_BY_SIDE, Group, chosen_groups, lanes_of
from deploy.launcher.suite_report import Tally, tally_of

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure message="assert"/></testcase>
<testcase name="d"><error message="fixture"/></testcase>
<testcase name="e"><skipped message="needs a browser: install chromium"/></testcase>
<testcase name="f"><skipped message="only on Fridays"/></testcase>
</testsuite></testsuites>"""


def test_the_sum_counts_errors_as_failures(tmp_path: Path) -> None:
    report = tmp_path / "unit.xml"
    report.write_text(REPORT)
    assert tally_of(report, 1) == Tally(passed=2, failed=2, skipped=2, missing=1)


def test_a_pytest_that_broke_counts_as_a_failure(tmp_path: Path) -> None:
    assert tally_of(tmp_path / "missing.xml", 4) == Tally(failed=1)
    assert tally_of(tmp_path / "missing.xml", 5) == Tally()


def test_the_last_line() -> None:
    assert Tally(3, 0).last_line == "3 passed, 0 failed"
    assert (Tally(3, 1) + Tally(0, 0, 2, 1)).last_line == "3 passed, 1 failed, 2 skipped"


def test_all_groups_by_default_and_one_by_name() -> None:
    assert chosen_groups(None, []) == list(GROUPS)
    [unit] = chosen_groups("unit", ["-x"])
    assert (unit.name, unit.options, unit.needs_services) == ("unit", (*SIDE_BY_SIDE, "-x"), False)


def test_a_schedule_of_the_simulation_is_replayed_by_its_seed() -> None:
    [simulation] = chosen_groups(None, ["simulation", "--seed", "7"])
    assert (simulation.folders, simulation.options[-2:]) == (("tests/simulation",), ("--seed", "7"))
    assert simulation.needs_services


def test_a_group_that_is_apart_runs_only_when_it_is_named() -> None:
    assert "mutants" not in [group.name for group in chosen_groups(None, [])]
    for name, rest in (("mutants", ["-x"]), (None, ["mutants", "-x"])):
        assert chosen_groups(name, rest) == [Group("mutants", ("tests/mutants",), ("-x",))]
    [everything, _] = chosen_groups(None, ["tests"])
    assert "--ignore=tests/mutants" in everything.options
    [asked_for] = chosen_groups(None, ["tests/mutants/test_mutants.py"])
    assert "--ignore=tests/mutants" not in asked_for.options


def test_the_api_is_played_with_by_default_and_at_length_for_who_asks() -> None:
    assert "conformance" in [group.name for group in chosen_groups(None, [])]
    [whole] = chosen_groups(None, ["conformance", "--whole-api"])
    assert (whole.folders, whole.options, whole.needs_services) == (("tests/conformance",), ("--whole-api",), False)


def test_a_minute_of_the_faults_is_for_everybody_and_all_of_them_for_who_asks() -> None:
    quick = "tests/faults/test_quick_chaos.py"
    [chaos] = [group for group in chosen_groups(None, []) if group.name == "chaos"]
    assert (chaos.folders, chaos.needs_services) == ((quick,), False)
    [whole] = chosen_groups(None, ["faults", "--seed", "7"])
    assert whole == Group("faults", ("tests/faults",), (f"--ignore={quick}", "--seed", "7"))
    [everything, _] = chosen_groups(None, ["tests"])
    assert "--ignore=tests/faults" in everything.options


def test_paths_make_one_group_that_needs_services_only_if_the_paths_do() -> None:
    [unit] = chosen_groups(None, ["tests/unit/points", "-k", "hold"])
    assert (unit.folders, unit.needs_services) == (("tests/unit/points",), False)
    assert chosen_groups(None, ["tests/integration/points"])[0].needs_services


def test_groups_that_wait_run_beside_those_that_compute() -> None:
    lanes = [[group.name for group in lane] for lane in lanes_of(chosen_groups(None, ["-x"]))]
    assert lanes == [["unit", "integration", "simulation"], ["chassis", "journeys", "conformance", "chaos"]]
    assert [len(lanes_of(chosen_groups(name, []))) for name in ("unit", "journeys")] == [1, 1]


def test_options_alone_go_to_every_group() -> None:
    groups = chosen_groups(None, ["-k", "hold"])
    assert [group.name for group in groups] == [group.name for group in GROUPS]
    assert all(group.options[-2:] == ("-k", "hold") for group in groups)


def test_tests_of_the_chassis_run_patched_and_apart() -> None:
    [chassis] = chosen_groups(None, ["tests/integration/chassis/test_rpc.py"])
    assert "tests.support.green" in chassis.options
    for path in ("tests", "tests/integration", "tests/integration/"):
        assert [group.name for group in chosen_groups(None, [path])] == ["chosen", "chassis"]
    both = chosen_groups(None, ["tests/integration/launcher", "tests/integration/chassis"])
    assert [group.folders for group in both] == [("tests/integration/launcher",), ("tests/integration/chassis",)]


def test_missing_folders_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "tests/unit").mkdir(parents=True)
    assert GROUPS[0].command_line(tmp_path) == ["tests/unit", *SIDE_BY_SIDE]
    assert GROUPS[3].command_line(tmp_path) == []
