"""How verbs put their requests to use cases and show the answers."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.chassis.contract import Command, Query
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json

UseCase = Callable[[Work, dict[str, Any]], Any]


def ask(works: Works, query: Query, usecase: UseCase, request: Mapping[str, Any]) -> Any:
    return query.dump_reply(works.run(usecase, query.load_request(dict(request))))


def command(works: Works, contract: Command, usecase: UseCase, request: Mapping[str, Any], key: str = "") -> Any:
    """Every typing is a request of its own, unless ``key`` says that it is the same one."""
    named = {"request_id": f"ops-{key or new_id('req')}", **request}
    return works.once(contract, usecase, contract.load_request(named))


def read_file(path: Path, code: str) -> dict[str, Any]:
    """The JSON object in a file; refuses with ``code``."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Refused(code, f"{path} cannot be read: {problem}") from None
    if not isinstance(content, dict):
        raise Refused(code, f"{path} is not one JSON object")
    return content


def read_units(told: Sequence[str], code: str) -> list[tuple[str, int]]:
    """Of ``elm_…=5``; refuses with ``code``."""
    read = [one.partition("=") for one in told]
    if wrong := [name for name, _, many in read if not many.isdecimal()]:
        raise Refused(code, "say ELEMENT=UNITS", lines=wrong)
    return [(name, int(many)) for name, _, many in read]


def show(answer: Mapping[str, Any], options: argparse.Namespace) -> int:
    say_json(answer) if options.json else print(brief(answer))
    return DONE


def takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")
