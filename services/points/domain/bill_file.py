"""The frame of a bill-run file, version 1: UTF-8 text, plain or gzip, fields without quotes, commas or line breaks.

    #mall-bill-run;version=1;run_id=GD-2026-10-01;revision=1;period=2026-10;currency=CNY
    line_id,subscriber_no,paid_on,charge_yuan,charge_kind
    B000001,13800000001,2026-10-05,128.50,monthly_fee
    …
    #total;lines=1;amount_yuan=128.50

``revision`` may be left out (1), and so may the column ``charge_kind``. ``lines`` counts every line between the columns
and the trailer. ``amount_yuan`` is the sum of every charge that can be read, also of lines rejected for another reason
or of an excluded kind; a charge that cannot be read counts as zero.
"""

import re
from dataclasses import dataclass

from services.chassis.money import fen_from_yuan

COLUMNS = b"line_id,subscriber_no,paid_on,charge_yuan"
KIND_COLUMN = b",charge_kind"
HEADER, TRAILER = "#mall-bill-run", "#total"
BOM = b"\xef\xbb\xbf"
MOST_BAD_LINES = 100_000  # if they are the greater part

_RUN_ID = re.compile(r"[\w.:-]{1,60}\Z", re.ASCII)
_PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])\Z", re.ASCII)
_REVISION = re.compile(r"[1-9]\d{0,3}\Z", re.ASCII)


class FileRefused(Exception):
    """The file as a whole cannot be taken; the text says why, in one line."""


@dataclass(frozen=True)
class Header:
    run_id: str
    period: str
    revision: int = 1


@dataclass(frozen=True)
class Trailer:
    lines: int
    amount_fen: int


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
    revision = fields.get("revision", "1")
    if not _REVISION.match(revision):
        raise FileRefused("the header's revision must be a number from 1 to 9999")
    return Header(fields["run_id"], fields["period"], int(revision))


def names_kinds(raw: bytes) -> bool:
    """Whether the columns end with charge_kind. Raises FileRefused if they are none."""
    columns = raw.rstrip(b"\r\n")
    if columns not in (COLUMNS, COLUMNS + KIND_COLUMN):
        raise FileRefused(f"the second line must be {COLUMNS.decode()}, and may end with {KIND_COLUMN.decode()}")
    return columns.endswith(KIND_COLUMN)


def read_trailer(raw: bytes) -> Trailer:
    fields = _fields(raw, TRAILER)
    lines = fields.get("lines", "")
    try:
        if not (lines.isascii() and lines.isdigit()):
            raise ValueError(lines)
        return Trailer(int(lines), fen_from_yuan(fields.get("amount_yuan", "")))
    except ValueError:
        raise FileRefused("the trailer must be #total;lines=N;amount_yuan=N.NN") from None


def insist_on_totals(trailer: Trailer, lines: int, amount_fen: int) -> None:
    """Raises FileRefused if the trailer declares other totals than were found."""
    if trailer.lines != lines:
        raise FileRefused(f"the trailer declares {trailer.lines} lines, the file has {lines}")
    if trailer.amount_fen != amount_fen:
        raise FileRefused(f"the trailer declares {trailer.amount_fen} fen, the lines add up to {amount_fen}")


def insist_on_legible(lines: int, bad: int) -> None:
    """Raises FileRefused: every bad line is kept, and what is no bill run must not fill the database."""
    if bad > MOST_BAD_LINES and 2 * bad > lines:
        raise FileRefused(f"most of the lines cannot be read: {bad} of the first {lines}")


def _fields(raw: bytes, name: str) -> dict[str, str]:
    try:
        first, *rest = raw.decode("utf-8").rstrip("\r\n").split(";")
    except UnicodeDecodeError:
        raise FileRefused("the file is not UTF-8 text") from None
    if first != name or any("=" not in field for field in rest):
        raise FileRefused(f"expected a line like {name};name=value;…")
    names = [field.split("=", 1)[0] for field in rest]
    if len(set(names)) < len(names):
        raise FileRefused(f"the line {name} says something twice")
    return dict(field.split("=", 1) for field in rest)
