"""A failure the user is told about: what happened, what to do, where the log is. Never a traceback."""

from pathlib import Path

from deploy.launcher.language import text


class Failure(Exception):
    def __init__(self, key: str, *, log: Path | None = None, tail: str = "", code: int = 1, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.log = log
        self.tail = tail
        self.code = code

    @property
    def what(self) -> str:
        return text(self.key, **self.values)

    @property
    def advice(self) -> str:
        return text(f"{self.key}.fix", **self.values)


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log, for a message; reads a bounded piece because logs of a long run are large."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_000))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])
