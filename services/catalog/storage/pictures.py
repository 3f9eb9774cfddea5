"""Stored pictures of goods."""

import sqlalchemy as sa

from services.catalog.storage.tables import picture
from services.chassis.data.work import Work


def find_picture(work: Work, goods_id: str) -> dict | None:
    """{svg, etag}, also of goods no longer on sale: orders show them for ever."""
    statement = sa.select(picture.c.svg, picture.c.etag).where(picture.c.goods_id == goods_id)
    row = work.execute(statement).mappings().one_or_none()
    return dict(row) if row else None
