"""State machines as tables: a faulty table does not get past its import, an illegal step past its call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.transitions import IllegalTransition, Transitions

LAMP = Transitions("lamp", "off", {"off": {"press": "on", "smash": "broken"}, "on": {"press": "off"}, "broken": {}})


def test_a_lawful_step_leads_to_the_next_state() -> None:
    assert LAMP.next("off", "press") == "on"
    assert LAMP.allows("off", "press") and not LAMP.allows("on", "smash")
    assert LAMP.sources("press") == ("off", "on")
    assert LAMP.states == ("off", "on", "broken")
    assert LAMP.is_end("broken") and not LAMP.is_end("on")


@pytest.mark.parametrize(("state", "event"), [("on", "smash"), ("broken", "press"), ("nowhere", "press"), ("on", "")])
def test_every_other_step_is_illegal(state: str, event: str) -> None:
    with pytest.raises(IllegalTransition):
        LAMP.next(state, event)


@given(st.sampled_from(LAMP.states), st.sampled_from(["press", "smash", "sing"]))
def test_what_is_allowed_is_what_can_be_done(state: str, event: str) -> None:
    if LAMP.allows(state, event):
        assert LAMP.next(state, event) in LAMP.states
    else:
        with pytest.raises(IllegalTransition):
            LAMP.next(state, event)


@pytest.mark.parametrize(
    ("initial", "table", "complaint"),
    [
        ("off", {"off": {"press": "on"}}, "unknown states"),
        ("dark", {"off": {}}, "unknown states"),
        ("off", {"off": {}, "on": {}}, "unreachable states"),
        ("off", {"off": {}, "on": {"a": "lit"}, "lit": {"a": "on"}}, "unreachable states"),
    ],
)
def test_a_faulty_table_fails_when_it_is_made(initial: str, table: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Transitions("lamp", initial, table)


def test_the_picture_shows_every_arrow() -> None:
    assert LAMP.as_mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> off",
        "    off --> on: press",
        "    off --> broken: smash",
        "    on --> off: press",
        "    broken --> [*]",
    ]
