"""Text to octets and back, as SMPP data_coding names it: GSM 7-bit (one septet per octet) and UCS-2."""

import secrets

GSM7, ASCII, LATIN1, UCS2 = 0, 1, 3, 8
ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
_TO_SEPTETS = {character: bytes([code]) for code, character in enumerate(_BASIC) if code != ESCAPE}
_TO_SEPTETS |= {character: bytes([ESCAPE, code]) for code, character in _EXTENDED.items()}
# Octets in one message and in one part of a longer one, whose 6-octet header takes room.
_ROOM = {GSM7: (160, 153), UCS2: (140, 134)}
UDH_INDICATOR = 0x40


def decode(octets: bytes, data_coding: int) -> str:
    """The text; octets that are not text in that coding come out as replacement characters, never as an error."""
    if data_coding == GSM7:
        return _decode_gsm7(octets)
    names = {ASCII: "ascii", LATIN1: "latin-1", UCS2: "utf-16-be"}
    return octets.decode(names[data_coding], "replace") if data_coding in names else octets.hex()


def _decode_gsm7(octets: bytes) -> str:
    text, escaped = [], False
    for octet in octets:
        if octet == ESCAPE and not escaped:
            escaped = True
            continue
        basic = _BASIC[octet] if octet < len(_BASIC) else "\ufffd"
        text.append(_EXTENDED.get(octet, basic) if escaped else basic)
        escaped = False
    return "".join(text)


def encode(text: str) -> tuple[bytes, int]:
    """(octets, data_coding): GSM 7-bit when every character is in it, else UCS-2."""
    if all(character in _TO_SEPTETS for character in text):
        return b"".join(_TO_SEPTETS[character] for character in text), GSM7
    return text.encode("utf-16-be"), UCS2


def parts(text: str) -> tuple[list[bytes], int, int]:
    """(short_messages, data_coding, esm_class); more than one part carry a concatenation header."""
    octets, data_coding = encode(text)
    whole, piece = _ROOM[data_coding]
    if len(octets) <= whole:
        return [octets], data_coding, 0
    chunks = [octets[start : start + piece] for start in range(0, len(octets), piece)]
    header = bytes([5, 0, 3, secrets.randbelow(256), len(chunks)])
    return [header + bytes([number]) + chunk for number, chunk in enumerate(chunks, 1)], data_coding, UDH_INDICATOR
