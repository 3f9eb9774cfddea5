"""When goods are on sale."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.vocabulary import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    SCHEDULE_BACKDATED,
    SCHEDULE_OVERLAPS,
    SERVICE,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, identifier, instant, listed, text


class WindowWish(Request):
    """From ``begins_at`` (null: now) until ``ends_at`` (null: without end)."""

    begins_at = instant(allow_none=True)
    ends_at = instant(allow_none=True)
    reason = text(200)

    @validates_schema
    def begins_before_it_ends(self, data: Mapping[str, Any], **_: Any) -> None:
        begins, ends = data.get("begins_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            raise ValidationError("the sale ends before it begins", "ends_at")


class ScheduleSale(WindowWish):
    """One more window of time in which the goods are on sale."""

    request_id = text(80)
    goods_id = identifier("gds")


class EndWish(Request):
    """From ``ends_at`` (null: now) on the goods are not on sale, whatever was planned."""

    ends_at = instant(allow_none=True)
    reason = text(200)


class EndSale(EndWish):
    request_id = text(80)
    goods_id = identifier("gds")


class SaleWindow(Record):
    """One that was called off before it began ends where it begins."""

    begins_at = instant()
    ends_at = instant(allow_none=True)
    opened_by = text(80)
    opened_because = text(200)
    ended_by = text(80, allow_none=True)
    ended_because = text(200, allow_none=True)


class ListSaleWindows(Request):
    goods_id = identifier("gds")


class Schedule(Record):
    """All there ever were, by their beginnings."""

    goods_id = identifier("gds")
    windows = listed(SaleWindow, longest=10_000)


SCHEDULE_SALE = Command(
    SERVICE, "schedule_sale", ScheduleSale, Schedule, refuses=(GOODS_UNKNOWN, SCHEDULE_OVERLAPS, SCHEDULE_BACKDATED)
)
END_SALE = Command(
    SERVICE, "end_sale", EndSale, Schedule, refuses=(GOODS_UNKNOWN, GOODS_NOT_ON_SALE, SCHEDULE_BACKDATED)
)
LIST_SALE_WINDOWS = Query(SERVICE, "list_sale_windows", ListSaleWindows, Schedule, refuses=(GOODS_UNKNOWN,))
