"""Verbs on the codes of partners."""

import argparse
import hashlib
from pathlib import Path

from services.catalog import contract
from services.catalog.domain.code_files import rows_of
from services.catalog.operating.asking import command, show, takes_reason
from services.catalog.usecases.import_codes import import_codes
from services.catalog.usecases.withdraw_codes import withdraw_codes
from services.chassis.data.work import Works
from services.chassis.operations import Verb
from services.chassis.refusal import Refused


def import_file(works: Works, options: argparse.Namespace) -> int:
    """The same file again, for the same element, is answered from memory; another one is another request."""
    text = _read(options.file)
    told = {"element_id": options.element_id, "codes": rows_of(text), "reason": options.because}
    key = options.key or hashlib.sha256(f"{options.element_id} {text}".encode()).hexdigest()[:32]
    return show(command(works, contract.IMPORT_CODES, import_codes, told, f"codes-{key}"), options)


def withdraw(works: Works, options: argparse.Namespace) -> int:
    named = {"codes": [row["code"] for row in rows_of(_read(options.file))]} if options.file else {}
    told = {"element_id": options.element_id, "reason": options.because, **named}
    return show(command(works, contract.WITHDRAW_CODES, withdraw_codes, told, options.key), options)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise Refused(contract.CODES_WRONG, f"{path} cannot be read: {problem}") from None


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("element_id", metavar="ELEMENT")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV: code, expires_on if it has one; or one a line")
    parser.add_argument("--key", default="", help="the partner's delivery; the file itself, if not said")
    takes_reason(parser)


def _takes_unsold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("element_id", metavar="ELEMENT")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", type=Path, metavar="FILE", help="those in the file")
    which.add_argument("--all-unsold", action="store_true", help="all that no order was promised")
    parser.add_argument("--key", default="", help="the same one again is the same withdrawal")
    takes_reason(parser)


CODE_VERBS = [
    Verb("codes import", "take in the codes that a partner made, all of a file or none", import_file, _takes_file),
    Verb("codes withdraw", "take codes that nobody bought out of the stock for good", withdraw, _takes_unsold),
]
