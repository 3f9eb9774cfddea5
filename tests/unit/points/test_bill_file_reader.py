"""A bill-run file as a stream of blocks."""

import gzip
import hashlib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from services.points.domain.bill_file import FileRefused
from services.points.usecases.read_bill_file import LEAST_SUSPECT, LONGEST_LINE, BillFile

FRAME = b"#mall-bill-run;version=1;run_id=A;period=2026-10;currency=CNY\nline_id,subscriber_no,paid_on,charge_yuan\n"
TRAILER = b"#total;lines=1;amount_yuan=1\n"
texts = st.lists(st.text("ab1,#t\r", max_size=12).map(str.encode), max_size=30).map(b"\n".join)
FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def file_of(folder: Path, text: bytes, packed: bool = False) -> BillFile:
    path = folder / "run.csv"
    path.write_bytes(gzip.compress(text) if packed else text)
    return BillFile(path)


def blocks_of(file: BillFile, size: int) -> list[bytes]:
    return list(iter(lambda: file.read_block(size), b""))


@FILES
@given(texts, st.booleans(), st.booleans(), st.integers(1, 60))
def test_blocks_are_whole_lines_and_together_the_text(
    tmp_path: Path, body: bytes, whole: bool, packed: bool, size: int
):
    body += b"\n" if whole and body else b""
    text = FRAME + body + (TRAILER if whole else b"")
    with file_of(tmp_path, text, packed) as file:
        blocks = blocks_of(file, size)

        assert b"".join(blocks) == body
        assert all(block.endswith(b"\n") for block in blocks[:-1])
        assert file.trailer == (TRAILER if whole else b"")
        assert (file.consumed, file.digest()) == (len(text), hashlib.sha256(text).digest())


@FILES
@given(texts, st.integers(1, 60), st.data())
def test_who_goes_on_in_the_middle_reads_the_rest(tmp_path: Path, body: bytes, size: int, data: st.DataObject):
    text = FRAME + body + b"\n" + TRAILER
    with file_of(tmp_path, text) as first:
        marks = [(first.consumed, first.digest(), b"")]
        while block := first.read_block(size):
            marks.append((first.consumed, first.digest(), block))
    place = data.draw(st.integers(0, len(marks) - 1))
    consumed, digest, _ = marks[place]
    with file_of(tmp_path, text) as second:
        assert second.skip_to(consumed) == digest
        assert b"".join(blocks_of(second, 7)) == b"".join(block for _, _, block in marks[place + 1 :])
        assert second.digest() == hashlib.sha256(text).digest()


def test_a_shorter_file_has_another_digest_than_what_was_staged_of_a_longer_one(tmp_path: Path):
    with file_of(tmp_path, FRAME + b"a,b\nc,d\n") as longer:
        longer.read_block()
        consumed, digest = longer.consumed, longer.digest()
    with file_of(tmp_path, FRAME + b"a,b\n") as shorter:
        assert shorter.skip_to(consumed) != digest


def test_a_file_can_be_read_again_from_the_beginning(tmp_path: Path):
    with file_of(tmp_path, FRAME + b"a,b\n" + TRAILER, packed=True) as file:
        before = file.digest_of_all()
        file.rewind()
        assert (file.read_block(), file.trailer) == (b"a,b\n", b"")
        assert file.digest_of_all() == before


@pytest.mark.parametrize("rest", [b"\n", b"  \r\n\n", b""])
def test_blank_lines_may_follow_the_trailer(tmp_path: Path, rest: bytes):
    with file_of(tmp_path, FRAME + TRAILER + rest) as file:
        assert (file.read_block(), file.trailer) == (b"", TRAILER)


def test_lines_after_the_trailer_refuse_the_file(tmp_path: Path):
    with file_of(tmp_path, FRAME + TRAILER + b"\na,b\n") as file, pytest.raises(FileRefused, match="after the trailer"):
        file.read_block()


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path):
    with (
        file_of(tmp_path, FRAME + b"x" * (2 * LONGEST_LINE), packed=True) as file,
        pytest.raises(FileRefused, match="a line of more"),
    ):
        file.read_block()


def test_a_damaged_packed_file_is_refused(tmp_path: Path):
    file = file_of(tmp_path, FRAME + bytes(range(256)) * 4096, packed=True)
    file.path.write_bytes(file.path.read_bytes()[:-200])
    with file, pytest.raises(FileRefused, match="damaged"):
        blocks_of(file, 1000)


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path):
    with pytest.raises(FileRefused, match=r"cannot read run\.csv: No such file"), BillFile(tmp_path / "run.csv"):
        pass


def test_a_packed_file_that_unpacks_without_end_is_refused(tmp_path: Path):
    with (
        file_of(tmp_path, FRAME + b"\n" * 3 * LEAST_SUSPECT, packed=True) as file,
        pytest.raises(FileRefused, match="unpacks to more than"),
    ):
        file.digest_of_all()


def test_a_packed_file_of_the_same_size_that_could_be_one_is_read(tmp_path: Path):
    rows = b"".join(b"L%08d,%d,2026-10-05,%d.50\n" % (n, 13_800_000_000 + n, n) for n in range(LEAST_SUSPECT // 30))
    with file_of(tmp_path, FRAME + rows + TRAILER, packed=True) as file:
        assert file.digest_of_all() == hashlib.sha256(FRAME + rows + TRAILER).digest()
