"""`logs`: the last lines of one process or, with its name in front, of all; `-f` goes on as they come."""

import argparse
from pathlib import Path

from deploy.launcher.failure import Failure, last_lines
from deploy.launcher.interrupts import Interrupted
from deploy.launcher.launch import Launch

LINES_OF_ONE, LINES_OF_EACH = 200, 10


def show(launch: Launch, options: argparse.Namespace) -> int:
    files = _chosen(launch.layout.log, options.service)
    width = max(len(file.stem) for file in files)
    places = {file: file.stat().st_size for file in files}
    for file in files:
        shown = last_lines(file, LINES_OF_ONE if options.service else LINES_OF_EACH)
        _print(launch, file, shown.splitlines(), 0 if options.service else width)
    if options.f:
        _follow(launch, places, 0 if options.service else width)
    return 0


def _chosen(folder: Path, service: str | None) -> list[Path]:
    files = sorted(folder.glob("*.log"))
    chosen = [file for file in files if service in (None, file.stem)]
    if not chosen:
        known = ", ".join(file.stem for file in files)
        raise Failure("no.log", name=service, known=known) if service and known else Failure("no.logs", folder=folder)
    return chosen


def _follow(launch: Launch, places: dict[Path, int], width: int) -> None:
    try:
        while True:
            launch.interrupts.pause(0.2)
            for file, place in places.items():
                places[file] = _print_new(launch, file, place, width)
    except Interrupted:
        return


def _print_new(launch: Launch, file: Path, place: int, width: int) -> int:
    size = file.stat().st_size if file.exists() else 0
    if size < place:  # rotated: begin again
        place = 0
    if size > place:
        with file.open("rb") as stream:
            stream.seek(place)
            # A line that is still being written waits for its end.
            whole, _, _ = stream.read(size - place).rpartition(b"\n")
        if whole:
            _print(launch, file, whole.decode(errors="replace").splitlines(), width)
            place += len(whole) + 1
    return place


def _print(launch: Launch, file: Path, lines: list[str], width: int) -> None:
    front = f"{file.stem:<{width}} | " if width else ""
    for line in lines:
        launch.console.line(front + line)
