"""What stored rows say to an import before it is written."""

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from services.catalog.storage.tables import category, element, form, goods, merchant, price, sku
from services.chassis.data.work import Work


def missing_merchants(work: Work, merchant_ids: Collection[str]) -> list[str]:
    return _missing(work, merchant.c.merchant_id, merchant_ids)


def missing_categories(work: Work, paths: Collection[str]) -> list[str]:
    return _missing(work, category.c.path, paths)


def stored_kinds(work: Work, goods_ids: Iterable[str]) -> Mapping[str, str]:
    """Kinds by goods id, of the goods that exist."""
    statement = sa.select(goods.c.goods_id, goods.c.kind).where(goods.c.goods_id.in_(list(goods_ids)))
    return {row.goods_id: row.kind for row in work.execute(statement)}


def owners_of_skus(work: Work, sku_ids: Iterable[str]) -> Mapping[str, str]:
    """Goods ids by SKU id, of the SKUs that exist."""
    statement = sa.select(sku.c.sku_id, sku.c.goods_id).where(sku.c.sku_id.in_(list(sku_ids)))
    return {row.sku_id: row.goods_id for row in work.execute(statement)}


def owners_of_prices(work: Work, price_ids: Iterable[str]) -> Mapping[str, str]:
    """SKU ids by price id, of the prices that ever were."""
    statement = sa.select(price.c.price_id, price.c.sku_id).where(price.c.price_id.in_(list(price_ids))).distinct()
    return {row.price_id: row.sku_id for row in work.execute(statement)}


def stored_deliveries(work: Work, element_ids: Iterable[str]) -> Mapping[str, str]:
    """How each is delivered, by element id, of the elements that exist."""
    columns = element.c.element_id, element.c.delivery
    statement = sa.select(*columns).where(element.c.element_id.in_(list(element_ids)))
    return {row.element_id: row.delivery for row in work.execute(statement)}


def stored_makers_of_codes(work: Work, element_ids: Iterable[str]) -> Mapping[str, str]:
    """Whose codes they are, by element id, of the elements that exist and are delivered by code."""
    columns = element.c.element_id, element.c.codes_of
    mine = (element.c.element_id.in_(list(element_ids)), element.c.codes_of.is_not(None))
    return {row.element_id: row.codes_of for row in work.execute(sa.select(*columns).where(*mine))}


def deliveries_of_forms(work: Work, forms: Iterable[str]) -> Mapping[str, str]:
    """By form, of the forms that exist."""
    statement = sa.select(form.c.form, form.c.delivery).where(form.c.form.in_(list(forms)))
    return {row.form: row.delivery for row in work.execute(statement)}


def is_known(work: Work, subject: str) -> bool:
    """Whether there are goods, a SKU or an element of this id."""
    column = {"gds": goods.c.goods_id, "sku": sku.c.sku_id, "elm": element.c.element_id}[subject.partition("_")[0]]
    return not _missing(work, column, [subject])


def _missing(work: Work, column: sa.Column, wanted: Collection[str]) -> list[str]:
    known = set(work.execute(sa.select(column).where(column.in_(list(wanted)))).scalars())
    return sorted(set(wanted) - known)
