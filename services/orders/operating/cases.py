"""Verbs on cases after the sale, and on the terms that they follow."""

import argparse
import json
from collections.abc import Callable
from typing import Any, TextIO

from marshmallow import ValidationError

from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json, table
from services.orders import contract
from services.orders.operating.asking import moment
from services.orders.usecases.aftersale.cancel_pieces import cancel_pieces
from services.orders.usecases.aftersale.decide_case import approve_case, reject_case
from services.orders.usecases.aftersale.dispute_case import decide_dispute
from services.orders.usecases.aftersale.look_up_cases import find_cases
from services.orders.usecases.aftersale.receive_goods import receive_goods
from services.orders.usecases.aftersale.set_case_terms import MOST, set_case_reason, set_case_terms
from services.orders.usecases.aftersale.unstick_case import unstick_case

UseCase = Callable[[Work, dict[str, Any]], dict[str, Any]]
COLUMNS = ("case_id", "order_id", "kind", "status", "reason", "opened_at", "problem")


def find(works: Works, options: argparse.Namespace) -> int:
    wanted = {name: getattr(options, name) for name in ("merchant_id", "kind", "status", "limit")}
    return _tell_found(works.run(find_cases, wanted | {"is_stuck": None})["cases"], options)


def stuck(works: Works, options: argparse.Namespace) -> int:
    wanted = dict.fromkeys(("merchant_id", "kind", "status")) | {"is_stuck": True, "limit": options.limit}
    found = works.run(find_cases, wanted)["cases"]
    _tell_found(found, options)
    return FOUND if found else DONE


def unstick(works: Works, options: argparse.Namespace) -> int:
    return _move(works, options, unstick_case, move=options.move)


def _tell_found(found: list[dict[str, Any]], options: argparse.Namespace) -> int:
    if options.json:
        say_json(found)
    else:
        print("\n".join(table([COLUMNS, *([str(case[name] or "") for name in COLUMNS] for case in found)])))
    return DONE


def approve(works: Works, options: argparse.Namespace) -> int:
    return _move(works, options, approve_case)


def reject(works: Works, options: argparse.Namespace) -> int:
    return _move(works, options, reject_case)


def cancel_pieces_of(works: Works, options: argparse.Namespace) -> int:
    numbers: dict[int, list[int]] = {}
    for line_no, unit_no in options.pieces:
        numbers.setdefault(line_no, []).append(unit_no)
    lines = [{"line_no": line_no, "units": units} for line_no, units in sorted(numbers.items())]
    wish = {"request_id": new_id("req"), "member_id": None, "order_id": options.order_id, "lines": lines}
    case = works.run(cancel_pieces, {**wish, "reason": options.because})
    return _show({name: case[name] for name in ("case_id", "kind", "status")}, options)


def receive(works: Works, options: argparse.Namespace) -> int:
    verdicts = [(piece, True) for piece in options.accept] + [(piece, False) for piece in options.refuse]
    units = [
        {"line_no": line_no, "unit_no": unit_no, "is_accepted": is_accepted, "to_stock": not options.keep_out}
        for (line_no, unit_no), is_accepted in verdicts
    ]
    return _move(works, options, receive_goods, units=units, place_id=None)


def decide(works: Works, options: argparse.Namespace) -> int:
    return _move(works, options, decide_dispute, is_member_right=options.who == "member")


def set_terms(works: Works, options: argparse.Namespace) -> int:
    address = _address(options.return_address) if options.return_address else None
    said = {**{name: getattr(options, name) for name in MOST}, "return_address": address}
    wish = {**said, "merchant_id": options.merchant_id, "effective_from": options.starting, "reason": options.because}
    return _show(works.run(set_case_terms, wish), options)


def set_reason(works: Works, options: argparse.Namespace) -> int:
    names = {"name_zh": options.name_zh, "name_en": options.name_en, "because": options.because}
    return _show(works.run(set_case_reason, {"reason": options.reason, "kinds": options.kinds, **names}), options)


def _address(file: TextIO) -> dict[str, Any]:
    try:
        address: dict[str, Any] = contract.DeliveryAddress().load(json.load(file))
    except (ValueError, ValidationError) as problem:
        raise Refused(contract.CASE_TERMS_WRONG, f"not an address: {problem}") from None
    return address


def _move(works: Works, options: argparse.Namespace, usecase: UseCase, **more: Any) -> int:
    case = works.run(usecase, {"case_id": options.case_id, "reason": options.because, **more})
    return _show({name: case[name] for name in ("case_id", "status", "points", "coins", "cash_fen")}, options)


def _show(answer: dict[str, Any], options: argparse.Namespace) -> int:
    say_json(answer) if options.json else print(brief(answer))
    return DONE


def _piece(said: str) -> tuple[int, int]:
    line_no, _, unit_no = said.partition(".")
    return int(line_no), int(unit_no)


def _takes_most(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--most", dest="limit", type=int, default=50, metavar="N", help="50, if not said")


def _takes_move(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case_id", metavar="CASE")
    told = "ask again, take its codes as void, reject it since they are not, or give money instead of goods"
    parser.add_argument("move", choices=contract.CASE_MOVES, help=told)
    _takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--merchant", dest="merchant_id", metavar="MERCHANT")
    parser.add_argument("--kind", choices=contract.CASE_KINDS)
    parser.add_argument("--status", choices=contract.CASE_STATUSES)
    _takes_most(parser)


def _takes_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case_id", metavar="CASE")
    _takes_reason(parser)


def _takes_verdicts(parser: argparse.ArgumentParser) -> None:
    _takes_case(parser)
    for name, told in (("accept", "pieces that are accepted, as 1.2 for the second of line 1"), ("refuse", "rejected")):
        parser.add_argument(f"--{name}", nargs="*", default=[], type=_piece, metavar="LINE.PIECE", help=told)
    parser.add_argument(
        "--keep-out",
        action="store_true",
        help="nothing of it can be sold again; else it lies where goods arrive (another place_id is said over HTTP)",
    )


def _takes_pieces(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order_id", metavar="ORDER")
    told = "1.2 for the second of line 1"
    parser.add_argument("--pieces", nargs="+", required=True, type=_piece, metavar="LINE.PIECE", help=told)
    _takes_reason(parser)


def _takes_decision(parser: argparse.ArgumentParser) -> None:
    _takes_case(parser)
    parser.add_argument("--right", dest="who", choices=("member", "merchant"), required=True, help="who is right")


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--merchant", dest="merchant_id", metavar="MERCHANT", help="of this one alone")
    for name, most in MOST.items():
        never = ", -1 for never" if name == "auto_approve_hours" else ""
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=f"0 to {most}{never}")
    parser.add_argument("--return-address", type=argparse.FileType(encoding="utf-8"), metavar="FILE", help="JSON")
    parser.add_argument("--from", dest="starting", type=moment, metavar="INSTANT", help="with its zone; else now")
    _takes_reason(parser)


def _takes_reasons(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reason", metavar="REASON")
    parser.add_argument("--kinds", nargs="*", default=[], choices=contract.CASES_OFFERED, help="none: not any more")
    parser.add_argument("--name-zh", required=True, metavar="TEXT")
    parser.add_argument("--name-en", required=True, metavar="TEXT")
    _takes_reason(parser)


def _takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="WHY", help="kept for good")


CASE_VERBS = [
    Verb("case list", "cases after the sale, newest first", find, _takes_page),
    Verb("case approve", "money goes back at once, goods have to come back first", approve, _takes_case),
    Verb("case reject", "the member may dispute it", reject, _takes_case),
    Verb("case cancel-pieces", "of an order that is not on its way", cancel_pieces_of, _takes_pieces),
    Verb("case receive", "goods came back: every piece accepted or rejected", receive, _takes_verdicts),
    Verb("case decide", "a dispute, once and for good", decide, _takes_decision),
    Verb("case stuck", "cases that do not get on, with the reason; ends with 1 if there are any", stuck, _takes_most),
    Verb("case unstick", "move a case on by hand", unstick, _takes_move),
    Verb("case set-terms", "days and hours that cases follow from then on", set_terms, _takes_terms),
    Verb("case set-reason", "a reason that members may give", set_reason, _takes_reasons),
]
