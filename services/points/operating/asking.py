"""What verbs share that ask for something, decide on it and list it: as the door would, on the same contracts."""

import argparse
from collections.abc import Sequence
from typing import Any

from services.chassis.contract import Query
from services.chassis.data.work import Works


def ask(works: Works, query: Query, usecase: Any, request: dict[str, Any]) -> Any:
    return query.dump_reply(works.run(usecase, query.load_request(request)))


def takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


def takes_page(parser: argparse.ArgumentParser, states: Sequence[str]) -> None:
    parser.add_argument("--state", choices=states)
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")
    parser.add_argument("--before", type=int, metavar="NO", help="as the page before said")
