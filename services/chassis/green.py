"""Imported first by every program that uses the bus: makes the standard library cooperative before anything else."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# eventlet's own resolver costs a service half of its start-up time; the addresses it resolves are few and near
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")


@contextmanager
def _as_if_absent(*companions: str) -> Iterator[None]:
    """Libraries that others import where they are installed, for what no service does: a quarter of its start-up."""
    hidden = [name for name in companions if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: its import fails
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _as_if_absent("OpenSSL", "rich"):  # TLS that is not the standard library's; coloured tracebacks
    import eventlet

    eventlet.monkey_patch()

    import structlog  # noqa: F401
