"""Files of bills: unpacked up to a size, summed up, and compared with what the provider says of them."""

import gzip
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import file_digest
from typing import IO

from services.chassis.clock import CHINA
from services.chassis.http_client import CHUNK, KEPT_IN_MEMORY
from services.orders.domain.bill import REFUND, TRADE, BillNotGenuine

LARGEST_PACKED = 64 << 20
LARGEST_UNPACKED = 512 << 20
LONGEST_LINE = 1 << 16  # bytes
WITHIN_S = 25.0
_AMOUNT = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,5})?")  # 1e999999 would fill the memory
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


def digest_of(file: IO[bytes], name: str = "sha256") -> str:
    """Of the whole file, which stands at its start again."""
    digest = file_digest(file, name).hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def gunzipped(packed: IO[bytes]) -> IO[bytes]:
    with gzip.GzipFile(fileobj=packed, mode="rb") as unpacked:
        return _copied(unpacked)


def unzipped(packed: IO[bytes], is_wanted: str, is_not: str = "\0") -> IO[bytes]:
    """The one file in it whose name has ``is_wanted`` in it and not ``is_not``."""
    try:
        with zipfile.ZipFile(packed) as archive:
            found = [
                entry for entry in archive.infolist() if is_wanted in name_of(entry) and is_not not in name_of(entry)
            ]
            if len(found) != 1:
                raise BillNotGenuine(f"{len(found)} files with {is_wanted} in their names")
            with archive.open(found[0]) as unpacked:
                return _copied(unpacked)
    except _BROKEN as problem:
        raise BillNotGenuine(f"cannot be unpacked: {problem}") from problem


def name_of(entry: zipfile.ZipInfo) -> str:
    """Chinese programs write names in GBK, without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    return entry.filename.encode("cp437").decode("gb18030", errors="replace")


def inflated(packed: bytes) -> IO[bytes]:
    """What zlib made small."""
    unpacking = zlib.decompressobj()
    try:
        whole = unpacking.decompress(packed, LARGEST_PACKED)
    except zlib.error as problem:
        raise BillNotGenuine(f"cannot be unpacked: {problem}") from problem
    if not unpacking.eof:
        raise BillNotGenuine("cut off, or larger than a bill may be")
    file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 — the caller closes it
    file.write(whole)
    file.seek(0)
    return file


def _copied(unpacked: IO[bytes] | gzip.GzipFile) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 — the caller closes it
    try:
        while chunk := unpacked.read(CHUNK):
            if file.tell() + len(chunk) > LARGEST_UNPACKED:
                raise BillNotGenuine("larger than a bill may be")
            file.write(chunk)
    except _BROKEN as problem:
        file.close()
        raise BillNotGenuine(f"cannot be unpacked: {problem}") from problem
    file.seek(0)
    return file


def lines_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Without their ends; closes the file after the last one."""
    with file:
        while line := file.readline(LONGEST_LINE + 1):
            require(len(line) <= LONGEST_LINE or line.endswith(b"\n"), "a line that does not end")
            try:
                yield line.decode(encoding).rstrip("\r\n")
            except UnicodeDecodeError as problem:
                raise BillNotGenuine(f"not written in {encoding}") from problem


@dataclass
class Tally:
    """What was read so far, to be compared with the totals at the end of the file."""

    count: dict[str, int]
    fen: dict[str, int]

    @classmethod
    def empty(cls) -> "Tally":
        return cls({TRADE: 0, REFUND: 0}, {TRADE: 0, REFUND: 0})

    def add(self, kind: str, fen: int) -> None:
        self.count[kind] += 1
        self.fen[kind] += fen


def require(is_so: bool, what: str) -> None:
    """Raises BillNotGenuine."""
    if not is_so:
        raise BillNotGenuine(what)


def fen_of(text: str) -> int:
    """``-12.30`` -> -1230; fees have up to five decimals and are rounded. Raises BillNotGenuine."""
    require(_AMOUNT.fullmatch(text.strip()) is not None, f"not an amount: {text[:30]!r}")
    return int((Decimal(text.strip()) * 100).to_integral_value(ROUND_HALF_UP))


def moment_of(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    try:
        return datetime.strptime(text.strip(), form).replace(tzinfo=CHINA)
    except ValueError as problem:
        raise BillNotGenuine(f"not a time: {text!r}") from problem
