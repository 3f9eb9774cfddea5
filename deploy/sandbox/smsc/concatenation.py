"""Finds the place of one submit_sm inside a longer message: user data header, SAR parameters or message_payload."""

from dataclasses import dataclass
from typing import Protocol

import smpp34

from deploy.sandbox.smsc import smpp_numbers as numbers
from deploy.sandbox.smsc.coding import UDH_INDICATOR

_REFERENCE_8_BIT, _REFERENCE_16_BIT = 0x00, 0x08


class SubmittedPdu(Protocol):
    """What is read of a submit_sm."""

    @property
    def short_message(self) -> bytes: ...
    @property
    def esm_class(self) -> int: ...
    @property
    def tlvs(self) -> list[smpp34.Tlv]: ...


@dataclass(frozen=True)
class Segment:
    """body is what remains without the header; a message of one part has total 1, number 1, reference 0."""

    body: bytes
    reference: int = 0
    total: int = 1
    number: int = 1


def segment_of(pdu: SubmittedPdu) -> Segment:
    """Raises ValueError for a header that does not hold together."""
    tlvs = {tlv.tag: tlv for tlv in pdu.tlvs}
    payload = tlvs.get(numbers.TLV_MESSAGE_PAYLOAD)
    octets = payload.value if payload else pdu.short_message
    if pdu.esm_class & UDH_INDICATOR:
        return _from_header(octets)
    if numbers.TLV_SAR_TOTAL in tlvs:
        tags = (numbers.TLV_SAR_REFERENCE, numbers.TLV_SAR_TOTAL, numbers.TLV_SAR_NUMBER)
        reference, total, number = (int.from_bytes(tlvs[tag].value) if tag in tlvs else 0 for tag in tags)
        return _checked(Segment(octets, reference, total, number))
    return Segment(octets)


def _from_header(octets: bytes) -> Segment:
    if not octets or len(octets) <= octets[0]:
        raise ValueError("user data header is longer than the message")
    header, body = octets[1 : octets[0] + 1], octets[octets[0] + 1 :]
    while len(header) >= 2:
        identifier, value, header = header[0], header[2 : 2 + header[1]], header[2 + header[1] :]
        if identifier == _REFERENCE_8_BIT and len(value) == 3:
            return _checked(Segment(body, value[0], value[1], value[2]))
        if identifier == _REFERENCE_16_BIT and len(value) == 4:
            return _checked(Segment(body, int.from_bytes(value[:2]), value[2], value[3]))
    return Segment(body)


def _checked(segment: Segment) -> Segment:
    if not 1 <= segment.number <= segment.total:
        raise ValueError(f"part {segment.number} of {segment.total} cannot be")
    return segment
