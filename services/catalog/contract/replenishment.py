"""Stock that runs short: rules say how little is too little, a job proposes what to order, a person decides."""

from services.catalog.contract.vocabulary import (
    CONSIGNMENT_LINES_WRONG,
    GOODS_UNKNOWN,
    PLACE_CLOSED,
    PLACE_UNKNOWN,
    POLICY_BACKDATED,
    POLICY_DECIDED_BEFORE,
    REPLENISHMENT_DECIDED_BEFORE,
    REPLENISHMENT_NOT_NEEDED,
    REPLENISHMENT_RULE_INVALID,
    REPLENISHMENT_UNKNOWN,
    SERVICE,
)
from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    identifier,
    instant,
    integer,
    listed,
    text,
)

REPLENISHMENT_STATES = ("open", "accepted", "dismissed", "lapsed")
LARGEST_TARGET = 1_000_000


class ReplenishmentWish(Request):
    """Of an element at a place: with fewer than ``least`` units free or on their way, so many packs of ``pack`` are
    ordered that there are ``target``; from ``from_place``, or (null) from its supplier. What somebody dismissed is not
    proposed again for ``quiet_hours``. ``target`` null: nothing is proposed any more. From now on, or from
    ``effective_from``."""

    element_id = identifier("elm")
    place_id = identifier("whs")
    from_place = identifier("whs", allow_none=True)
    least = integer(0, LARGEST_TARGET)
    target = integer(1, LARGEST_TARGET, allow_none=True)
    pack = integer(1, LARGEST_TARGET, load_default=1)
    quiet_hours = integer(0, 8_784, load_default=24)
    effective_from = instant(allow_none=True)
    reason = text(200)


class SetReplenishmentRule(ReplenishmentWish):
    request_id = text(80)


class ReplenishmentRule(Record):
    element_id = identifier("elm")
    place_id = identifier("whs")
    from_place = identifier("whs", allow_none=True)
    least = integer()
    target = integer(allow_none=True)
    pack = integer(1)
    quiet_hours = integer()
    effective_from = instant()
    reason = text(200)
    actor = text(80)


class ListReplenishmentRules(Request):
    place_id = identifier("whs", allow_none=True)


class ReplenishmentRules(Record):
    """Those in force, and those to come."""

    rules = listed(ReplenishmentRule, longest=10_000)


class Replenishment(Record):
    """``available`` is what was free there or on its way when it was proposed; ``quantity`` what would be ordered, once
    accepted what was. ``lapsed``: it was needed no more before anybody decided."""

    replenishment_id = identifier("rpl")
    element_id = identifier("elm")
    place_id = identifier("whs")
    from_place = identifier("whs", allow_none=True)
    quantity = integer(1)
    available = integer(-LARGEST_SAFE_INTEGER, LARGEST_SAFE_INTEGER)
    least = integer()
    status = choice(*REPLENISHMENT_STATES)
    proposed_at = instant()
    decided_by = text(80, allow_none=True)
    decided_at = instant(allow_none=True)
    decided_because = text(200, allow_none=True)
    consignment_id = identifier("csg", allow_none=True)


class ListReplenishments(Request):
    """Newest first."""

    status = choice(*REPLENISHMENT_STATES, allow_none=True)
    place_id = identifier("whs", allow_none=True)
    limit = integer(1, 100, load_default=20)


class Replenishments(Record):
    replenishments = listed(Replenishment)


class AcceptReplenishment(Request):
    """What is missing by then is ordered, whatever was proposed."""

    request_id = text(80)
    replenishment_id = identifier("rpl")


class DismissReplenishment(AcceptReplenishment):
    reason = text(200)


class ReplenishmentProposedData(Record):
    """Of an element there is too little at a place: so much should be ordered."""

    replenishment_id = identifier("rpl")
    element_id = identifier("elm")
    place_id = identifier("whs")
    from_place = identifier("whs", allow_none=True)
    quantity = integer(1)
    available = integer(-LARGEST_SAFE_INTEGER, LARGEST_SAFE_INTEGER)
    least = integer()


_OF_ONE = (REPLENISHMENT_UNKNOWN, REPLENISHMENT_DECIDED_BEFORE)
SET_REPLENISHMENT_RULE = Command(
    SERVICE,
    "set_replenishment_rule",
    SetReplenishmentRule,
    ReplenishmentRules,
    refuses=(
        GOODS_UNKNOWN,
        PLACE_UNKNOWN,
        CONSIGNMENT_LINES_WRONG,
        REPLENISHMENT_RULE_INVALID,
        POLICY_BACKDATED,
        POLICY_DECIDED_BEFORE,
    ),
)
LIST_REPLENISHMENT_RULES = Query(SERVICE, "list_replenishment_rules", ListReplenishmentRules, ReplenishmentRules)
ACCEPT_REPLENISHMENT = Command(
    SERVICE,
    "accept_replenishment",
    AcceptReplenishment,
    Replenishment,
    refuses=(*_OF_ONE, REPLENISHMENT_NOT_NEEDED, PLACE_CLOSED),
)
DISMISS_REPLENISHMENT = Command(SERVICE, "dismiss_replenishment", DismissReplenishment, Replenishment, refuses=_OF_ONE)
LIST_REPLENISHMENTS = Query(SERVICE, "list_replenishments", ListReplenishments, Replenishments)
REPLENISHMENT_PROPOSED = Event(SERVICE, "replenishment.proposed.v1", ReplenishmentProposedData)
