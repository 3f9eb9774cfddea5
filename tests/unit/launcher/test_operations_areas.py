"""`./mall ops AREA …` reaches the program of the service, which speaks of itself as it was typed."""

import pytest

from deploy.ops.__main__ import AREAS, main


@pytest.mark.parametrize("area", AREAS)
def test_every_area_helps_under_the_name_that_was_typed(area, capsys):
    try:
        code = main([area, "--help"])
    except SystemExit as end:
        code = end.code
    assert code == 0
    assert capsys.readouterr().out.startswith(f"usage: ./mall ops {area} ")


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["order", "show"], "usage: ./mall ops order show [-h] [--json] ORDER_ID\n"),
        (["bill-run", "import"], "usage: ./mall ops bill-run import [-h] [--workers"),
        (["nonsense"], "there is no area 'nonsense'\n"),
    ],
)
def test_wrong_usage_is_two_and_says_how_it_is_right(arguments, usage, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err[: len(usage)]) == ("", usage)


def test_without_an_area_all_are_listed(capsys):
    assert main([]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]] == list(AREAS)
