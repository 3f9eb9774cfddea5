"""Verbs on expiry: book what is due now, see how far runs and notices are, and which notices are given."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.showing import say_json, table
from services.points.operating.progress import ProgressBar
from services.points.storage.expiry_runs import Counts
from services.points.storage.notices import notice_rules
from services.points.usecases.expire_points import expire_points
from services.points.usecases.get_expiry_status import get_expiry_status

RUN_COLUMNS = ("expires_on", "late", "state", "passes", "chunks", "wallets", "buckets", "points", "coins", "skipped")
NOTICE_COLUMNS = ("expires_on", "days_before", "state", "chunks", "wallets", "points", "coins")
RULE_COLUMNS = ("days_before", "given", "effective_from", "actor")


def run(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        due = get_expiry_status(work)["due_buckets"]

    def tell(booked: Counts) -> None:
        progress("expiring", booked.buckets, max(due, booked.buckets))

    with ProgressBar(sys.stderr) as progress:
        booked = expire_points(works, told=tell)
    with works.begin() as work:
        left = get_expiry_status(work)["due_buckets"]
    show({**booked, "left": left}, options)
    return FOUND if left else DONE


def status(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = get_expiry_status(work)
    if options.json:
        say_json(found)
        return DONE
    days = ", ".join(day.isoformat() for day in found["due_days"])
    print(f"over before {found['over_before']}; due: {found['due_buckets']} buckets {days}".rstrip())
    print("\n".join(["", "runs", *rows_of(found["runs"], RUN_COLUMNS)]))
    print("\n".join(["", "notices", *rows_of(found["notices"], NOTICE_COLUMNS)]))
    return DONE


def notices(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        rules = notice_rules(work, options.on or local_date(work.now))
    if options.json:
        say_json(rules)
    else:
        print("\n".join(rows_of(rules, RULE_COLUMNS)))
    return DONE


def rows_of(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> list[str]:
    """A table with a head."""
    lines = [["-" if row[name] is None else str(row[name]) for name in columns] for row in rows]
    return table([columns, *lines])


def show(values: Mapping[str, Any], options: argparse.Namespace) -> None:
    if options.json:
        say_json(values)
    else:
        for name, value in values.items():
            print(f"{name:16}{'-' if value is None else value}")


def takes_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="in force on that day; today, if not said")


def takes_start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="starting", required=True, type=date.fromisoformat, metavar="DAY", help="today or later"
    )


EXPIRY_VERBS = [
    Verb("expiry run", "book what has expired and is not booked yet; the service does it by itself, too", run),
    Verb("expiry status", "what is due, and how far runs and notices are", status),
    Verb("expiry notices", "how many days before members are told", notices, takes_day),
]
