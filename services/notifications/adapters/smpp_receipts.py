"""Delivery receipts inside deliver_sm: by the parameters 0x001E and 0x0427, else by the text of SMPP appendix B."""

import re
from typing import Any

from smpplib import consts

from services.notifications.domain.outgoing import Receipt

_TYPE_BITS, _IS_RECEIPT = 0x3C, 0x04
_BY_NUMBER = {2: "delivered", 3: "failed", 4: "failed", 5: "failed", 8: "failed"}
_BY_WORD = {"DELIVRD": "delivered", "EXPIRED": "failed", "DELETED": "failed", "UNDELIV": "failed", "REJECTD": "failed"}
_TEXT = re.compile(rb"id:(\S+).*?stat:([A-Z]+)", re.DOTALL)


def is_receipt(pdu: Any) -> bool:
    return (pdu.esm_class or consts.SMPP_MSGTYPE_DEFAULT) & _TYPE_BITS == _IS_RECEIPT


def receipt_of(pdu: Any, provider: str) -> Receipt | None:
    """None for a receipt that settles nothing yet (under way, accepted) or names no message."""
    text = getattr(pdu, "short_message", None) or getattr(pdu, "message_payload", None) or b""
    said = _TEXT.search(text)
    identifier = getattr(pdu, "receipted_message_id", None) or (said and said[1])
    state = getattr(pdu, "message_state", None)
    outcome = _BY_NUMBER.get(state) if state else _BY_WORD.get(said[2].decode("ascii")) if said else None
    if not identifier or outcome is None:
        return None
    return Receipt(provider, identifier.rstrip(b"\0").decode("ascii", "replace"), outcome)
