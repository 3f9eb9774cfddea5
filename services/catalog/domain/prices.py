"""Prices of SKUs: for whom they are, which one a member is offered, and what an import changes of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.catalog.contract import BETTERED, NOT_IN_SEGMENT, TIER_NOT_REACHED, TIERS

EVERYBODY = TIERS[0]


class Audience(NamedTuple):
    """``segment`` None: of whatever segments."""

    least_tier: str
    segment: str | None


@dataclass(frozen=True)
class Member:
    """Whoever asks: a tier, and the labels of the segments that they are in."""

    tier: str = EVERYBODY
    segments: frozenset[str] = frozenset()

    @property
    def tiers(self) -> tuple[str, ...]:
        """Those that are reached."""
        return TIERS[: TIERS.index(self.tier) + 1]

    def reaches(self, least_tier: str) -> bool:
        return TIERS.index(self.tier) >= TIERS.index(least_tier)

    def is_in(self, segment: str | None) -> bool:
        return segment is None or segment in self.segments

    def why_not(self, least_tier: str, segment: str | None) -> str | None:
        """Why something for this tier and segment is not for this member; None if it is."""
        if not self.reaches(least_tier):
            return TIER_NOT_REACHED
        return None if self.is_in(segment) else NOT_IN_SEGMENT


def member_of(request: Mapping[str, Any]) -> Member:
    """Of a request that says ``member_tier`` and ``member_segments``."""
    return Member(request["member_tier"], frozenset(request["member_segments"]))


@dataclass(frozen=True)
class PriceTerm:
    """What a way to pay (``price_id``) costs for some members, as it stands or shall stand."""

    price_id: str
    sku_id: str
    points: int
    cash_fen: int
    coins: int = 0
    least_tier: str = EVERYBODY
    segment: str | None = None

    @property
    def audience(self) -> Audience:
        return Audience(self.least_tier, self.segment)

    @property
    def key(self) -> tuple[str, Audience]:
        return self.price_id, self.audience

    @property
    def is_for_everybody(self) -> bool:
        return self.audience == (EVERYBODY, None)

    @property
    def burden(self) -> tuple[int, int, int]:
        """The less, the more favourable: least cash, then least coins, then fewest points."""
        return self.cash_fen, self.coins, self.points

    def asks_for_more_than(self, other: "PriceTerm") -> bool:
        return any(mine > theirs for mine, theirs in zip(self.burden, other.burden, strict=True))


@dataclass(frozen=True)
class Offered:
    """``choices``: the most favourable lawful term of each way to pay, best first; ``others``, each with why not."""

    choices: list[PriceTerm]
    others: list[tuple[PriceTerm, str]]


def offered_to(member: Member, terms: Iterable[PriceTerm]) -> Offered:
    ordered = sorted(terms, key=lambda term: (term.burden, term.price_id, *_order_of(term.audience)))
    choices: dict[str, PriceTerm] = {}
    others = []
    for term in ordered:
        why_not = member.why_not(*term.audience) or (BETTERED if term.price_id in choices else None)
        if why_not:
            others.append((term, why_not))
        else:
            choices[term.price_id] = term
    return Offered(list(choices.values()), others)


def _order_of(audience: Audience) -> tuple[int, str]:
    """Everybody first."""
    return TIERS.index(audience.least_tier), audience.segment or ""


def dearer_than_for_everybody(terms: Iterable[PriceTerm]) -> list[str]:
    """Price ids of terms for some members that ask for more of anything than the term for everybody does."""
    by_way: dict[str, list[PriceTerm]] = defaultdict(list)
    for term in terms:
        by_way[term.price_id].append(term)
    return sorted({way for way, told in by_way.items() if _is_dearer_for_some(told)})


def _is_dearer_for_some(terms: Sequence[PriceTerm]) -> bool:
    plain = [term for term in terms if term.is_for_everybody]
    return any(term.asks_for_more_than(everybodys) for everybodys in plain for term in terms)


@dataclass(frozen=True)
class PriceChanges:
    closed: list[PriceTerm]
    opened: list[PriceTerm]


def price_changes(open_terms: Mapping[tuple[str, Audience], PriceTerm], wanted: Iterable[PriceTerm]) -> PriceChanges:
    """Terms that end, and terms that begin; what stays the same is in neither."""
    wished = {term.key: term for term in wanted}
    closed = [term for key, term in open_terms.items() if wished.get(key) != term]
    opened = [term for key, term in wished.items() if open_terms.get(key) != term]
    return PriceChanges(sorted(closed, key=_by_id), sorted(opened, key=_by_id))


def _by_id(term: PriceTerm) -> tuple[str, str, str]:
    return term.price_id, term.least_tier, term.segment or ""
