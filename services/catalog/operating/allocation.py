"""Verbs on how places are chosen."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, takes_reason
from services.catalog.usecases.set_allocation_policy import list_allocation_policies, set_allocation_policy
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

WEIGHTS = ("parcel_weight", "distance_weight", "priority_weight", "stock_weight", "unknown_km")


def set_policy(works: Works, options: argparse.Namespace) -> int:
    """What is not said stays as it is decided last."""
    last = ask(works, contract.LIST_ALLOCATION_POLICIES, list_allocation_policies, {})["policies"][0]
    told = {name: getattr(options, name) for name in ("strategy", *WEIGHTS) if getattr(options, name) is not None}
    halls = {"supplies_halls": last["supplies_halls"] if options.halls is None else options.halls == "supplied"}
    kept = {name: last[name] for name in ("strategy", *WEIGHTS)}
    wish = {**kept, **told, **halls, "effective_from": options.starting, "reason": options.because}
    return _show(command(works, contract.SET_ALLOCATION_POLICY, set_allocation_policy, wish), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    return _show(ask(works, contract.LIST_ALLOCATION_POLICIES, list_allocation_policies, {}), options)


def _show(found: dict, options: argparse.Namespace) -> int:
    if options.json:
        say_json(found)
    else:
        for policy in found["policies"]:
            print(brief(policy))
    return DONE


def _takes_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strategy", choices=contract.ALLOCATION_STRATEGIES)
    for name in WEIGHTS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N")
    parser.add_argument("--halls", choices=("supplied", "alone"), help="whether warehouses send what a hall lacks")
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


ALLOCATION_VERBS = [
    Verb("allocation set", "how places are chosen; what is not said stays", set_policy, _takes_policy),
    Verb("allocation list", "what is decided, newest first", list_all),
]
