"""The bill-run file, version 1: UTF-8 text, plain or gzip, fields without quotes, commas or line breaks.

    #mall-bill-run;version=1;run_id=GD-2026-10-01;period=2026-10;currency=CNY
    line_id,subscriber_no,paid_on,charge_yuan
    B000001,13800000001,2026-10-05,128.50
    …
    #total;lines=1;amount_yuan=128.50

``lines`` counts every line between the columns and the trailer. ``amount_yuan`` is the sum of every charge that can be
read, also of lines rejected for another reason; a charge that cannot be read counts as zero.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.chassis.money import FEN_PER_YUAN, fen_from_yuan

COLUMNS = b"line_id,subscriber_no,paid_on,charge_yuan"
HEADER, TRAILER = "#mall-bill-run", "#total"
BOM = b"\xef\xbb\xbf"

_LINE = re.compile(rb"([\w.:-]{1,60}),([\w+.-]{1,40}),(\d{4}-\d\d-\d\d),(\d{1,9})(?:\.(\d{1,2}))?\r?\n?\Z")
_LINE_ID = re.compile(rb"[\w.:-]{1,60}\Z")
_SUBSCRIBER = re.compile(rb"[\w+.-]{1,40}\Z")
_CHARGE = re.compile(rb"(\d{1,9})(?:\.(\d{1,2}))?\Z")
_RUN_ID = re.compile(r"[\w.:-]{1,60}\Z", re.ASCII)
_PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])\Z")


class FileRefused(Exception):
    """The file as a whole cannot be taken; the text says why, in one line."""


@dataclass(frozen=True)
class Header:
    run_id: str
    period: str


@dataclass(frozen=True)
class Trailer:
    lines: int
    amount_fen: int


@dataclass(frozen=True)
class Charge:
    line_id: str
    subscriber_no: str
    paid_on: str
    amount_fen: int


@dataclass(frozen=True)
class BadLine:
    """``amount_fen`` is what the line adds to the control total, 0 if its charge cannot be read."""

    reason: str
    line_id: str | None
    subscriber_no: str | None
    amount_fen: int = 0


def read_header(raw: bytes) -> Header:
    """Raises FileRefused."""
    fields = _fields(raw.removeprefix(BOM), HEADER)
    if fields.get("version") != "1":
        raise FileRefused("the header must say version=1")
    if fields.get("currency") != "CNY":
        raise FileRefused("the header must say currency=CNY")
    if not _RUN_ID.match(fields.get("run_id", "")):
        raise FileRefused("the header's run_id must be 1 to 60 letters, digits, dots, colons, hyphens or underscores")
    if not _PERIOD.match(fields.get("period", "")):
        raise FileRefused("the header's period must be a month like 2026-10")
    return Header(fields["run_id"], fields["period"])


def check_columns(raw: bytes) -> None:
    if raw.rstrip(b"\r\n") != COLUMNS:
        raise FileRefused(f"the second line must be {COLUMNS.decode()}")


def is_trailer(raw: bytes) -> bool:
    return raw.startswith(TRAILER.encode())


def read_trailer(raw: bytes) -> Trailer:
    fields = _fields(raw, TRAILER)
    lines = fields.get("lines", "")
    try:
        if not (lines.isascii() and lines.isdigit()):
            raise ValueError(lines)
        return Trailer(int(lines), fen_from_yuan(fields.get("amount_yuan", "")))
    except ValueError:
        raise FileRefused("the trailer must be #total;lines=N;amount_yuan=N.NN") from None


def read_line(raw: bytes, last_day: str) -> Charge | BadLine:
    """One line of the file. ``last_day`` (ISO): a charge cannot have been paid after it."""
    shape = _LINE.match(raw)
    if not shape:
        return _why_bad(raw)
    line_id, subscriber_no, paid_on, yuan, cents = shape.groups()
    day, amount_fen = paid_on.decode(), _fen(yuan, cents)
    if not _is_day(day) or day > last_day:
        return BadLine("bad_date", line_id.decode(), subscriber_no.decode(), amount_fen)
    return Charge(line_id.decode(), subscriber_no.decode(), day, amount_fen)


def _fen(yuan: bytes, cents: bytes | None) -> int:
    return int(yuan) * FEN_PER_YUAN + (int(cents.ljust(2, b"0")) if cents else 0)


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _why_bad(raw: bytes) -> BadLine:
    """The first thing that is wrong with a line that does not have the shape of one."""
    fields = raw.rstrip(b"\r\n").split(b",")
    if len(fields) != len(COLUMNS.split(b",")):
        return BadLine("bad_columns", _legible(fields[0]), None)
    line_id, subscriber_no, _, charge = fields
    amount = _CHARGE.match(charge)
    amount_fen = _fen(*amount.groups()) if amount else 0
    seen = _legible(line_id), _legible(subscriber_no), amount_fen
    if not _LINE_ID.match(line_id):
        return BadLine("bad_line_id", *seen)
    if not _SUBSCRIBER.match(subscriber_no):
        return BadLine("bad_subscriber_no", *seen)
    return BadLine("bad_date" if amount else "bad_amount", *seen)


def _legible(field: bytes) -> str:
    """For the reject file: at most 60 characters, none of them control characters."""
    text = field[:60].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "?" for character in text)


def _fields(raw: bytes, name: str) -> dict[str, str]:
    try:
        first, *rest = raw.decode("utf-8").rstrip("\r\n").split(";")
    except UnicodeDecodeError:
        raise FileRefused("the file is not UTF-8 text") from None
    if first != name or any("=" not in field for field in rest):
        raise FileRefused(f"expected a line like {name};name=value;…")
    return dict(field.split("=", 1) for field in rest)
