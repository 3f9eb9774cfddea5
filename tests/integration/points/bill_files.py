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

from services.chassis.data.work import Works
from services.chassis.money import fen_from_yuan
from services.points.usecases import import_bill_run as import_module
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.dying import die_doing
from tests.integration.points.story import NOON

ROOT = Path(__file__).resolve().parents[3]


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
    revision: int | None = None,
    kinds: bool = False,
) -> Path:
    """The charge of a line counts for the control total when it is its fourth field and a number."""
    body = list(lines)
    fen = sum(_fen(line.split(",")[3]) for line in body if line.count(",") == 3 + kinds)
    lines_said = len(body) if declared_lines is None else declared_lines
    yuan_said = f"{fen // 100}.{fen % 100:02d}" if declared_yuan is None else declared_yuan
    revised = f";revision={revision}" if revision else ""
    text = [
        f"#mall-bill-run;version=1;run_id={run_id}{revised};period={period};currency=CNY",
        "line_id,subscriber_no,paid_on,charge_yuan" + (",charge_kind" if kinds else ""),
        *body,
        *([f"#total;lines={lines_said};amount_yuan={yuan_said}"] if trailer else []),
    ]
    content = ("\n".join(text) + "\n").encode()
    path = folder / f"{run_id}{f'.r{revision}' if revision else ''}.csv{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def _fen(charge: str) -> int:
    return fen_from_yuan(charge) if re.fullmatch(r"\d+(\.\d{1,2})?", charge) else 0


def die_importing(engine: sa.Engine, path: Path, at: str, after: int) -> int:
    """Imports in a process that dies at the event ``at`` once ``after`` such events are over; its exit code."""
    return die_doing(engine, lambda works: _import_in_small_pieces(works, path), NOON, at, after)


def _import_in_small_pieces(works: Works, path: Path) -> None:
    """So that a small file, too, is staged in several batches."""
    import_module.LARGEST_PIECE = 3000
    import_bill_run(works, path)


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
