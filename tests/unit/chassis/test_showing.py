"""What operators see on a terminal."""

from services.chassis.showing import table


def test_columns_line_up_whatever_script_they_are_in():
    rows = [("来源 source", "积分"), ("bill", "1,234"), ("活动", "5")]

    assert table(rows) == [
        "来源 source   积分",
        "bill         1,234",
        "活动             5",
    ]


def test_nothing_trails_a_line():
    assert table([("points", ""), ("opening", "0")]) == ["points", "opening  0"]
