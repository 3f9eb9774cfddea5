"""What a bill-run file comes to, worked out another way: line by line, by a csv reader, in decimals of yuan."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from pathlib import Path


@dataclass
class Verdict:
    """``points``: by subscriber number, of all that are known. ``rejects``: line number -> reason."""

    lines: int = 0
    yuan: Decimal = Decimal(0)
    points: dict[str, int] = field(default_factory=dict)
    rejects: dict[int, str] = field(default_factory=dict)
    excluded: int = 0


@dataclass(frozen=True)
class Terms:
    per_yuan: Decimal = Decimal(1)
    largest: int = 1_000_000
    largest_per_member: int | None = None
    excluded: frozenset[str] = frozenset()


def judge(path: Path, known: set[str], today: date, terms: Terms = Terms()) -> Verdict:
    text = path.read_bytes().decode("latin-1").split("\n")
    with_kinds = text[1].rstrip("\r").endswith("charge_kind")
    verdict, taken = Verdict(points=dict.fromkeys(known, 0)), set()
    for raw in text[2:]:
        if raw.startswith("#total"):
            break
        verdict.lines += 1
        _judge_line(next(csv.reader([raw.rstrip("\r")]), []), verdict, taken, known, today, terms, with_kinds)
    if terms.largest_per_member is not None:
        verdict.points = {number: min(one, terms.largest_per_member) for number, one in verdict.points.items()}
    return verdict


def _judge_line(
    fields: list[str], verdict: Verdict, taken: set[str], known: set[str], today: date, terms: Terms, with_kinds: bool
) -> None:
    if len(fields) != 4 + with_kinds:
        verdict.rejects[verdict.lines] = "bad_columns"
        return
    line_id, number, day, charge, *kind = fields
    amount = _yuan(charge)
    verdict.yuan += amount or 0
    reason = _what_is_wrong(line_id, number, day, amount, kind, today)
    if reason is None and line_id in taken:
        reason = "duplicate_line_id"
    elif reason is None:
        taken.add(line_id)
        reason = None if number in known else "unknown_subscriber"
    if reason:
        verdict.rejects[verdict.lines] = reason
    elif kind and kind[0] in terms.excluded:
        verdict.excluded += 1
    else:
        earned = int((amount * terms.per_yuan).to_integral_value(ROUND_FLOOR))  # type: ignore[operator]
        verdict.points[number] += min(earned, terms.largest)


def _what_is_wrong(
    line_id: str, number: str, day: str, amount: Decimal | None, kind: list[str], today: date
) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,60}", line_id):
        return "bad_line_id"
    if not re.fullmatch(r"[A-Za-z0-9_+.-]{1,40}", number):
        return "bad_subscriber_no"
    if amount is None:
        return "bad_amount"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) or not _is_date_until(day, today):
        return "bad_date"
    if kind and not re.fullmatch(r"([a-z][a-z_]{0,29})?", kind[0]):
        return "bad_charge_kind"
    return None


def _yuan(charge: str) -> Decimal | None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", charge):
        return None
    try:
        return Decimal(charge)
    except InvalidOperation:
        return None


def _is_date_until(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) <= today
    except ValueError:
        return False


def posted_of(members: Mapping[str, str], verdict: Verdict) -> dict[str, int]:
    """Member id -> points."""
    return {member_id: verdict.points[number] for number, member_id in members.items()}
