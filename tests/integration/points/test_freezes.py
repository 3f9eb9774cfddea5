"""Accounts frozen by ops: what is refused, what goes on, and who may open them again."""

import json
from functools import partial

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED
from services.chassis.testkit import database_of, emitted, race
from services.points import contract
from services.points.storage.holds import HoldKey
from services.points.usecases.follow_orders import capture_confirmed
from services.points.usecases.get_account import get_account
from tests.integration.points.bill_files import ops
from tests.integration.points.story import NOON, Ledger
from tests.integration.points.test_accounts import change
from tests.integration.points.test_commands import refusal_of

engine = database_of("points")
FROZEN = contract.ACCOUNT_FROZEN


def statuses(ledger: Ledger, member_id: str) -> set[str]:
    return {row[0] for row in ledger.fetch("SELECT status FROM account WHERE owner = :id", id=member_id)}


def account(ledger: Ledger, member_id: str) -> dict:
    return ledger.ask(contract.GET_ACCOUNT, get_account, {"member_id": member_id})


def test_a_frozen_account_earns_and_spends_nothing_in_any_unit(ledger: Ledger):
    member_id, other = ledger.member(500), ledger.member(500)
    ledger.accrue(member_id, 5, unit="COIN")

    ledger.freeze(member_id)

    for deed in (
        partial(ledger.accrue, member_id, 10),
        partial(ledger.accrue, member_id, 10, unit="COIN"),
        partial(ledger.hold, member_id, 10),
        partial(ledger.hold, member_id, 1, unit="COIN"),
        partial(ledger.gift, member_id, other, 10),
        partial(ledger.gift, other, member_id, 10),
        partial(ledger.exchange, member_id, 1),
        partial(ledger.top_up, member_id, 100),
    ):
        assert refusal_of(deed) == FROZEN
    assert (ledger.available(member_id), ledger.balance(member_id, unit="COIN")["available"]) == (500, 5)


def test_orders_that_were_placed_before_go_on_and_what_they_give_back_stays(ledger: Ledger):
    member_id, confirmed, cancelled = ledger.member(100), new_id("ord"), new_id("ord")
    ledger.hold(member_id, 40, confirmed)
    ledger.hold(member_id, 30, cancelled)

    ledger.freeze(member_id)
    with ledger.works.begin() as work:
        capture_confirmed(work, HoldKey(confirmed))
    ledger.release(cancelled)
    ledger.refund(confirmed, 10)

    assert ledger.available(member_id) == 70


def test_a_wallet_of_coins_that_opens_later_is_frozen_too(ledger: Ledger):
    member_id = ledger.member(500)
    ledger.freeze(member_id)

    assert refusal_of(lambda: ledger.accrue(member_id, 1, unit="COIN")) == FROZEN
    assert refusal_of(lambda: ledger.top_up(member_id, 100)) == FROZEN


def test_the_account_opens_when_the_last_freeze_is_lifted(ledger: Ledger):
    member_id = ledger.member(100)
    first, second = ledger.freeze(member_id), ledger.freeze(member_id, reason="court order")

    assert ledger.unfreeze(first)["status"] == "frozen"
    assert ledger.unfreeze(second)["status"] == "open"
    assert ledger.hold(member_id, 10)["available"] == 90


def test_the_members_own_state_does_not_lift_a_freeze_nor_a_lifted_freeze_the_state(ledger: Ledger):
    member_id = ledger.member(100)
    freeze_id = ledger.freeze(member_id)

    change(ledger, member_id, "suspended", 2)
    change(ledger, member_id, "active", 3)
    assert statuses(ledger, member_id) == {"frozen"}

    change(ledger, member_id, "suspended", 4)
    assert ledger.unfreeze(freeze_id)["status"] == "frozen"
    change(ledger, member_id, "active", 5)
    assert statuses(ledger, member_id) == {"open"}


def test_who_froze_whom_and_why_is_kept_for_good(ledger: Ledger):
    member_id = ledger.member(100)
    freeze_id = ledger.freeze(member_id)
    ledger.unfreeze(freeze_id)
    ledger.top_up(member_id, 300)

    assert account(ledger, member_id) == {
        "member_id": member_id,
        "state": "active",
        "status": "open",
        "wallets": [
            {"unit": "PTS", "available": 100, "held": 0, "owed": 0},
            {"unit": "COIN", "available": 3, "held": 0, "owed": 0},
        ],
        "freezes": [
            {
                "freeze_id": freeze_id,
                "reason": "points stolen",
                "frozen_by": "test",
                "frozen_at": NOON,
                "lifted_because": "a mistake",
                "lifted_by": "test",
                "lifted_at": NOON,
            }
        ],
    }


def test_the_same_request_again_freezes_once_and_another_content_is_refused(ledger: Ledger):
    member_id = ledger.member()

    first = ledger.freeze(member_id, request_id="freeze-1")

    assert ledger.freeze(member_id, request_id="freeze-1") == first
    assert refusal_of(lambda: ledger.freeze(member_id, request_id="freeze-1", reason="other")) == KEY_REUSED
    assert len(account(ledger, member_id)["freezes"]) == 1
    lifted = ledger.unfreeze(first, request_id="thaw-1")
    assert ledger.unfreeze(first, request_id="thaw-1") == lifted
    assert refusal_of(lambda: ledger.unfreeze(first)) == contract.FREEZE_LIFTED_BEFORE


def test_who_is_unknown_cannot_be_frozen(ledger: Ledger):
    assert refusal_of(lambda: ledger.freeze(new_id("mbr"))) == contract.ACCOUNT_UNKNOWN
    assert refusal_of(lambda: ledger.unfreeze(new_id("frz"))) == contract.FREEZE_UNKNOWN
    assert refusal_of(lambda: account(ledger, new_id("mbr"))) == contract.ACCOUNT_UNKNOWN


def test_a_freeze_and_a_state_at_the_same_moment_both_count(ledger: Ledger):
    for sequence in range(2, 22):
        member_id = ledger.member(100)
        change(ledger, member_id, "suspended", 1)

        race(partial(ledger.freeze, member_id), partial(change, ledger, member_id, "active", sequence))

        assert statuses(ledger, member_id) == {"frozen"}
    assert ledger.breaches() == []


def test_coins_that_come_while_the_account_is_frozen_find_it_frozen_or_not_yet(ledger: Ledger):
    for _ in range(20):
        member_id = ledger.member(100)

        race(partial(ledger.freeze, member_id), partial(ledger.top_up, member_id, 300))

        assert statuses(ledger, member_id) == {"frozen"}


def test_an_exchange_and_a_freeze_at_the_same_moment_do_not_lock_each_other_out(ledger: Ledger):
    for _ in range(10):
        member_id = ledger.member(1_000)
        ledger.accrue(member_id, 5, unit="COIN")

        results = race(*[partial(ledger.exchange, member_id, 1, 100)] * 2, partial(ledger.freeze, member_id))

        assert all(getattr(one, "code", FROZEN) == FROZEN for one in results)


def test_operators_freeze_show_and_open_an_account(ledger: Ledger):
    member_id = ledger.member(100)

    frozen = json.loads(ops(ledger.engine, "account", "freeze", member_id, "--because", "court", "--json").stdout)
    shown = ops(ledger.engine, "account", "show", member_id)
    opened = ops(ledger.engine, "account", "unfreeze", frozen["freeze_id"], "--because", "over")
    again = ops(ledger.engine, "account", "unfreeze", frozen["freeze_id"], "--because", "over")

    assert shown.stdout.splitlines()[0] == f"{member_id}: member active, account frozen"
    assert "reason=court frozen_by=ops:" in shown.stdout
    assert "status=open" in opened.stdout
    assert (again.returncode, contract.FREEZE_LIFTED_BEFORE in again.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [["account", "freeze", "mbr_x"], ["account", "freeze"], ["account"]])
def test_a_freeze_without_a_reason_is_wrong_usage(ledger: Ledger, arguments: list[str]):
    done = ops(ledger.engine, *arguments)

    assert (done.returncode, "usage" in done.stderr) == (2, True)


def test_every_freeze_and_its_end_are_told_in_their_order(ledger: Ledger, engine):
    member_id = ledger.member()
    first, second = ledger.freeze(member_id), ledger.freeze(member_id)
    ledger.unfreeze(first)
    ledger.unfreeze(second)

    frozen, lifted = (
        [(event["sequence"], event["data"]) for event in emitted(engine, kind, member_id)]
        for kind in (contract.ACCOUNT_WAS_FROZEN, contract.ACCOUNT_WAS_UNFROZEN)
    )
    of_member = {"member_id": member_id}
    assert frozen == [(1, {"freeze_id": first, **of_member}), (2, {"freeze_id": second, **of_member})]
    assert lifted == [
        (3, {"freeze_id": first, **of_member, "status": "frozen"}),
        (4, {"freeze_id": second, **of_member, "status": "open"}),
    ]
