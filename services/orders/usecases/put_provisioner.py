"""Partners that switch things on are configuration: each change is a row from now on, with who made it and why."""

import re
from typing import Any
from urllib.parse import urlsplit

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provisioning import Provisioner
from services.orders.storage.provisioning import add_provisioner, provisioner_rows

TOLD = tuple(Provisioner.__dataclass_fields__)
_NAME = re.compile(r"[a-z0-9-]{1,40}")


def put_provisioner(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The partner as it stands; told the same again it stays as it was."""
    if problems := _problems(request):
        raise Refused(contract.PROVISIONER_INVALID, "the partner cannot work like this", fields=problems)
    told = {name: request[name] for name in TOLD}
    known = next((row for row in provisioner_rows(work) if row.provisioner == told["provisioner"]), None)
    if known is not None and told.items() <= dict(known._mapping).items():
        return dict(known._mapping)
    return add_provisioner(work, told, request["reason"])


def list_provisioners(work: Work, _: dict[str, Any]) -> dict[str, Any]:
    return {"provisioners": [dict(row._mapping) for row in provisioner_rows(work)]}


def pause_provisioner(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: provisioner, is_paused, reason. While it is paused nothing new is asked of it; what it was asked
    before is still seen to."""
    known = {row.provisioner: dict(row._mapping) for row in provisioner_rows(work)}
    if request["provisioner"] not in known:
        raise Refused(contract.PROVISIONER_UNKNOWN, "no such partner", provisioners=[request["provisioner"]])
    stands = known[request["provisioner"]]
    if stands["is_paused"] == request["is_paused"]:
        return stands
    return add_provisioner(work, {**stands, "is_paused": request["is_paused"]}, request["reason"])


def _problems(told: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not _NAME.fullmatch(told["provisioner"]):
        found["provisioner"] = ["lower-case letters, digits and hyphens"]
    try:
        re.compile(told["pattern"])
    except re.error as problem:
        found["pattern"] = [f"not a regular expression: {problem}"]
    parts = urlsplit(told["endpoint"])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        found["endpoint"] = ["must be http(s)://host without login or query"]
    return found
