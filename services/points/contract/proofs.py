"""Proofs: what the whole ledger is on a day as one hash, and a member's balance as a part of it."""

from services.chassis.contract import Event, Query
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    identifier,
    integer,
    listed,
    nested,
    text,
)
from services.points.contract.vocabulary import (
    ACCOUNT_UNKNOWN,
    COINS,
    CURSOR_INVALID,
    LARGEST_PAGE,
    POINTS,
    PROOF_NOT_READY,
    SERVICE,
    in_unit,
)

LARGEST_PROOF = 5000  # postings; what was before them is told as one digest
HIGHEST_TREE = 64


class ListCheckpoints(Request):
    unit = in_unit()
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(20, allow_none=True)


class Checkpoint(Record):
    """All hashes are SHA-256, 64 hex digits. ``hash`` commits to all the rest, ``prev`` is that of the checkpoint
    before, ``head`` that of the seal of block ``upto_block``; ``total`` is what all ``accounts`` have together."""

    unit = choice(POINTS, COINS)
    no = integer(1)
    day = text(10)
    upto_block = integer(1)
    head = text(64)
    accounts = integer(1)
    total = integer()
    root = text(64)
    prev = text(64)
    taken_at = text(32)
    hash = text(64)


class Checkpoints(Record):
    checkpoints = listed(Checkpoint)
    next_cursor = text(20, allow_none=True)


class OfProof(Request):
    member_id = identifier("mbr")
    unit = in_unit()


class ProvedAccount(Record):
    member_id = identifier("mbr")
    account_id = integer(1)
    unit = choice(POINTS, COINS)


class ProvedLeaf(Record):
    """The wallet as of the checkpoint; ``digest`` chains all its postings."""

    balance = integer()
    entries = integer(1)
    digest = text(64)
    last_journal = integer(1)


class ProofStep(Record):
    """The sibling on the way from the leaf to the root, and the side on which it stands."""

    side = choice("left", "right")
    hash = text(64)
    sum = integer()


class Before(Record):
    """The wallet before the first posting that is shown."""

    entries = integer()
    balance = integer()
    digest = text(64)


class ProvedPosting(Record):
    """One entry of the wallet. ``journal_hash`` is that of its journal in the seals."""

    journal_id = integer(1)
    seq = integer()
    amount = integer(-LARGEST_SAFE_INTEGER)
    pool = integer(allow_none=True)
    expires_on = text(10, allow_none=True)
    kind = text(40)
    source = text(60, allow_none=True)
    ref = text(200, allow_none=True)
    happened_at = text(32)
    booked_at = text(32)
    journal_hash = text(64)


class BalanceProof(Record):
    """A document that stands for itself: ``services/points/verify_proof.py`` checks it without the service."""

    format = text(40)
    account = nested(ProvedAccount)
    leaf = nested(ProvedLeaf)
    path = listed(ProofStep, longest=HIGHEST_TREE)
    before = nested(Before)
    postings = listed(ProvedPosting, shortest=1, longest=LARGEST_PROOF)
    checkpoint = nested(Checkpoint)


LIST_CHECKPOINTS = Query(SERVICE, "list_checkpoints", ListCheckpoints, Checkpoints, refuses=(CURSOR_INVALID,))
GET_BALANCE_PROOF = Query(
    SERVICE, "get_balance_proof", OfProof, BalanceProof, refuses=(ACCOUNT_UNKNOWN, PROOF_NOT_READY), timeout_s=10
)
CHECKPOINT_SEALED = Event(SERVICE, "ledger.checkpoint_sealed.v1", Checkpoint)
