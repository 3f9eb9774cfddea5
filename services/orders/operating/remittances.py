"""Verbs on what carriers pay over of the cash that they collected at doors."""

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.money import fen_from_yuan
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.showing import brief, say_json, table
from services.orders import contract
from services.orders.usecases.remittances.decide_difference import (
    ask_write_off,
    decide_write_off,
    explain_remittance_difference,
)
from services.orders.usecases.remittances.look_at_remittances import (
    list_remittance_differences,
    list_remittances,
    set_remittance_terms,
)
from services.orders.usecases.remittances.record_remittance import record_remittance

REMITTANCE = ("remittance_id", "carrier", "number", "paid_on", "reference", "lines", "total_fen")
DIFFERENCE = ("difference_id", "carrier", "waybill_no", "what", "said_fen", "remitted_fen", "missing_fen", "state")


def record(works: Works, options: argparse.Namespace) -> int:
    """Ends with 1 if not all of its parcels are even."""
    with options.file.open(encoding="utf-8-sig", newline="") as file:
        parcels = [
            {"waybill_no": row["waybill_no"].strip(), "amount_fen": fen_from_yuan(row["amount"].strip())}
            for row in csv.DictReader(file)
        ]
    names = ("carrier", "number", "reference")
    said = {name: getattr(options, name) for name in names} | {"paid_on": options.paid_on.isoformat()}
    whole = {**said, "total_fen": fen_from_yuan(options.total), "parcels": parcels, "request_id": "by hand"}
    with works.begin() as work:
        recorded = record_remittance(work, contract.RECORD_REMITTANCE.load_request(whole))
    _show(options, recorded, (*REMITTANCE, "differences"), [recorded])
    return FOUND if recorded["differences"] else DONE


def remittances(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = list_remittances(work, {"carrier": options.carrier, "limit": options.most})
    if options.json:
        say_json(contract.LIST_REMITTANCES.dump_reply(found))
        return DONE
    _show(options, found, REMITTANCE, found["remittances"])
    for owed in found["owed"]:
        print(f"{owed['carrier']} owes {owed['owed_fen']} fen, {owed['due_fen']} of it by now")
    return DONE


def differences(works: Works, options: argparse.Namespace) -> int:
    """Ends with 1 if there are any."""
    wanted = {"carrier": options.carrier, "state": options.state, "what": options.what, "limit": options.most}
    with works.begin() as work:
        found = list_remittance_differences(work, wanted)["differences"]
    _show(options, {"differences": found}, DIFFERENCE, found)
    return FOUND if found else DONE


def explain(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, explain_remittance_difference)


def ask(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, ask_write_off)


def approve(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, decide_write_off, is_approved=True)


def refuse(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, decide_write_off, is_approved=False)


def set_terms(works: Works, options: argparse.Namespace) -> int:
    terms = {"carrier": options.carrier or "", "remit_days": options.remit_days, "reason": options.because}
    with works.begin() as work:
        row = set_remittance_terms(work, terms)
    if options.json:
        say_json(row)
    else:
        print(brief(row))
    return DONE


def _decide(works: Works, options: argparse.Namespace, usecase: Any, **more: Any) -> int:
    with works.begin() as work:
        changed = usecase(work, {"difference_id": options.difference_id, "reason": options.because, **more})
    _show(options, changed, DIFFERENCE, [changed])
    return DONE


def _show(options: argparse.Namespace, whole: dict[str, Any], names: tuple[str, ...], rows: list[Any]) -> None:
    if options.json:
        say_json(whole)
    elif rows:
        print("\n".join(table([names, *[tuple(str(row[name]) for name in names) for row in rows]])))
    else:
        print("none")


def _takes_remittance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("carrier", metavar="CARRIER")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV with the columns waybill_no and amount, in yuan")
    parser.add_argument("--number", required=True, metavar="NUMBER", help="the carrier's own of this remittance")
    parser.add_argument("--paid-on", required=True, type=date.fromisoformat, metavar="DAY", help="2026-12-01")
    parser.add_argument("--reference", required=True, metavar="NUMBER", help="of the transfer, at the bank")
    parser.add_argument("--total", required=True, metavar="YUAN", help="what came there")


def _takes_carrier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--carrier", metavar="CARRIER", help="all of them, if not said")
    parser.add_argument("--most", type=int, default=50, metavar="N", help="50, if not said")


def _takes_differences(parser: argparse.ArgumentParser) -> None:
    _takes_carrier(parser)
    parser.add_argument("--state", choices=contract.REMITTANCE_STATES, default="open", help="open, if not said")
    parser.add_argument("--what", choices=contract.REMITTANCE_DIFFERENCES)


def _takes_difference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("difference_id", metavar="DIFFERENCE_ID")
    _takes_reason(parser)


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("remit_days", type=int, metavar="DAYS", help="from delivery until it is to be paid over")
    parser.add_argument("--carrier", metavar="CARRIER", help="of this one; else of all that have none of their own")
    _takes_reason(parser)


def _takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


REMITTANCE_VERBS = [
    Verb(
        "remittance record", "what a carrier has paid over; ends with 1 if a parcel differs", record, _takes_remittance
    ),
    Verb("remittance list", "what carriers have paid over, and what they owe", remittances, _takes_carrier),
    Verb(
        "remittance differences", "parcels that differ; ends with 1 if there are any", differences, _takes_differences
    ),
    Verb("remittance explain", "why a carrier has paid too much", explain, _takes_difference),
    Verb("remittance write-off", "ask that what is missing is given up", ask, _takes_difference),
    Verb("remittance approve", "give up what somebody else has asked for", approve, _takes_difference),
    Verb("remittance refuse", "it stays missing", refuse, _takes_difference),
    Verb("remittance set-terms", "how many days carriers have", set_terms, _takes_terms),
]
