"""How the database says no to somebody without the right."""

import pytest
import sqlalchemy as sa


def refused(engine: sa.Engine, statement: str) -> str:
    with pytest.raises(sa.exc.ProgrammingError) as caught, engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert caught.value.orig.pgcode == "42501", caught.value  # insufficient_privilege
    return str(caught.value.orig)
