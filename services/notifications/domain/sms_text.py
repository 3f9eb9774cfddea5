"""How a text becomes short messages: its coding, and pieces that each fit one part.

Pieces end between characters: a character of two UTF-16 units (an emoji) is never torn apart.
"""

from collections.abc import Callable

# One septet each in GSM 03.38; the characters behind its escape cost two and are sent as UCS-2 instead.
_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7, UCS2 = "gsm7", "ucs2"
_ROOM = {GSM7: (160, 153), UCS2: (70, 67)}  # units in a message alone, and in a part beside its header
MOST_PARTS = 255


def coding_of(text: str) -> str:
    return GSM7 if _PLAIN.issuperset(text) else UCS2


def pieces_of(text: str) -> list[str]:
    """The text in pieces of one part each, one piece if it fits a single message; ValueError if it is endless."""
    coding = coding_of(text)
    alone, beside_header = _ROOM[coding]
    width: Callable[[str], int] = len if coding == GSM7 else _utf16_units
    if width(text) <= alone:
        return [text]
    pieces = _split(text, beside_header, width)
    if len(pieces) > MOST_PARTS:
        raise ValueError(f"{len(pieces)} parts are more than a message can have")
    return pieces


def _split(text: str, room: int, width: Callable[[str], int]) -> list[str]:
    pieces, start, used = [], 0, 0
    for place, character in enumerate(text):
        size = width(character)
        if used + size > room:
            pieces.append(text[start:place])
            start, used = place, 0
        used += size
    return [*pieces, text[start:]]


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2
