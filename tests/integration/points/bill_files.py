"""Bill-run files, the ops command as its own process, and imports that die on the way."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.database import make_engine
from services.chassis.money import fen_from_yuan
from services.chassis.testkit import works_on
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.story import NOON

ROOT = Path(__file__).resolve().parents[3]
KILLED = 9


def bill_file(
    folder: Path,
    run_id: str,
    lines: Iterable[str],
    *,
    declared_lines: int | None = None,
    declared_yuan: str | None = None,
    period: str = "2026-10",
    packed: bool = False,
    trailer: bool = True,
) -> Path:
    """The charge of a line counts for the control total when it is its fourth field and a number."""
    body = list(lines)
    fen = sum(_fen(line.split(",")[3]) for line in body if line.count(",") == 3)
    lines_said = len(body) if declared_lines is None else declared_lines
    yuan_said = f"{fen // 100}.{fen % 100:02d}" if declared_yuan is None else declared_yuan
    text = [
        f"#mall-bill-run;version=1;run_id={run_id};period={period};currency=CNY",
        "line_id,subscriber_no,paid_on,charge_yuan",
        *body,
        *([f"#total;lines={lines_said};amount_yuan={yuan_said}"] if trailer else []),
    ]
    content = ("\n".join(text) + "\n").encode()
    path = folder / f"{run_id}.csv{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def _fen(charge: str) -> int:
    return fen_from_yuan(charge) if re.fullmatch(r"\d+(\.\d{1,2})?", charge) else 0


def die_importing(engine: sa.Engine, path: Path, at: str, after: int) -> int:
    """Imports in a forked process that dies like `kill -9` at the event ``at`` of its engine once ``after`` such
    events are over: no handler runs, nothing is flushed. Returns the exit code, KILLED if it died."""
    url = engine.url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        try:
            _import_until_death(url, path, at, after)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _import_until_death(url: str, path: Path, at: str, after: int) -> None:
    mortal = make_engine(url, pool_size=3, application="points-ops")
    left = iter(range(after))

    def count(*_: object) -> None:
        if next(left, None) is None:
            os._exit(KILLED)

    sa.event.listen(mortal, at, count)
    import_bill_run(works_on(mortal, clock=FixedClock(NOON)), path)
    os._exit(0)


def ops(engine: sa.Engine, *arguments: str) -> subprocess.CompletedProcess:
    """``python -m services.points.ops``."""
    command = [sys.executable, "-m", "services.points.ops", *arguments]
    return subprocess.run(
        command, check=False, cwd=ROOT, env=ops_environment(engine), capture_output=True, text=True, timeout=100
    )


def ops_environment(engine: sa.Engine) -> dict[str, str]:
    return os.environ | {"MALL_DATABASE_URL_POINTS": engine.url.render_as_string(hide_password=False)}


def run_of(done: subprocess.CompletedProcess) -> dict[str, Any]:
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)
