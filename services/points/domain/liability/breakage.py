"""How many points will be redeemed in all: the run-off of history, or an assumption (see the package)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from services.points.domain.liability.layers import Layer, LayerKey
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import MILLION

Kind = tuple[str, str]  # unit and source


@dataclass
class RunOff:
    """The triangle, summed over issue months: points at risk and redeemed, by (unit, source) and age in months."""

    at_risk: dict[Kind, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    redeemed: dict[Kind, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    since: dict[Kind, Month] = field(default_factory=dict)

    def observe(self, key: LayerKey, month: Month, at_risk: int, redeemed: int) -> None:
        """One layer in one whole month of its life. ``at_risk`` are the points that could be redeemed in it."""
        kind, age = (key.unit, key.source), month - key.issued_in
        self.at_risk[kind][age] += max(at_risk, 0)
        self.redeemed[kind][age] += redeemed
        self.since[kind] = min(self.since.get(kind, key.issued_in), key.issued_in)

    def kinds(self) -> list[Kind]:
        return sorted(self.since)

    def ages(self, kind: Kind) -> list[tuple[int, int, int]]:
        """(age, points at risk, points redeemed), the youngest first."""
        return [(age, points, self.redeemed[kind][age]) for age, points in sorted(self.at_risk[kind].items())]

    def share_redeemed(self, kind: Kind, first: int, last: int, least_points: int) -> Fraction | None:
        """Of points there at the begin of age ``first``, the share redeemed until the end of age ``last``; None if some
        age between was seen by fewer than ``least_points``."""
        kept = Fraction(1)
        for age in range(first, last + 1):
            at_risk = self.at_risk[kind][age]
            if at_risk < max(least_points, 1):
                return None
            redeemed = min(max(self.redeemed[kind][age], 0), at_risk)
            kept *= Fraction(at_risk - redeemed, at_risk)
        return 1 - kept


@dataclass(frozen=True)
class Evidence:
    """How much history makes an estimate: ``months`` since the first issue, and ``points`` at risk at every age."""

    months: int
    points: int


@dataclass
class Outlook:
    """What is expected at a cut-off. ``breakage`` maps (unit, source or ``*``) to the assumed share, in millionths, of
    issued points that is never redeemed. ``observed`` is the last whole month; what expires before ``spendable_from``
    can be redeemed no more."""

    run_off: RunOff
    breakage: Mapping[Kind, int]
    evidence: Evidence
    observed: Month
    spendable_from: date
    _shares: dict[tuple[str, str, int, int], int | None] = field(default_factory=dict)

    def is_over(self, layer: Layer) -> bool:
        return layer.left <= 0 or layer.key.expires_on < self.spendable_from

    def rate_at_issue(self, key: LayerKey) -> int:
        """The share of fresh points that is expected to be redeemed, in millionths."""
        share = self._share(key, 0)
        return self._assumed(key) if share is None else share

    def is_estimated(self, layer: Layer) -> bool:
        """By history, not by assumption."""
        return self._share_of_left(layer) is not None

    def expected(self, layer: Layer) -> int:
        """Points of ``layer`` that are expected to be redeemed in all, those redeemed included, in millionths."""
        least, most = layer.redeemed * MILLION, (layer.redeemed + max(layer.left, 0)) * MILLION
        if self.is_over(layer):
            return least
        share = self._share_of_left(layer)
        if share is not None:
            return least + layer.left * share
        return min(max(layer.net * self._assumed(layer.key), least), most)

    def _share_of_left(self, layer: Layer) -> int | None:
        return self._share(layer.key, self.observed - layer.key.issued_in + 1)

    def _share(self, key: LayerKey, first: int) -> int | None:
        kind = (key.unit, key.source)
        asked = (*kind, first, key.life)
        if asked not in self._shares:
            self._shares[asked] = self._seen(kind, first, key.life)
        return self._shares[asked]

    def _seen(self, kind: Kind, first: int, last: int) -> int | None:
        since = self.run_off.since.get(kind)
        if since is None or self.observed - since + 1 < self.evidence.months:
            return None
        share = self.run_off.share_redeemed(kind, first, last, self.evidence.points)
        return None if share is None else round(share * MILLION)

    def _assumed(self, key: LayerKey) -> int:
        for source in (key.source, "*"):
            if (key.unit, source) in self.breakage:
                return MILLION - self.breakage[key.unit, source]
        raise LookupError(f"no breakage assumption for {key.unit} of {key.source}")
