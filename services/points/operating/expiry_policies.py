"""Verbs on expiry policies: how long points live, by source, unit and pool."""

import argparse
from datetime import date
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import say_json
from services.points.domain.expiry import ROUNDINGS, RULES, ExpiryPolicy
from services.points.operating.expiry import rows_of, show, takes_day, takes_start
from services.points.storage.expiry_policies import policies_in_force, policies_to_come
from services.points.usecases.set_expiry_policy import preview_expiry, set_expiry_policy

COLUMNS = ("source", "unit", "pool", "rule", "amount", "rounding", "effective_from", "actor")


def policies(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        day = options.on or local_date(work.now)
        found = {"in_force": policies_in_force(work, day), "to_come": policies_to_come(work, day)}
    if options.json:
        say_json(found)
    else:
        print("\n".join([f"in force on {day}", *rows_of(found["in_force"], COLUMNS)]))
        print("\n".join(["", "to come", *rows_of(found["to_come"], COLUMNS)]))
    return DONE


def set_policy(works: Works, options: argparse.Namespace) -> int:
    draft = _draft(options)
    request = {**_scope(options), **vars(draft), "effective_from": options.starting}
    show(works.run(set_expiry_policy, request), options)
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


def _scope(options: argparse.Namespace) -> dict[str, Any]:
    return {"source": options.source, "unit": options.unit, "pool": options.pool}


def _takes_policy(parser: argparse.ArgumentParser) -> None:
    _takes_scope(parser)
    parser.add_argument("rule", choices=RULES)
    _takes_amount(parser)
    takes_start(parser)


def _takes_preview(parser: argparse.ArgumentParser) -> None:
    _takes_scope(parser)
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="the day of earning; today, if not said")
    parser.add_argument("--rule", choices=RULES, help="a draft; the policy in force, if not said")
    _takes_amount(parser)


def _takes_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="what earns them (bill, campaign, …); * for any other")
    parser.add_argument("--unit", help="PTS or COIN; any, if not said")
    parser.add_argument("--pool", type=int, metavar="NO", help="any, if not said")


def _takes_amount(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--amount", type=int, default=0, metavar="N", help="months or years")
    parser.add_argument("--rounding", choices=ROUNDINGS, help="of fixed_months, up to the end of; month, if not said")


EXPIRY_POLICY_VERBS = [
    Verb("expiry policies", "how long points live, in force on a day and to come", policies, takes_day),
    Verb("expiry set-policy", "decide it for what is earned from a day on", set_policy, _takes_policy),
    Verb(
        "expiry preview", "until when points of a day live, by the policy in force or a draft", preview, _takes_preview
    ),
]
