"""Who is at the command line, without the seconds that a process takes to start."""

import os
import pwd
from types import SimpleNamespace

import pytest

from tests.integration.points.story import Ledger


def is_at_the_command_line(monkeypatch: pytest.MonkeyPatch, login: str, ledger: Ledger) -> None:
    """``ops.main`` of this process works on this ledger, for somebody of this name as the system knows them."""
    url = ledger.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MALL_DATABASE_URL_POINTS", url)
    monkeypatch.setattr(pwd, "getpwuid", {os.getuid(): SimpleNamespace(pw_name=login)}.__getitem__)
