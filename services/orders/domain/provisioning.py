"""What partners switch on: for which account, how far it is, and what to do when one of them says no. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.chassis.refusal import Refused
from services.orders import contract

LANE = "provisioner:"
OPEN = ("requested", "unknown")
NOT_THERE = ("failed", "reversed")
NOUNS = {"phone": ("手机号码", "phone number"), "account": ("账号", "account")}


class PartnerUnavailable(Exception):
    """No usable answer; whether the partner acted is not known. Ask before asking for it anew."""


class CallbackNotGenuine(Exception):
    """Nobody who shares the partner's secret signed it just now."""


class CallbackMalformed(Exception):
    """Signed by the partner, and not what the protocol says."""


@dataclass(frozen=True)
class Provisioner:
    """A partner as configured. ``asks_for`` (phone or account) must match ``pattern``; a phone is the member's own if
    none is said. ``can_reverse``: what it switched on, it can switch off. While it is paused nothing new is asked."""

    provisioner: str
    adapter: str
    endpoint: str
    secret_name: str
    timeout_ms: int
    asks_for: str
    pattern: str
    can_reverse: bool
    is_paused: bool
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Wanted:
    """One call to a partner. ``operation_id`` is ours; under it the partner acts once, however often it is asked."""

    operation_id: str
    product: str
    account: str
    units: int


@dataclass(frozen=True)
class Result:
    """``state``: succeeded, failed (for good), reversed, pending (the partner is at it), absent (it never heard of it).
    ``reference`` is the partner's own number."""

    state: str
    reference: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Told:
    """A genuine callback, in our words."""

    operation_id: str
    result: Result


class ProvisioningPartner(Protocol):
    """Every call but ``read_callback`` is HTTP: never inside a transaction. All raise PartnerUnavailable."""

    def request(self, wanted: Wanted, now: datetime) -> Result:
        """Asks for it; once per operation however often it is asked."""

    def find(self, operation_id: str, now: datetime) -> Result:
        """How far the operation is."""

    def reverse(self, operation_id: str, now: datetime) -> Result:
        """Asks to switch it off; once however often. Reversed, or as it was if the partner will not."""

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Told:
        """Raises CallbackNotGenuine, CallbackMalformed."""


@dataclass(frozen=True)
class Provisioning:
    """The units of one part of a line, at their partner, as they stand now."""

    line_no: int
    element_id: str
    provisioner: str
    state: str
    attempts: int = 0
    can_reverse: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def can_be_undone(self) -> bool:
        return self.state in NOT_THERE or (self.state == "succeeded" and self.can_reverse)


def as_they_stand(rounds: Iterable[Provisioning]) -> tuple[Provisioning, ...]:
    """Of rounds, oldest first, one for each part: what succeeded in any of them is there, else the last one counts."""
    stand: dict[tuple[int, str], Provisioning] = {}
    for one in rounds:
        known = stand.get((one.line_no, one.element_id))
        if known is None or known.state != "succeeded":
            stand[one.line_no, one.element_id] = one
    return tuple(stand.values())


def lane_of(provisionings: Sequence[Provisioning], states: Sequence[str]) -> str | None:
    """Of the partner that was asked least often of those who still have something to do, so that one that hangs does
    not keep the others of the same order waiting."""
    waiting = [one for one in provisionings if one.state in states]
    least = min(waiting, key=lambda one: (one.attempts, one.provisioner), default=None)
    return f"{LANE}{least.provisioner}" if least else None


def has_failed(provisionings: Sequence[Provisioning]) -> bool:
    """Every partner has given its last word, and not all of it was yes."""
    return any(one.state in NOT_THERE for one in provisionings) and not any(one.is_open for one in provisionings)


@dataclass(frozen=True)
class LinesApart:
    """Lines that the order can go on without, since all of them is missing or can be kept; ``are_all``: nothing else is
    missing of it."""

    line_nos: set[int]
    are_all: bool


def lines_apart(lines: Iterable[Any], provisionings: Iterable[Provisioning]) -> LinesApart:
    """Of an order of which partners refused something. A line of which something is switched on, or a code is out, is
    not apart; with nothing else left to go on, none is."""
    states: dict[int, set[bool]] = {}
    for one in provisionings:
        states.setdefault(one.line_no, set()).add(one.state in NOT_THERE)
    refused = {line_no for line_no, of in states.items() if True in of}
    kept = {line.line_no for line in lines if any(part.delivery == contract.CODE for part in line.parts)}
    apart = {line_no for line_no in refused if states[line_no] == {True}} - kept
    if not {line.line_no for line in lines} - apart:
        return LinesApart(set(), are_all=False)
    return LinesApart(apart, are_all=apart == refused)


def account_for(provisioners: Sequence[Provisioner], said: str | None, own_phone: str | None) -> str:
    """The account for a line whose parts these switch on; refuses one that is missing or that a pattern forbids."""
    account = normal(said) if said else own_phone and normal(own_phone)
    for one in provisioners:
        if one.is_paused:
            raise Refused(contract.PROVISIONER_PAUSED, "the partner takes nothing new now", provisioner=one.provisioner)
        if not account or not re.fullmatch(one.pattern, account):
            asked = {"asks_for": one.asks_for, "pattern": one.pattern}
            raise Refused(contract.ACCOUNT_WRONG, "the partner needs another account", **asked)
    return str(account)


def question_of(line_no: int, partner: Provisioner) -> dict[str, Any]:
    """The contract's AskedFor: what the buyer of a line is asked for, so that this partner can switch on its part."""
    noun_zh, noun_en = NOUNS[partner.asks_for]
    return {
        "line_no": line_no,
        "provisioner": partner.provisioner,
        "asks_for": partner.asks_for,
        "label_zh": f"{partner.name_zh}{noun_zh}",
        "label_en": f"{partner.name_en} {noun_en}",
        "pattern": partner.pattern,
        "default": contract.OWN_PHONE if partner.asks_for == "phone" else None,
        "is_paused": partner.is_paused,
    }


def normal(account: str) -> str:
    """As partners know it: no blanks around, and a Chinese mobile number without its country."""
    plain = account.strip()
    return plain.removeprefix("+86") if re.fullmatch(r"\+861[0-9]{10}", plain) else plain


def wants_own_phone(provisioners: Iterable[Provisioner], said: str | None) -> bool:
    return not said and any(one.asks_for == "phone" for one in provisioners)


def provisioners_of(line: Mapping[str, Any]) -> list[str]:
    """Who switches on something of it, sorted."""
    parts = line.get("parts") or []
    return sorted({part["provisioner"] for part in parts if part["delivery"] == contract.PROVISION})
