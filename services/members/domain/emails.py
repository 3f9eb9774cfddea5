"""E-mail addresses: the shape is checked here, ownership only by a letter that is answered."""

import re

LONGEST = 254
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SHAPE = re.compile(rf"(?P<local>{_LOCAL})@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
LONGEST_LOCAL = 64


def is_email(text: str) -> bool:
    """ASCII addresses with a dotted domain. No spaces, quotes or line ends: nothing that could bend a mail header."""
    found = _SHAPE.fullmatch(text)
    return found is not None and len(text) <= LONGEST and len(found["local"]) <= LONGEST_LOCAL
