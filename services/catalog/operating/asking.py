"""How verbs put their requests to use cases and show the answers."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.contract import Command, Query
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE
from services.chassis.showing import brief, say_json

UseCase = Callable[[Work, dict[str, Any]], Any]


def ask(works: Works, query: Query, usecase: UseCase, request: Mapping[str, Any]) -> Any:
    return query.dump_reply(works.run(usecase, query.load_request(dict(request))))


def command(works: Works, contract: Command, usecase: UseCase, request: Mapping[str, Any], key: str = "") -> Any:
    """Every typing is a request of its own, unless ``key`` says that it is the same one."""
    named = {"request_id": f"ops-{key or new_id('req')}", **request}
    return works.once(contract, usecase, contract.load_request(named))


def show(answer: Mapping[str, Any], options: argparse.Namespace) -> int:
    say_json(answer) if options.json else print(brief(answer))
    return DONE


def takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")
