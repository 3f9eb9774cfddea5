"""The log folder: one file a process, the last big one kept as `.1`."""

from pathlib import Path

LARGEST = 5_000_000


def rotate(folder: Path) -> None:
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST:
            log.replace(log.with_name(log.name + ".1"))
