"""PostgreSQL's own load generator."""

import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count

import sqlalchemy as sa

from deploy.launcher.postgres_programs import find_postgres
from tests.load.children import ROOT
from tests.load.failures import BenchFailed

THREADS = 2
_ROUNDS = count(1)


@cache
def pgbench_program() -> str:
    """The one in the path, or the one beside the server's own programs."""
    programs = find_postgres(ROOT / ".venv")
    found = shutil.which("pgbench") or (programs and shutil.which("pgbench", path=str(programs.bin)))
    if not found:
        raise BenchFailed("pgbench is not here: it comes with PostgreSQL's server or its contrib package")
    return found


def run_script(url: str, script: str, transactions: int, clients: int) -> list[float]:
    """``:n`` begins where no run before has been. pgbench keeps its latencies to itself."""
    target = sa.make_url(url)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            pgbench_program(), "-n", "-M", "simple", "-f", file.name,
            "-D", "fresh=1", "-D", f"n={next(_ROUNDS)}0000000",
            "-c", str(clients), "-j", str(THREADS), "-t", str(transactions // clients),
            "-h", str(target.host), "-p", str(target.port or 5432), "-U", str(target.username), str(target.database),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"pgbench: {done.stderr.strip()[-500:]}")
    return []
