"""Segments: groups of members, by hand or by a rule on what is known of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.refusal import Refused
from services.members import contract
from services.members.domain.tiers import RANKS

LABEL = re.compile(r"[a-z][a-z0-9-]{0,39}")
MEMBER_ID = re.compile(r"mbr_[0-9a-f]{32}")


@dataclass(frozen=True)
class SegmentRule:
    """Who is in: everybody of one of the ``tiers`` (none: of any) who joined the operator's network from
    ``joined_from`` on and before ``joined_before``. A rule that says nothing lifts the one before: nobody is in by
    rule."""

    tiers: Sequence[str] = ()
    joined_from: datetime | None = None
    joined_before: datetime | None = None

    @property
    def lifts(self) -> bool:
        return not (self.tiers or self.joined_from or self.joined_before)

    def check(self) -> None:
        if unknown := sorted(set(self.tiers) - set(RANKS)):
            raise Refused(contract.SEGMENT_RULE_INVALID, "there are no such tiers", tiers=unknown)
        if self.joined_from and self.joined_before and self.joined_from >= self.joined_before:
            raise Refused(contract.SEGMENT_RULE_INVALID, "nobody joined from then on and before then")


def read_names(text: str) -> tuple[list[str], list[str]]:
    """(subscriber numbers, member ids) of a file with one a line; empty lines and those after # mean nothing."""
    names = {line.strip() for line in text.splitlines()} - {""}
    told = sorted(name for name in names if not name.startswith("#"))
    members = [name for name in told if MEMBER_ID.fullmatch(name)]
    return [name for name in told if name not in set(members)], members
