"""The picture of one goods."""

from typing import Any

from services.catalog.contract import GOODS_UNKNOWN
from services.catalog.storage.pictures import find_picture
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def get_picture(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    picture = find_picture(work, request["goods_id"])
    if picture is None:
        raise Refused(GOODS_UNKNOWN, "no such goods")
    return picture
