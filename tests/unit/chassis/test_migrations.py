"""Every service's migrations are one chain: two changes that both follow the same revision would stop every start."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from services.chassis.migrate import alembic_config, all_services


@pytest.mark.parametrize("service", all_services())
def test_migrations_are_one_chain(service: str) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(service))
    assert len(scripts.get_heads()) == 1
    files = list(Path(scripts.versions).glob("[0-9]*.py"))
    assert len(files) == len(list(scripts.walk_revisions()))
