"""What the tables are made with."""

import sqlalchemy as sa

metadata = sa.MetaData()
Moment = sa.TIMESTAMP(timezone=True)


def table(name: str, **columns: sa.types.TypeEngine | type[sa.types.TypeEngine]) -> sa.Table:
    return sa.Table(name, metadata, *(sa.Column(column, kind) for column, kind in columns.items()))
