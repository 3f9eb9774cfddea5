"""A bill-run file as a stream: opened plain or unpacked, hashed while it is read, never whole in memory."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from services.points.domain.bill_file import FileRefused, Header, check_columns, is_trailer, read_header

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_LINE = 4096
Progress = Callable[[str, int, int], None]  # what is being done, done, of how many


class BillFile:
    """``with BillFile(path) as file``: ``file.header``, then ``file.lines()`` once, then ``file.trailer`` and digest.

    The digest is that of the unpacked text, so the same run plain or packed is the same content.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trailer: bytes | None = None
        self._digest = hashlib.sha256()

    def __enter__(self) -> "BillFile":
        try:
            self._raw: BinaryIO = self.path.open("rb")
        except OSError as problem:
            raise FileRefused(f"cannot read {self.path}: {problem.strerror}") from None
        packed = self._raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        self._raw.seek(0)
        self._text: BinaryIO = gzip.GzipFile(fileobj=self._raw) if packed else self._raw  # type: ignore[assignment]
        self.header: Header = read_header(self._next())
        check_columns(self._next())
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def position(self) -> int:
        """Bytes of the (packed) file that are read."""
        return self._raw.tell()

    def lines(self) -> Iterator[bytes]:
        """Every line between columns and trailer."""
        while raw := self._next():
            if is_trailer(raw):
                self.trailer = raw
                self._nothing_more()
                return
            yield raw

    def digest(self) -> bytes:
        return self._digest.digest()

    def digest_of_all(self) -> bytes:
        for _ in self.lines():
            pass
        return self.digest()

    def _nothing_more(self) -> None:
        while raw := self._next():
            if raw.strip():
                raise FileRefused("there are lines after the trailer")

    def _next(self) -> bytes:
        try:
            raw = self._text.readline(LONGEST_LINE)
        except (OSError, EOFError, zlib.error) as problem:
            raise FileRefused(f"the packed file is damaged: {problem}") from None
        self._digest.update(raw)
        return raw
