"""Verbs on the ledger's proof: the seals verified, a checkpoint taken, the books audited."""

import argparse
import re
import sys

from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb, show_findings
from services.chassis.showing import say_json
from services.points.operating.ledger_words import WHAT_TO_DO, said
from services.points.operating.progress import ProgressBar
from services.points.usecases.audit_ledger import audit_everything, audit_touched
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.take_checkpoint import take_checkpoint
from services.points.usecases.verify_everything import verify_everything
from services.points.usecases.verify_ledger import Verified

_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


def verify(works: Works, options: argparse.Namespace) -> int:
    with ProgressBar(sys.stderr) as progress:
        verified = verify_everything(works, progress, options.first_block, dict(options.head))
    _say_as_json(verified) if options.json else _say_in_words(verified)
    return FOUND if verified.findings else DONE


def audit(works: Works, options: argparse.Namespace) -> int:
    with ProgressBar(sys.stderr) as progress:
        findings = audit_everything(works, progress) if options.full else audit_touched(works)
    return show_findings(findings, options)


def checkpoint(works: Works, options: argparse.Namespace) -> int:
    seal_journals(works)
    taken = [one.document() for one in take_checkpoint(works)]
    if options.json:
        say_json(taken)
        return DONE
    for one in taken:
        print(f"{one['unit']} #{one['no']} {one['day']}: {one['total']} in {one['accounts']} accounts, {one['hash']}")
        print(f"    for ledger verify: --head {one['upto_block']}:{one['head']}")
    if not taken:
        print("nothing was sealed since the last checkpoint")
    return DONE


def _say_as_json(verified: Verified) -> None:
    counts = {"blocks": verified.blocks, "journals": verified.journals, "entries": verified.entries}
    counts["records"] = verified.records
    say_json({**counts, "head": _head_of(verified), "findings": verified.findings})


def _say_in_words(verified: Verified) -> None:
    mark = "✗" if verified.findings else "✓"
    counts = f"{verified.blocks} blocks, {verified.journals} journals, {verified.entries} entries"
    print(f"{mark} {counts}, {verified.records} records; head {_head_of(verified)}")
    for finding in verified.findings:
        print(f"✗ {said(finding)}")
    if verified.findings:
        print(WHAT_TO_DO)


def _head_of(verified: Verified) -> str:
    return f"{verified.head.block}:{verified.head.hash.hex()}"


def _block(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise argparse.ArgumentTypeError(f"not the number of a block: {text!r}")
    return int(text)


def _head(text: str) -> tuple[int, str]:
    head = _HEAD.fullmatch(text)
    if not head:
        raise argparse.ArgumentTypeError(f"not a head like 12:<64 hex digits>: {text!r}")
    return int(head[1]), head[2]


def _takes_blocks_and_heads(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="first_block", type=_block, default=1, metavar="BLOCK", help="not from the first"
    )
    words = "a head written down outside, as checkpoints and this program show it; may be given several times"
    parser.add_argument("--head", type=_head, action="append", default=[], metavar="BLOCK:HASH", help=words)


def _takes_full(parser: argparse.ArgumentParser) -> None:
    words = "everything and the seals of the last days, not only what was touched since the last audit"
    parser.add_argument("--full", action="store_true", help=words)


LEDGER_VERBS = [
    Verb("ledger audit", "what was touched since the last audit, as the service does hourly", audit, _takes_full),
    Verb(
        "ledger verify",
        "recompute the proof and name every row that was changed",
        verify,
        _takes_blocks_and_heads,
    ),
    Verb("ledger checkpoint", "seal and commit to all balances now; the service does it daily by itself", checkpoint),
]
