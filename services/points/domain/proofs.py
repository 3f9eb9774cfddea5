"""What a member's balance is proved with: postings chained into a digest, leaves, and checkpoints over all of them.

Everything that is hashed is the text of a JSON array, UTF-8, a blank after every comma, its first element the name of
the format.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from services.points.domain.merkle import Node, leaf

PROOF_FORM, POSTING_FORM = "mall-balance-proof-1", "posting-1"
LEAF_FORM, CHECKPOINT_FORM = "mall-leaf-1", "mall-checkpoint-1"
_encode = json.JSONEncoder(ensure_ascii=False).encode
START = bytes(32)  # the digest of a wallet without entries, and what the first checkpoint follows


@dataclass(frozen=True)
class Leaf:
    """A wallet as of a checkpoint."""

    unit: str
    account_id: int
    member_id: str
    balance: int
    entries: int
    digest: bytes
    last_journal: int

    def as_node(self) -> Node:
        said = [self.unit, self.account_id, self.member_id, self.balance, self.entries, self.digest.hex()]
        return leaf(_text(LEAF_FORM, *said, self.last_journal), self.balance)


@dataclass(frozen=True)
class Checkpoint:
    """``head`` is the hash of the seal of ``upto_block``; ``prev`` the hash of the unit's checkpoint before."""

    unit: str
    no: int
    day: date
    upto_block: int
    head: bytes
    accounts: int
    total: int
    root: bytes
    prev: bytes
    taken_at: datetime
    hash: bytes = b""

    def document(self) -> dict[str, Any]:
        """The contract's Checkpoint."""
        return {
            "unit": self.unit,
            "no": self.no,
            "day": self.day.isoformat(),
            "upto_block": self.upto_block,
            "head": self.head.hex(),
            "accounts": self.accounts,
            "total": self.total,
            "root": self.root.hex(),
            "prev": self.prev.hex(),
            "taken_at": moment_text(self.taken_at),
            "hash": self.hash.hex(),
        }

    def signed(self) -> "Checkpoint":
        return replace(self, hash=self.own_hash())

    def own_hash(self) -> bytes:
        """What ``hash`` must be."""
        said = [value for name, value in self.document().items() if name != "hash"]
        return hashlib.sha256(_text(CHECKPOINT_FORM, *said)).digest()


def extended(digest: bytes, posting: list[Any]) -> bytes:
    """``posting``: the values of the canonical line of one entry, POSTING_FORM first."""
    return hashlib.sha256(digest + _text(*posting)).digest()


def moment_text(moment: datetime) -> str:
    """UTC with microseconds, as the canonical lines have it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _text(*values: Any) -> bytes:
    return _encode(values).encode()
