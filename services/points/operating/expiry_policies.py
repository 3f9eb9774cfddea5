"""Verbs on expiry policies: how long points live, by source, unit and pool."""

import argparse
from datetime import date

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import say_json
from services.points.domain.expiry import ROUNDINGS, ExpiryPolicy
from services.points.domain.expiry import RULES as LIVES
from services.points.domain.rules import RULES
from services.points.operating.expiry import rows_of, show, takes_day
from services.points.storage.rule_rows import rows_in_force, rows_to_come
from services.points.usecases.preview_expiry import preview_expiry

POLICY = RULES["expiry_policy"]
COLUMNS = ("source", "unit", "pool", "rule", "amount", "rounding", "effective_from", "actor")


def policies(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        day = options.on or local_date(work.now)
        found = {"in_force": rows_in_force(work, POLICY, day), "to_come": rows_to_come(work, POLICY, day)}
    if options.json:
        say_json(found)
    else:
        print("\n".join([f"in force on {day}", *rows_of(found["in_force"], COLUMNS)]))
        print("\n".join(["", "to come", *rows_of(found["to_come"], COLUMNS)]))
    return DONE


def preview(works: Works, options: argparse.Namespace) -> int:
    draft = _draft(options) if options.rule else None
    with works.begin() as work:
        shown = preview_expiry(work, _scope(options), options.on or local_date(work.now), draft)
    show(shown, options)
    return DONE


def _draft(options: argparse.Namespace) -> ExpiryPolicy:
    rounding = options.rounding or ("month" if options.rule == "fixed_months" else None)
    return ExpiryPolicy(options.rule, options.amount, rounding)


def _scope(options: argparse.Namespace) -> dict[str, str]:
    """As it is typed for the rule."""
    return {"source": options.source, "unit": options.unit, "pool": options.pool}


def _takes_preview(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="what earns them (bill, campaign, …); * for any other")
    parser.add_argument("--unit", default="", help="PTS or COIN; PTS, if not said")
    parser.add_argument("--pool", default="", metavar="NO", help="the general one, if not said")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="the day of earning; today, if not said")
    parser.add_argument("--rule", choices=LIVES, help="a draft; the policy in force, if not said")
    parser.add_argument("--amount", type=int, default=0, metavar="N", help="months or years")
    parser.add_argument("--rounding", choices=ROUNDINGS, help="of fixed_months, up to the end of; month, if not said")


EXPIRY_POLICY_VERBS = [
    Verb("expiry policies", "how long points live, in force on a day and to come", policies, takes_day),
    Verb(
        "expiry preview", "until when points of a day live, by the policy in force or a draft", preview, _takes_preview
    ),
]
