"""Accounts under suspicion: frozen by ops, and open again."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text
from services.points.contract.vocabulary import (
    ACCOUNT_UNKNOWN,
    FREEZE_LIFTED_BEFORE,
    FREEZE_UNKNOWN,
    SERVICE,
    in_unit,
)


class FreezeAccount(Request):
    """All wallets of the member earn and spend nothing until every freeze is lifted and the member is active."""

    request_id = text(80)
    member_id = identifier("mbr")
    reason = text(200)


class Frozen(Record):
    freeze_id = identifier("frz")
    member_id = identifier("mbr")


class UnfreezeAccount(Request):
    request_id = text(80)
    freeze_id = identifier("frz")
    reason = text(200)


class Unfrozen(Record):
    """``status`` is "frozen" while another freeze, or the member's own state, keeps the account so."""

    freeze_id = identifier("frz")
    member_id = identifier("mbr")
    status = choice("open", "frozen")


class AccountFrozenData(Record):
    freeze_id = identifier("frz")
    member_id = identifier("mbr")


class AccountUnfrozenData(AccountFrozenData):
    """One freeze was lifted; ``status`` as Unfrozen has it."""

    status = choice("open", "frozen")


class OfAccount(Request):
    member_id = identifier("mbr")


class Freeze(Record):
    """Open while ``lifted_at`` is null."""

    freeze_id = identifier("frz")
    reason = text(200)
    frozen_by = text(80)
    frozen_at = instant()
    lifted_because = text(200, allow_none=True)
    lifted_by = text(80, allow_none=True)
    lifted_at = instant(allow_none=True)


class WalletState(Record):
    unit = in_unit()
    available = integer()
    held = integer()
    owed = integer()


class Account(Record):
    """``state`` is the member's as points knows it; the newest freeze comes first."""

    member_id = identifier("mbr")
    state = text(40)
    status = choice("open", "frozen")
    wallets = listed(WalletState)
    freezes = listed(Freeze)


FREEZE_ACCOUNT = Command(SERVICE, "freeze_account", FreezeAccount, Frozen, refuses=(ACCOUNT_UNKNOWN,))
UNFREEZE_ACCOUNT = Command(
    SERVICE, "unfreeze_account", UnfreezeAccount, Unfrozen, refuses=(FREEZE_UNKNOWN, FREEZE_LIFTED_BEFORE)
)
GET_ACCOUNT = Query(SERVICE, "get_account", OfAccount, Account, refuses=(ACCOUNT_UNKNOWN,))
ACCOUNT_WAS_FROZEN = Event(SERVICE, "account.frozen.v1", AccountFrozenData)
ACCOUNT_WAS_UNFROZEN = Event(SERVICE, "account.unfrozen.v1", AccountUnfrozenData)
