"""Verbs on how orders are carried out: flows, and what is done about steps that take their time."""

import argparse
import json
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json
from services.orders.domain.flows.flow import PLAIN
from services.orders.domain.flows.policy import StepPolicy
from services.orders.domain.variants import VARIANTS
from services.orders.operating.asking import moment
from services.orders.storage.flow_rows import flow_rows, policy_rows
from services.orders.usecases.set_flow import SECONDS, TIMED, set_flow, set_step_policy


def list_flows(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        rows = {"flows": flow_rows(work), "policies": policy_rows(work)}
    if options.json:
        say_json(rows)
        return DONE
    for row in rows["flows"]:
        name = f"{row['delivery']} {row['variant']}".strip()
        print(f"{name}, from {row['effective_from']} ({row['actor']}: {row['reason']})")
        print("\n".join(f"  {_said(step)}" for step in row["steps"]))
    print("\n".join(brief(row) for row in rows["policies"]))
    return DONE


def _said(step: dict[str, Any]) -> str:
    return f"{step['step']} after {', '.join(step['after'])}" if step["after"] else step["step"]


def change_flow(works: Works, options: argparse.Namespace) -> int:
    said = {"delivery": options.delivery, "variant": options.variant, "steps": json.load(options.steps)}
    with works.begin() as work:
        row = set_flow(work, {**said, "effective_from": options.starting, "reason": options.because})
    return _show(row, options)


def change_policy(works: Works, options: argparse.Namespace) -> int:
    said = {name: getattr(options, name) for name in ("step", *SECONDS, "back_off")}
    with works.begin() as work:
        row = set_step_policy(work, {**said, "effective_from": options.starting, "reason": options.because})
    return _show(row, options)


def _show(row: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(row)
    else:
        print(brief(row))
    return DONE


def _takes_flow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("delivery", metavar="DELIVERY", help="how the parts are delivered that follow it")
    parser.add_argument("steps", type=argparse.FileType(encoding="utf-8"), metavar="FILE", help="JSON; - for stdin")
    parser.add_argument(
        "--variant", default=PLAIN, metavar="NAME", help=f"of orders of this variant only: {', '.join(VARIANTS[1:])}"
    )
    _takes_start(parser)


def _takes_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=TIMED)
    parser.add_argument("--ask-after-s", type=int, metavar="S", help="never, if not said")
    parser.add_argument("--ask-every-s", type=int, required=True, metavar="S", help="from the first try to the next")
    parser.add_argument(
        "--back-off",
        type=float,
        default=StepPolicy.back_off,
        metavar="FACTOR",
        help="so many times as long after each further try; always as long, if not said",
    )
    parser.add_argument(
        "--ask-longest-s",
        type=int,
        default=StepPolicy.ask_longest_s,
        metavar="S",
        help="but never longer than that, and as long after a refund was refused; a day, if not said",
    )
    parser.add_argument("--stuck-after-s", type=int, metavar="S", help="never, if not said")
    _takes_start(parser)


def _takes_start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="starting", type=moment, metavar="INSTANT", help="with its zone; now if not said"
    )
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


FLOW_VERBS = [
    Verb("flow list", "flows and step policies, with who set them and why", list_flows),
    Verb("flow set", "what parts of a delivery go through in orders placed from then on", change_flow, _takes_flow),
    Verb("flow set-policy", "when a step is asked about, and when it is stuck", change_policy, _takes_policy),
]
