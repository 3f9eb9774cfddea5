"""One launcher per state folder: a file lock the system lets go of even when the holder is killed."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.launcher import records
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch


@contextmanager
def only_one(launch: Launch, command: str) -> Iterator[None]:
    """Holds the folder and clears away what a killed launcher left in it."""
    layout = launch.layout
    layout.make()
    with (layout.home / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            other = records.running_launcher(layout.run)
            raise _busy(other) from None
        left = records.clear_leftovers(layout.run)
        if left:
            launch.console.note("leftovers", names=", ".join(left))
        records.announce_launcher(layout.run, command, "")
        try:
            yield
        finally:
            records.forget(layout.run, records.LAUNCHER)


def _busy(other: records.Record | None) -> Failure:
    if other is None:  # it has just taken the lock and not written its record yet
        return Failure("already.running", command="…", pid="?", address="-")
    return Failure("already.running", command=other.command, pid=other.pid, address=other.address or "-")
