"""A carrier as configured, and the choice among several."""

from collections.abc import Iterable
from dataclasses import dataclass

TELLING_CHARACTERS = 2  # the provinces of China differ in their first two characters: 广东省 = 广东


@dataclass(frozen=True)
class Carrier:
    """``coverage`` empty: all provinces. ``first_fen`` is the price of a parcel; a lower ``priority`` goes first.
    ``collects_cash``: at the door, for what is paid there."""

    code: str
    name_zh: str
    name_en: str
    adapter: str
    endpoint: str
    secret_name: str
    coverage: tuple[str, ...]
    first_fen: int
    priority: int
    is_active: bool
    collects_cash: bool = True

    def covers(self, province: str) -> bool:
        return not self.coverage or province_key(province) in {province_key(each) for each in self.coverage}


@dataclass(frozen=True)
class Assignment:
    """The carrier chosen (None: nobody carries there) and the verdict on each one considered."""

    code: str | None
    verdicts: dict[str, str]


def province_key(province: str) -> str:
    """What makes two spellings the same province."""
    plain = province.strip().casefold()
    return plain if plain.isascii() else plain[:TELLING_CHARACTERS]


def is_cash_collected(carriers: Iterable[Carrier], province: str) -> bool:
    """Whether there is anybody who would collect there."""
    return assign(carriers, province, collect_fen=1).code is not None


def assign(carriers: Iterable[Carrier], province: str, avoid: Iterable[str] = (), collect_fen: int = 0) -> Assignment:
    """The cheapest active carrier that covers ``province`` and collects the cash, if there is any to collect; then the
    lowest priority, then the code.

    Carriers in ``avoid`` (tried already, or failing now) are taken only if there is no other.
    """
    shunned = set(avoid)
    carriers = list(carriers)
    verdicts = {each.code: _verdict(each, province, shunned, collect_fen) for each in carriers}
    able = [each for each in carriers if verdicts[each.code] in ("able", "avoided")]
    if not able:
        return Assignment(None, verdicts)
    best = min(able, key=lambda each: (each.code in shunned, each.first_fen, each.priority, each.code))
    return Assignment(best.code, {code: _final(verdict) for code, verdict in verdicts.items()} | {best.code: "chosen"})


def _verdict(carrier: Carrier, province: str, shunned: set[str], collect_fen: int) -> str:
    if not carrier.is_active:
        return "inactive"
    if not carrier.covers(province):
        return "not_covering"
    if collect_fen and not carrier.collects_cash:
        return "not_collecting"
    return "avoided" if carrier.code in shunned else "able"


def _final(verdict: str) -> str:
    return "dearer_or_later" if verdict == "able" else verdict
