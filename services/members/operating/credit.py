"""Verbs on credit: what a member's trades say, and on what terms cash on delivery is offered."""

import argparse
from datetime import datetime
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json
from services.members.contract import TIERS
from services.members.storage.credit import policy_rows
from services.members.usecases.get_credit import get_credit
from services.members.usecases.set_credit_policy import LIMITS, set_credit_policy

MEANINGS = {
    "good_trades_needed": "by who is no VIP",
    "bad_per_mille": "of 1,000 trades so many may be bad",
    "window_days": "so far back trades count",
    "most_open_orders": "whose cash is promised at a time",
    "most_open_fen": "promised at a time",
}


def show(works: Works, options: argparse.Namespace) -> int:
    return _tell(works.run(get_credit, {"member_id": options.member}), options)


def list_policies(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        rows = policy_rows(work)
    if options.json:
        say_json(rows)
    else:
        print("\n".join(brief(row) for row in rows))
    return DONE


def change_policy(works: Works, options: argparse.Namespace) -> int:
    said = {name: getattr(options, name) for name in ("vip_tiers", *LIMITS)}
    request = {**said, "effective_from": options.starting, "reason": options.because}
    return _tell(works.run(set_credit_policy, request), options)


def _tell(answer: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(answer)
    else:
        print(brief(answer))
    return DONE


def _tiers(said: str) -> list[str]:
    tiers = [tier for tier in said.split(",") if tier]
    if unknown := set(tiers) - set(TIERS):
        raise argparse.ArgumentTypeError(f"no tier is called {', '.join(sorted(unknown))}")
    return tiers


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("with its zone, as 2026-12-01T00:00:00+08:00")
    return moment


def _takes_member(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("member", metavar="MEMBER_ID")


def _takes_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vip-tiers", type=_tiers, metavar="TIER,…", help=f"of {', '.join(TIERS)}; '' for none")
    for name, meaning in MEANINGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=meaning)
    parser.add_argument(
        "--from", dest="starting", type=_moment, metavar="INSTANT", help="with its zone; now if not said"
    )
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


CREDIT_VERBS = [
    Verb("credit show", "a member's trades, and whether cash on delivery is offered", show, _takes_member),
    Verb("credit list", "the policies on credit, with who set them and why", list_policies),
    Verb("credit set", "the policy from then on; what is not said stays as it is", change_policy, _takes_policy),
]
