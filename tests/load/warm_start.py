"""How long `./mall up` takes where it has been before: in a state folder of its own, beside whatever mall runs."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable

from deploy.launcher.texts_of_commands import COMMANDS
from tests.load.children import ROOT
from tests.load.failures import BenchFailed

READY = re.compile(COMMANDS["ready"][0].format(seconds=r"(\d+\.\d)"))
STOPPING_S = 60


def warm_starts(starts: int) -> list[float]:
    """Seconds by the launcher's own account. The first start makes and fills the databases and is not counted."""
    with tempfile.TemporaryDirectory(prefix="mall-bench-") as home:
        settings = _settings(home)
        try:
            return [_start(settings) for _ in range(starts + 1)][1:]
        finally:
            subprocess.run(_command("reset", "--yes"), cwd=ROOT, env=settings, check=False, capture_output=True)


def seconds_told(lines: Iterable[str]) -> float:
    told: list[str] = []
    for line in lines:
        told.append(line)
        if found := READY.search(line):
            return float(found[1])
    raise BenchFailed("./mall up did not get ready:\n" + "".join(told))


def _start(settings: dict[str, str]) -> float:
    """Up, and down again."""
    process = subprocess.Popen(
        _command("up"), cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    try:
        return seconds_told(process.stdout)
    finally:
        process.terminate()
        process.communicate(timeout=STOPPING_S)


def _command(*words: str) -> list[str]:
    return [sys.executable, "mall", "--lang", "en", *words]


def _settings(home: str) -> dict[str, str]:
    """Nothing of the mall that runs: this one finds its own ports, servers and secrets."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("MALL_")}
    return {**others, "MALL_HOME": home}
