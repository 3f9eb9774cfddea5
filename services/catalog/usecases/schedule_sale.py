"""Operators say when goods are on sale. No job has to take effect: the rows do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.catalog.contract import GOODS_UNKNOWN, SCHEDULE_BACKDATED
from services.catalog.domain.schedule import Plan, Window, off_sale, window_more
from services.catalog.storage.import_checks import is_known
from services.catalog.storage.locks import lock_goods
from services.catalog.storage.schedule import carry_out, list_windows, windows_of
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def schedule_sale(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Schedule, with one window more."""
    wanted = Window(_to_come(work, request["begins_at"]), request["ends_at"])
    if wanted.is_over(work.now):
        raise Refused(SCHEDULE_BACKDATED, "it would be over already")
    return _change(work, request, lambda windows: window_more(windows, wanted))


def end_sale(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Schedule, with nothing on sale from then on."""
    at = _to_come(work, request["ends_at"])
    return _change(work, request, lambda windows: off_sale(windows, at))


def list_sale_windows(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    if not is_known(work, request["goods_id"]):
        raise Refused(GOODS_UNKNOWN, "no such goods")
    return {"goods_id": request["goods_id"], "windows": list_windows(work, request["goods_id"])}


def _change(work: Work, request: dict[str, Any], plan: Callable[[Sequence[Window]], Plan]) -> dict[str, Any]:
    goods_id = request["goods_id"]
    if not lock_goods(work, goods_id):
        raise Refused(GOODS_UNKNOWN, "no such goods")
    carry_out(work, goods_id, plan(windows_of(work, [goods_id])[goods_id]), request["reason"])
    return {"goods_id": goods_id, "windows": list_windows(work, goods_id)}


def _to_come(work: Work, instant: datetime | None) -> datetime:
    if instant is not None and instant < work.now:
        raise Refused(SCHEDULE_BACKDATED, "what was on sale was on sale")
    return instant or work.now
