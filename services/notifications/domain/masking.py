"""What support staff and logs may see of a phone number or an address."""

import re

_CHINA_PREFIX = re.compile(r"^\+?86(?=1\d{10}$)")
_SHOWN_START, _SHOWN_END = 3, 4


def mask_phone(phone: str) -> str:
    """``+8613812341234`` -> ``138****1234``; a number too short to be a phone shows nothing of itself."""
    digits = _CHINA_PREFIX.sub("", phone)
    hidden = len(digits) - _SHOWN_START - _SHOWN_END
    return f"{digits[:_SHOWN_START]}****{digits[-_SHOWN_END:]}" if hidden >= _SHOWN_END else "****"


def mask_email(email: str) -> str:
    """``zhang@example.com`` -> ``z***@example.com``."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"


def mask_recipient(channel: str, recipient: str | None) -> str | None:
    if recipient is None or "*" in recipient:  # nothing to hide, or kept masked from the start
        return recipient
    return mask_email(recipient) if channel == "email" else mask_phone(recipient)
