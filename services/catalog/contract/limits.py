"""How much of something one member may get: in a day, a month, a campaign, or ever."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.catalog.contract.vocabulary import (
    CAMPAIGN,
    GOODS_UNKNOWN,
    LIMIT_BACKDATED,
    LIMIT_PERIODS,
    SERVICE,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text


def subject_field() -> fields.String:
    shape = validate.Regexp(r"^(gds|sku|elm)_[0-9a-f]{32}\Z", error="must be the id of goods, a SKU or an element")
    return fields.String(required=True, validate=shape)


class LimitWish(Request):
    """From ``effective_from`` (null: from now) a member may get ``most`` pieces of the goods or SKU, or units of the
    element, in each ``period``; null: as many as they like again.

    A limit is the same one for one subject and period, and for one begin of a campaign: what members have used of it
    counts on when it changes. A campaign counts from ``window_from`` until ``window_until``.
    """

    subject = subject_field()
    period = choice(*LIMIT_PERIODS)
    window_from = instant(allow_none=True)
    window_until = instant(allow_none=True)
    most = integer(1, 1_000_000, allow_none=True)
    effective_from = instant(allow_none=True)
    reason = text(200)

    @validates_schema
    def a_campaign_has_a_window(self, data: Mapping[str, Any], **_: Any) -> None:
        begins, ends = data.get("window_from"), data.get("window_until")
        if {bool(begins), bool(ends)} != {data.get("period") == CAMPAIGN}:
            raise ValidationError("a campaign has a window, and nothing else has one", "window_until")
        if begins and ends and ends <= begins:
            raise ValidationError("the window ends before it begins", "window_until")


class SetLimit(LimitWish):
    request_id = text(80)


class Limit(Record):
    limit_id = identifier("lim")
    subject = subject_field()
    period = choice(*LIMIT_PERIODS)
    window_from = instant(allow_none=True)
    window_until = instant(allow_none=True)
    most = integer(1, allow_none=True)


class LimitDecided(Limit):
    """``most`` is null where a limit is lifted."""

    effective_from = instant()
    reason = text(200)
    actor = text(80)


class ListLimits(Request):
    """Of one subject, or all."""

    subject = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))


class Limits(Record):
    """What holds now and what is decided for later, by subject and time."""

    limits = listed(LimitDecided, longest=10_000)


SET_LIMIT = Command(SERVICE, "set_limit", SetLimit, LimitDecided, refuses=(GOODS_UNKNOWN, LIMIT_BACKDATED))
LIST_LIMITS = Query(SERVICE, "list_limits", ListLimits, Limits)
