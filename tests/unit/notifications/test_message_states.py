"""The life of a message, every change of it."""

import itertools

import pytest

from services.chassis.transitions import IllegalTransition
from services.notifications.contract import MESSAGE_STATES
from services.notifications.domain.message_states import MESSAGE

ALLOWED = {
    ("queued", "claim"): "sending",
    ("queued", "expire"): "failed",
    ("sending", "claim"): "sending",
    ("sending", "accept"): "sent",
    ("sending", "retry"): "queued",
    ("sending", "refuse"): "failed",
    ("sending", "expire"): "failed",
    ("sent", "receipt_delivered"): "delivered",
    ("sent", "receipt_failed"): "failed",
}
EVENTS = sorted({event for _, event in ALLOWED})


def test_the_states_are_those_of_the_contract():
    assert set(MESSAGE.states) == set(MESSAGE_STATES)


@pytest.mark.parametrize(("state", "event"), itertools.product(MESSAGE_STATES, EVENTS))
def test_every_change(state, event):
    if (state, event) in ALLOWED:
        assert MESSAGE.next(state, event) == ALLOWED[state, event]
    else:
        with pytest.raises(IllegalTransition):
            MESSAGE.next(state, event)
