"""Identifiers: a short prefix that says what it names, then a uuid7 (time-ordered, so indexes stay compact)."""

import hashlib
import re

from uuid_utils import uuid7

_SHAPE = re.compile(r"[a-z]{2,4}_[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """A fresh id, e.g. ``evt_0192f0c1…`` (prefix, underscore, 32 hex digits)."""
    return f"{prefix}_{uuid7().hex}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same id for the same parts, always: what a retried request finds again."""
    text = "\x1f".join(parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def is_id(value: str, prefix: str) -> bool:
    return bool(_SHAPE.fullmatch(value)) and value.startswith(f"{prefix}_")
