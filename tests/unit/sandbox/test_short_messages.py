"""Text as octets, and the parts of a long message."""

from types import SimpleNamespace

import pytest
import smpp34

from deploy.sandbox.smsc.coding import GSM7, UCS2, UDH_INDICATOR, decode, encode, parts
from deploy.sandbox.smsc.concatenation import Segment, segment_of
from deploy.sandbox.smsc.phones import phone_of


def pdu(octets, esm_class=0, tlvs=()):
    return SimpleNamespace(short_message=octets, esm_class=esm_class, tlvs=[smpp34.Tlv(*tlv) for tlv in tlvs])


CODED = [("TD", GSM7), ("a{b}€[c]~^|\\", GSM7), ("@£$¥ ñ\n", GSM7), ("兑换1", UCS2), ("😀", UCS2), ("`", UCS2)]
LENGTHS = [("a" * 160, 1), ("a" * 161, 2), ("中" * 70, 1), ("中" * 71, 2), ("中" * 135, 3)]


@pytest.mark.parametrize(("text", "coding"), CODED)
def test_there_and_back(text, coding):
    octets, data_coding = encode(text)
    assert data_coding == coding
    assert decode(octets, data_coding) == text


def test_octets_that_are_no_text_are_no_error():
    assert decode(b"\xff\x1b", GSM7) == "\ufffd"
    assert decode(b"\x00", UCS2) == "\ufffd"
    assert decode(b"\x01\x02", 4) == "0102"


@pytest.mark.parametrize(("text", "count"), LENGTHS)
def test_a_long_text_is_cut_and_put_together(text, count):
    payloads, data_coding, esm_class = parts(text)
    assert len(payloads) == count
    assert all(len(payload) <= (160 if data_coding == GSM7 else 140) for payload in payloads)
    segments = [segment_of(pdu(payload, esm_class)) for payload in payloads]
    assert [(segment.number, segment.total) for segment in segments] == [(n, count) for n in range(1, count + 1)]
    assert decode(b"".join(segment.body for segment in segments), data_coding) == text


def test_the_other_ways_to_say_part_two_of_three():
    wide = pdu(b"\x06\x08\x04\x01\x02\x03\x02text", UDH_INDICATOR)
    assert segment_of(wide) == Segment(b"text", 0x0102, 3, 2)
    sar = pdu(b"text", tlvs=[(0x020C, b"\x01\x02"), (0x020E, b"\x03"), (0x020F, b"\x02")])
    assert segment_of(sar) == Segment(b"text", 0x0102, 3, 2)
    assert segment_of(pdu(b"", tlvs=[(0x0424, b"text")])) == Segment(b"text")


@pytest.mark.parametrize("octets", [b"", b"\x05\x00\x03", b"\x05\x00\x03\x01\x02\x03x", b"\x05\x00\x03\x01\x02\x00x"])
def test_a_header_that_cannot_be_is_refused(octets):
    with pytest.raises(ValueError, match=r"header|part"):
        segment_of(pdu(octets, UDH_INDICATOR))


def test_one_phone_however_its_number_is_written():
    assert {phone_of(number) for number in ("+8613800000001", "8613800000001", "008613800000001", "13800000001")} == {
        "13800000001"
    }
    assert phone_of("10086") == "10086"
