"""The lines of a bill-run file, a block at a time.

Nearly all lines are good: one expression reads a whole block of them. Only a block in which it does not find every
line is read line by line, to say of each bad one what is wrong with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.chassis.money import FEN_PER_YUAN
from services.points.domain.bill_file import COLUMNS

_GOOD = r"([\w.:-]{1,60}),([\w+.-]{1,40}),(\d{4}-\d\d-\d\d),(\d{1,9})(?:\.(\d{1,2}))?"
_NO_KIND, _KIND = "()", r",((?:[a-z][a-z_]{0,29})?)"
_BLOCK = {
    with_kinds: re.compile(rf"(?m)^{_GOOD}{kind}\r?$", re.ASCII)
    for with_kinds, kind in ((False, _NO_KIND), (True, _KIND))
}
_LINE_ID = re.compile(r"[\w.:-]{1,60}\Z", re.ASCII)
_SUBSCRIBER = re.compile(r"[\w+.-]{1,40}\Z", re.ASCII)
_CHARGE = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?\Z", re.ASCII)
_CHARGE_KIND = re.compile(_KIND[1:] + r"\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_FEN = {"": 0} | {f"{tens}": 10 * tens for tens in range(10)} | {f"{fen:02d}": fen for fen in range(FEN_PER_YUAN)}


@dataclass(frozen=True)
class Charge:
    """``kind`` is empty if the file does not say it."""

    line_id: str
    subscriber_no: str
    paid_on: str
    amount_fen: int
    kind: str = ""


@dataclass(frozen=True)
class BadLine:
    """``amount_fen`` is what the line adds to the control total, 0 if its charge cannot be read."""

    reason: str
    line_id: str | None
    subscriber_no: str | None
    amount_fen: int = 0


@dataclass(frozen=True)
class Lines:
    """Of a block: ``count`` and ``amount_fen`` for the control totals, bad lines included; the good ones by column."""

    count: int
    amount_fen: int
    line_nos: Sequence[int] = ()
    line_ids: Sequence[str] = ()
    subscriber_nos: Sequence[str] = ()
    paid_on: Sequence[str] = ()
    amounts_fen: Sequence[int] = ()
    kinds: Sequence[str] = ()
    rejects: Sequence[tuple[int, BadLine]] = ()


def read_lines(block: bytes, first_line_no: int, last_day: str, with_kinds: bool) -> Lines:
    """Whole lines, at least one. ``last_day`` (ISO): a charge cannot have been paid after it."""
    count = block.count(b"\n") + (not block.endswith(b"\n"))
    found = _BLOCK[with_kinds].findall(block.decode("latin-1"))
    if len(found) == count:
        line_ids, subscriber_nos, paid_on, yuan, cents, kinds = zip(*found, strict=True)
        if all(_is_day(day, last_day) for day in set(paid_on)):
            amounts = [FEN_PER_YUAN * int(whole) + _FEN[part] for whole, part in zip(yuan, cents, strict=True)]
            line_nos = range(first_line_no, first_line_no + count)
            return Lines(count, sum(amounts), line_nos, line_ids, subscriber_nos, paid_on, amounts, kinds)
    return _read_one_by_one(block.split(b"\n")[:count], first_line_no, last_day, with_kinds)


def read_line(raw: bytes, last_day: str, with_kinds: bool = False) -> Charge | BadLine:
    """One line of the file, with or without its end."""
    shape = _BLOCK[with_kinds].fullmatch(raw.removesuffix(b"\n").decode("latin-1"))
    if not shape:
        return _why_bad(raw.rstrip(b"\r\n"), last_day, with_kinds)
    line_id, subscriber_no, day, yuan, cents, kind = shape.groups("")
    amount_fen = FEN_PER_YUAN * int(yuan) + _FEN[cents]
    if not _is_day(day, last_day):
        return BadLine("bad_date", line_id, subscriber_no, amount_fen)
    return Charge(line_id, subscriber_no, day, amount_fen, kind)


def _read_one_by_one(raw_lines: Sequence[bytes], first_line_no: int, last_day: str, with_kinds: bool) -> Lines:
    read = [(no, read_line(raw, last_day, with_kinds)) for no, raw in enumerate(raw_lines, start=first_line_no)]
    good = [(no, line) for no, line in read if isinstance(line, Charge)]
    return Lines(
        len(read),
        sum(line.amount_fen for _, line in read),
        [no for no, _ in good],
        [charge.line_id for _, charge in good],
        [charge.subscriber_no for _, charge in good],
        [charge.paid_on for _, charge in good],
        [charge.amount_fen for _, charge in good],
        [charge.kind for _, charge in good],
        [(no, line) for no, line in read if isinstance(line, BadLine)],
    )


@lru_cache(maxsize=4096)
def _is_day(text: str, last_day: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text <= last_day


def _why_bad(raw: bytes, last_day: str, with_kinds: bool) -> BadLine:
    """The first thing that is wrong with a line that does not have the shape of one."""
    fields = raw.split(b",")
    if len(fields) != COLUMNS.count(b",") + 1 + with_kinds:
        return BadLine("bad_columns", _legible(fields[0]), None)
    line_id, subscriber_no, day, charge, *kind = (field.decode("latin-1") for field in fields)
    amount = _CHARGE.match(charge)
    amount_fen = FEN_PER_YUAN * int(amount[1]) + _FEN[amount[2] or ""] if amount else 0
    checks = (
        ("bad_line_id", _LINE_ID.match(line_id)),
        ("bad_subscriber_no", _SUBSCRIBER.match(subscriber_no)),
        ("bad_amount", amount),
        ("bad_date", _DATE.match(day) and _is_day(day, last_day)),
        ("bad_charge_kind", not kind or _CHARGE_KIND.match(kind[0])),
    )
    reason = next(name for name, passed in checks if not passed)
    return BadLine(reason, _legible(fields[0]), _legible(fields[1]), amount_fen)


def _legible(field: bytes) -> str:
    """For the reject file: at most 60 characters, none of them control characters."""
    text = field[:60].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "?" for character in text)
