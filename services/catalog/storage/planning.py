"""Statements of SQLAlchemy's that a session plans once and then only executes."""

import re

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.chassis.data.planned import Planned

_DIALECT = postgresql.dialect(paramstyle="named")
_PARAMETER = re.compile(r"(?<!:):(\w+)")


def planned(name: str, statement: sa.ClauseElement) -> Planned:
    """``statement`` is a constant; its parameters are those that have no value yet. Rows come as the driver gives
    them: by the names of columns."""
    compiled = statement.compile(dialect=_DIALECT)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    said = {
        name: compiled.render_literal_value(bind.value, bind.type)
        for bind, name in compiled.bind_names.items()
        if not bind.required
    }
    return Planned(name, _PARAMETER.sub(lambda found: said.get(found[1], found[0]), str(compiled)))
