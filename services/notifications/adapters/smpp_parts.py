"""A text as the octets of submit_sm, one dict of PDU fields a part."""

from typing import Any

from smpplib import consts, gsm

from services.notifications.domain.sms_text import GSM7, coding_of, pieces_of

_CODINGS = {"gsm7": consts.SMPP_ENCODING_DEFAULT, "ucs2": consts.SMPP_ENCODING_ISO10646}
_CONCATENATION = b"\x05\x00\x03"  # user data header: 5 octets, element 0 (8-bit reference), 3 octets of it


def submit_fields(text: str, reference: int) -> list[dict[str, Any]]:
    """In part order. ``reference`` (0-255) is the same on every try, so that a phone joins parts of two tries."""
    coding, pieces = coding_of(text), pieces_of(text)
    octets = [_encode(piece, coding) for piece in pieces]
    common = {"data_coding": _CODINGS[coding]}
    if len(octets) == 1:
        return [{**common, "short_message": octets[0], "esm_class": consts.SMPP_MSGTYPE_DEFAULT}]
    header = _CONCATENATION + bytes([reference, len(octets)])
    return [
        {**common, "short_message": header + bytes([number]) + part, "esm_class": consts.SMPP_GSMFEAT_UDHI}
        for number, part in enumerate(octets, start=1)
    ]


def _encode(piece: str, coding: str) -> bytes:
    return gsm.gsm_encode(piece) if coding == GSM7 else piece.encode("utf-16-be")
