"""Verbs on warehouses and business halls."""

import argparse
from pathlib import Path

from services.catalog import contract
from services.catalog.operating.asking import ask, command, read_file, show, takes_reason
from services.catalog.usecases.import_places import import_places
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.set_place_state import set_place_state
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

SHOWN = ("place_id", "kind", "state", "priority", "province", "city", "name_zh", "name_en")


def import_file(works: Works, options: argparse.Namespace) -> int:
    content = read_file(options.file, contract.PLACES_INCONSISTENT)
    told = {"places": [], "localities": [], "reason": options.because, **content}
    return show(command(works, contract.IMPORT_PLACES, import_places, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    found = ask(works, contract.LIST_PLACES, list_places, {"kind": options.kind})
    if options.json:
        say_json(found)
    else:
        for place in found["places"]:
            print(brief({name: place[name] for name in SHOWN}))
    return DONE


def set_state(works: Works, options: argparse.Namespace) -> int:
    told = {"place_id": options.place_id, "state": options.state, "reason": options.because}
    return show(command(works, contract.SET_PLACE_STATE, set_place_state, told), options)


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON: places, localities")
    takes_reason(parser)


def _takes_kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", choices=contract.PLACES)


def _takes_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place_id", metavar="PLACE")
    parser.add_argument("state", choices=contract.PLACE_STATES)
    takes_reason(parser)


PLACE_VERBS = [
    Verb("place import", "bring in or change warehouses, halls and where cities are", import_file, _takes_file),
    Verb("place list", "in the order of use", list_all, _takes_kind),
    Verb("place set", "open or close one", set_state, _takes_state),
]
