"""The category tree."""

import sqlalchemy as sa

from services.catalog.storage.tables import category
from services.chassis.data.work import Work


def all_categories(work: Work) -> list[dict]:
    """[{path, name_zh, name_en}], parents before children."""
    statement = sa.select(category.c.path, category.c.name_zh, category.c.name_en).order_by(category.c.path)
    return [dict(row) for row in work.execute(statement).mappings()]
