"""From which warehouse each unit of a basket comes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.contract import GOODS_UNKNOWN, STOCK_INSUFFICIENT
from services.chassis.refusal import Refused


@dataclass(frozen=True, order=True)
class Portion:
    """``quantity`` units of one SKU in one warehouse."""

    sku_id: str
    warehouse_id: str
    quantity: int


@dataclass(frozen=True)
class Level:
    """What one warehouse can still promise of a SKU; levels are listed in the order of use."""

    sku_id: str
    warehouse_id: str
    free: int


def merged(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Units by SKU, in the order of SKU ids: two lines of one SKU are one wish, and locks are taken sorted."""
    units: Counter[str] = Counter()
    for line in lines:
        units[line["sku_id"]] += line["quantity"]
    return dict(sorted(units.items()))


def allocate(wanted: Mapping[str, int], levels: Sequence[Level]) -> list[Portion]:
    """All of ``wanted`` or nothing, sorted; refuses with every unknown SKU, else with every shortage."""
    by_sku = {sku_id: [level for level in levels if level.sku_id == sku_id] for sku_id in wanted}
    if unknown := [sku_id for sku_id, places in by_sku.items() if not places]:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=unknown)
    if shortages := _shortages(wanted, by_sku):
        raise Refused(STOCK_INSUFFICIENT, "not enough stock", shortages=shortages)
    return sorted(portion for sku_id, units in wanted.items() for portion in _portions(units, by_sku[sku_id]))


def _shortages(wanted: Mapping[str, int], by_sku: Mapping[str, Sequence[Level]]) -> list[dict[str, Any]]:
    available = {sku_id: sum(level.free for level in places) for sku_id, places in by_sku.items()}
    return [
        {"sku_id": sku_id, "wanted": units, "available": available[sku_id]}
        for sku_id, units in wanted.items()
        if units > available[sku_id]
    ]


def _portions(units: int, places: Sequence[Level]) -> list[Portion]:
    """From one warehouse if any has them all (one parcel), else from each in turn."""
    whole = [level for level in places if level.free >= units][:1]
    portions = []
    for level in whole or places:
        taken = min(units, level.free)
        if taken:
            portions.append(Portion(level.sku_id, level.warehouse_id, taken))
        units -= taken
    return portions
