"""Configuring a carrier; every change is kept with its actor."""

from typing import Any
from urllib.parse import urlsplit

from services.chassis.data.work import Work, Works
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.logistics.contract import PUT_CARRIER
from services.logistics.domain.carriers import Carrier
from services.logistics.storage.carriers import carrier_of, put_carrier_row, record_change

Request = dict[str, Any]


def put_carrier(works: Works, request: Request) -> dict[str, Any]:
    """The carrier as it stands. Refuses request.invalid for an endpoint or a secret that cannot work."""
    problems = _problems(works, request)
    if problems:
        raise Refused(INVALID_REQUEST, "the carrier cannot work like this", fields=problems)
    return works.once(PUT_CARRIER, _put, request)


def _put(work: Work, request: Request) -> dict[str, Any]:
    wanted = carrier_wanted(request, carrier_of(work, request["code"]))
    before = put_carrier_row(work, wanted)
    if before != wanted:
        record_change(work, request["actor"], before, wanted)
    return summary_of(wanted)


def carrier_wanted(request: Request, known: Carrier | None) -> Carrier:
    fields = {name: request[name] for name in Carrier.__dataclass_fields__}
    if fields["collects_cash"] is None:
        fields["collects_cash"] = known.collects_cash if known else True
    return Carrier(**{**fields, "coverage": tuple(request["coverage"])})


def summary_of(carrier: Carrier) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "adapter", "is_active", "collects_cash", "priority")
    return {name: getattr(carrier, name) for name in names}


def _problems(works: Works, request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not _is_plain_url(request["endpoint"]):
        found["endpoint"] = ["must be http(s)://host without login, query or fragment"]
    if not works.settings.knows_secret(request["secret_name"]):
        found["secret_name"] = ["no secret of this name is installed"]
    return found


def _is_plain_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False
    return usable and not (parts.username or parts.password or parts.query or parts.fragment)
