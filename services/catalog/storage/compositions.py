"""How SKUs are composed of elements now; what an order took is kept with its reservation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.composition import DESCRIPTION, Part, described
from services.catalog.storage.tables import element, form, sku_element
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_COMPOSED = Planned(
    "composed_of",
    sa.select(
        sku_element.c.sku_id,
        sku_element.c.quantity,
        *(element.c[name] for name in ("element_id", "delivery", "form", "least_tier", "market_value_fen")),
        *(element.c[name] for name in DESCRIPTION),
        form.c.name_zh.label("form_zh"),
        form.c.name_en.label("form_en"),
    )
    .join(element, element.c.element_id == sku_element.c.element_id)
    .join(form, form.c.form == element.c.form)
    .where(sku_element.c.sku_id == sa.any_(sa.bindparam("sku_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(sku_element.c.sku_id, sku_element.c.position, sku_element.c.element_id),
)


def compositions_of(work: Work, sku_ids: Iterable[str]) -> dict[str, list[Part]]:
    """Parts by SKU, of the SKUs that exist."""
    return {sku_id: [part_of(row) for row in rows] for sku_id, rows in composed_of(work, sku_ids).items()}


def part_of(row: sa.Row) -> Part:
    return Part(row.element_id, row.delivery, row.quantity, **described(row))


def composed_of(work: Work, sku_ids: Iterable[str]) -> dict[str, list[sa.Row]]:
    """By SKU, in the merchant's order: what a Part has, and {form, form_zh, form_en, least_tier,
    market_value_fen}."""
    found: dict[str, list[sa.Row]] = defaultdict(list)
    for row in work.execute(_COMPOSED, {"sku_ids": list(sku_ids)}):
        found[row.sku_id].append(row)
    return dict(found)


def save_compositions(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """``rows`` are all there is of their SKUs. Their SKUs have just been written, so nobody else composes them now."""
    _forget_others(work, rows)
    new = insert(sku_element)
    changed = {name: new.excluded[name] for name in ("quantity", "position")}
    upsert = new.on_conflict_do_update(index_elements=["sku_id", "element_id"], set_=changed)
    work.execute(upsert, sorted(map(dict, rows), key=lambda row: (row["sku_id"], row["element_id"])))


def _forget_others(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    kept = [(row["sku_id"], row["element_id"]) for row in rows]
    of_these = sku_element.c.sku_id.in_({sku_id for sku_id, _ in kept})
    others = sa.tuple_(sku_element.c.sku_id, sku_element.c.element_id).not_in(kept)
    work.execute(sa.delete(sku_element).where(of_these, others))
