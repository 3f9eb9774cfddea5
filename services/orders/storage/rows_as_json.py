"""What hangs on a row, told with it: one statement instead of one for each table."""


def rows_as_json(select: str) -> str:
    """An expression: the rows of ``select`` as a list of objects, in its order."""
    return f"(SELECT coalesce(json_agg(each), '[]') FROM ({select}) AS each)"  # noqa: S608 — constants of the modules here
