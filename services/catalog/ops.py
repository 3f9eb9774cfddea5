"""For operators: ``python -m services.catalog.ops check | import FILE | receive ELEMENT …``; ``--help`` says more."""

import argparse
import hashlib
import json
import secrets
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.catalog.contract import IMPORT_CATALOG, IMPORT_INCONSISTENT, RECEIVE_STOCK, SERVICE
from services.catalog.operating.allocation import ALLOCATION_VERBS
from services.catalog.operating.asking import command, read_file, show
from services.catalog.operating.bulk import BULK_VERBS
from services.catalog.operating.codes import CODE_VERBS
from services.catalog.operating.consignments import CONSIGNMENT_VERBS
from services.catalog.operating.counters import COUNTER_VERBS
from services.catalog.operating.counts import COUNT_VERBS
from services.catalog.operating.flash_sales import FLASH_VERBS
from services.catalog.operating.limits import LIMIT_VERBS
from services.catalog.operating.places import PLACE_VERBS
from services.catalog.operating.presales import PRESALE_VERBS
from services.catalog.operating.replenishment import REPLENISHMENT_VERBS
from services.catalog.operating.reviews import REVIEW_VERBS
from services.catalog.operating.schedule import SCHEDULE_VERBS
from services.catalog.operating.write_offs import WRITE_OFF_VERBS
from services.catalog.usecases.check_invariants import check_invariants
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.receive_stock import receive_stock
from services.chassis.data.work import Works
from services.chassis.operations import Verb, audit, operate

PARTS_OF_A_FILE = ("merchants", "categories", "goods")  # that may be left out


def import_file(works: Works, options: argparse.Namespace) -> int:
    """The same file again is answered from memory, a changed one is another request."""
    content = read_file(options.file, IMPORT_INCONSISTENT)
    told = json.dumps(content, sort_keys=True, ensure_ascii=False)
    request_id = f"file-{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    request = {**{name: [] for name in PARTS_OF_A_FILE}, **content, "request_id": request_id}
    usecase = partial(import_catalog, random_bytes=secrets.token_bytes)
    return show(works.once(IMPORT_CATALOG, usecase, IMPORT_CATALOG.load_request(request)), options)


def receive(works: Works, options: argparse.Namespace) -> int:
    """Every typing is an arrival, unless ``--key`` says that it is the same one."""
    told = {"element_id": options.element_id, "quantity": options.quantity, "reason": options.reason}
    where = {"place_id": options.place} if options.place else {}
    request = {**told, **where, "actor": works.context.actor}
    usecase = partial(receive_stock, random_bytes=secrets.token_bytes)
    return show(command(works, RECEIVE_STOCK, usecase, request, options.key), options)


def _import_takes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON: merchants, categories, forms, elements, goods")


def _receive_takes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("element_id")
    parser.add_argument("quantity", type=int, help="units; of what is delivered by code as many codes are made")
    parser.add_argument("--reason", required=True, help="why they arrive, for the movement")
    parser.add_argument("--place", metavar="PLACE", help="where they arrive; else the warehouse that is used first")
    parser.add_argument("--key", help="a delivery note's number: the same one again is the same arrival")


VERBS = [
    Verb("import", "bring in or change merchants, categories, elements and goods", import_file, _import_takes),
    Verb("receive", "take units of an element in", receive, _receive_takes),
    *LIMIT_VERBS,
    *SCHEDULE_VERBS,
    *REVIEW_VERBS,
    *PLACE_VERBS,
    *ALLOCATION_VERBS,
    *CONSIGNMENT_VERBS,
    *CODE_VERBS,
    *COUNT_VERBS,
    *WRITE_OFF_VERBS,
    *REPLENISHMENT_VERBS,
    *COUNTER_VERBS,
    *PRESALE_VERBS,
    *FLASH_VERBS,
    *BULK_VERBS,
    audit(check_invariants, meaning="count stock, reservations, codes and prices again"),
]


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on goods and stock", VERBS, argv, prog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
