"""What several verbs are told in the same way."""

import argparse
from datetime import datetime


def moment(said: str) -> datetime:
    """With its zone, so that it means the same everywhere."""
    told = datetime.fromisoformat(said)
    if told.tzinfo is None:
        raise argparse.ArgumentTypeError("with its zone, as 2026-12-01T00:00:00+08:00")
    return told
