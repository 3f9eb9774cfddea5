"""A bill-run file as a stream: opened plain or unpacked, hashed while it is read, never whole in memory."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from services.points.domain.bill_file import TRAILER, FileRefused, Header, names_kinds, read_header

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_FRAME_LINE = 4096  # header, columns, trailer
LARGEST_PIECE = 512 * 1024
LONGEST_LINE = 1024 * 1024  # what is longer is no bill run, and would have to be kept in memory
LEAST_SUSPECT, MOST_UNPACKED = 16 * 1024 * 1024, 200  # bytes of text; times the packed size. A bill run comes to ten
END = TRAILER.encode()


class BillFile:
    """``with BillFile(path) as file``: ``file.header``, then ``file.read_block()`` until it gives nothing, then
    ``file.trailer``.

    ``consumed`` counts the bytes of the text that were given out, header and columns included; ``digest()`` is theirs,
    in the end that of the whole text: the same run plain or packed is the same content.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> "BillFile":
        try:
            self._raw: BinaryIO = self.path.open("rb")
        except OSError as problem:
            raise FileRefused(f"cannot read {self.path.name}: {problem.strerror}") from None
        try:
            self.rewind()
        except BaseException as problem:
            self._raw.close()
            if isinstance(problem, OSError):
                raise FileRefused(f"cannot read {self.path.name}: {problem.strerror or problem}") from None
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def rewind(self) -> None:
        """As it was opened: header and columns are read."""
        self._raw.seek(0)
        self._packed = self._raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        self._raw.seek(0)
        self._text: BinaryIO = gzip.GzipFile(fileobj=self._raw) if self._packed else self._raw  # type: ignore[assignment]
        self._digest, self._pending = hashlib.sha256(), b""
        self.consumed, self.trailer = 0, b""
        self.header: Header = read_header(self._frame_line())
        self.with_kinds = names_kinds(self._frame_line())

    @property
    def size(self) -> int:
        return os.fstat(self._raw.fileno()).st_size

    @property
    def position(self) -> int:
        """Bytes of the (packed) file that are read."""
        return self._raw.tell()

    def digest(self) -> bytes:
        return self._digest.digest()

    def read_block(self, size: int = LARGEST_PIECE) -> bytes:
        """Whole lines, ``size`` bytes or somewhat more; nothing at the trailer, or at the end if there is none."""
        more = not self.trailer
        while more:
            if (at := self._trailer_at()) is not None:
                return self._take(at) or self._end()
            cut = self._pending.rfind(b"\n") + 1
            if cut and len(self._pending) >= size:
                return self._take(cut)
            if len(self._pending) - cut > LONGEST_LINE:
                raise FileRefused(f"there is a line of more than {LONGEST_LINE} bytes")
            piece = self._read(min(size, LARGEST_PIECE))
            self._pending += piece
            more = bool(piece)
        return self._take(len(self._pending))

    def skip_to(self, consumed: int, breathe: Callable[[], None] = lambda: None) -> bytes:
        """The digest of the text up to there, or of all of it if it is shorter. ``breathe`` is called now and then."""
        while self.consumed < consumed and (piece := self._pending or self._read(LARGEST_PIECE)):
            self._pending = piece
            self._take(min(len(piece), consumed - self.consumed))
            breathe()
        return self.digest()

    def digest_of_all(self) -> bytes:
        while self.read_block():
            pass
        return self.digest()

    def _trailer_at(self) -> int | None:
        if self._pending.startswith(END):
            return 0
        found = self._pending.find(b"\n" + END)
        return None if found < 0 else found + 1

    def _end(self) -> bytes:
        """The trailer, and nothing but blank lines after it."""
        self.trailer = self._frame_line()
        while (rest := self._pending or self._read(LARGEST_PIECE)) and not rest.strip():
            self._pending = rest
            self._take(len(rest))
        if rest:
            raise FileRefused("there are lines after the trailer")
        return b""

    def _frame_line(self) -> bytes:
        while b"\n" not in self._pending and len(self._pending) < LONGEST_FRAME_LINE and (piece := self._read(4096)):
            self._pending += piece
        return self._take((self._pending.find(b"\n") + 1) or len(self._pending))

    def _take(self, length: int) -> bytes:
        taken, self._pending = self._pending[:length], self._pending[length:]
        self._digest.update(taken)
        self.consumed += length
        return taken

    def _read(self, size: int) -> bytes:
        try:
            piece = self._text.read(size)
        except (OSError, EOFError, zlib.error) as problem:
            raise FileRefused(f"the {'packed ' * self._packed}file is damaged: {problem}") from None
        unpacked = self.consumed + len(self._pending) + len(piece)
        if self._packed and unpacked > max(LEAST_SUSPECT, MOST_UNPACKED * self.position):
            raise FileRefused(f"the packed file unpacks to more than {MOST_UNPACKED} times its size")
        return piece
