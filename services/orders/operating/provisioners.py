"""Verbs on partners that switch things on."""

import argparse
import json
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json
from services.orders import contract
from services.orders.usecases.put_provisioner import list_provisioners, pause_provisioner, put_provisioner


def import_file(works: Works, options: argparse.Namespace) -> int:
    told = {"request_id": new_id("req"), **_read(options.file), "reason": options.because}
    return _show(works.run(put_provisioner, contract.PUT_PROVISIONER.load_request(told)), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    found = contract.LIST_PROVISIONERS.dump_reply(works.run(list_provisioners, {}))
    if options.json:
        say_json(found)
    else:
        print("\n".join(brief(one) for one in found["provisioners"]))
    return DONE


def pause(works: Works, options: argparse.Namespace) -> int:
    told = {"provisioner": options.provisioner, "is_paused": not options.resume, "reason": options.because}
    return _show(works.run(pause_provisioner, told), options)


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise Refused(contract.PROVISIONER_INVALID, f"{path} cannot be read as one JSON object: {problem}") from None


def _show(stands: dict[str, Any], options: argparse.Namespace) -> int:
    told = contract.PUT_PROVISIONER.dump_reply(stands)
    say_json(told) if options.json else print(brief(told))
    return DONE


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON: one partner")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


def _takes_partner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("provisioner", metavar="PARTNER")
    parser.add_argument("--resume", action="store_true", help="the other way round")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


PROVISIONER_VERBS = [
    Verb("provisioner import", "bring in or change a partner that switches things on", import_file, _takes_file),
    Verb("provisioner list", "partners that switch things on, as they stand", list_all),
    Verb("provisioner pause", "ask nothing new of a partner, or again", pause, _takes_partner),
]
