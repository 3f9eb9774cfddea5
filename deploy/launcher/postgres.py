"""A private PostgreSQL cluster as a child of the launcher: no daemon, no pg_ctl, loopback only."""

import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from deploy.launcher.failure import Failure, last_lines
from deploy.launcher.launch import Launch
from deploy.launcher.ports import HOST
from deploy.launcher.postgres_as_root import Guise, choose_guise
from deploy.launcher.postgres_programs import PostgresPrograms
from deploy.launcher.probes import postgres_answers
from deploy.launcher.program import STORE, Program
from deploy.launcher.setup_commands import run_logged

OWNER = "mall"
LASTING = {"max_connections": "300", "shared_buffers": "128MB", "max_wal_size": "512MB", "synchronous_commit": "on"}
PASSING = {**LASTING, "synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"}


def postgres_program(launch: Launch, programs: PostgresPrograms, port: int, settings: Mapping[str, str]) -> Program:
    """Makes the cluster when there is none yet. SIGINT is PostgreSQL's fast stop; SIGTERM would wait for clients."""
    guise = choose_guise(programs, launch.layout.home / "pg")
    unfinished = launch.layout.home / "pg.unfinished"
    if unfinished.exists() or not (guise.data / "PG_VERSION").exists():
        unfinished.touch()
        _empty(guise.data)
        _make_cluster(launch, guise)
        unfinished.unlink()
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    listening = ["-p", str(port), "-h", HOST, "-k", ""]
    return Program(
        name="postgres",
        command=(*guise.prefix, str(guise.bin / "postgres"), "-D", str(guise.data), *listening, *options),
        ready=lambda: postgres_answers(HOST, port, OWNER),
        stage=STORE,
        cwd=Path("/"),
        address=f"{HOST}:{port}",
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        run_as=guise.run_as,
    )


def _empty(folder: Path) -> None:
    """What an initdb that was killed left: it looks like a cluster and is none. The folder and its owner stay."""
    for content in folder.iterdir() if folder.exists() else ():
        if content.is_dir() and not content.is_symlink():
            shutil.rmtree(content)
        else:
            content.unlink()


def _make_cluster(launch: Launch, guise: Guise) -> None:
    log = launch.layout.setup_log
    # C.UTF-8 and nothing else: with plain C, trigram search finds no Chinese at all.
    kind = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    initdb = [*guise.prefix, str(guise.bin / "initdb"), "-D", str(guise.data), *kind]
    if run_logged(initdb, log, launch.interrupts, cwd=Path("/"), run_as=guise.run_as):
        raise Failure("initdb", log=log, tail=last_lines(log))
