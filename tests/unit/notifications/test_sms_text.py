"""Texts as short messages: coding, parts, and octets on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.adapters.smpp_parts import submit_fields
from services.notifications.domain.sms_text import GSM7, UCS2, coding_of, pieces_of

UDH = 6
any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600)


@given(any_text)
def test_pieces_are_the_text_and_each_fits(text):
    pieces = pieces_of(text)
    assert "".join(pieces) == text
    room = {(GSM7, True): 160, (GSM7, False): 153, (UCS2, True): 70, (UCS2, False): 67}
    limit = room[coding_of(text), len(pieces) == 1]
    width = len if coding_of(text) == GSM7 else lambda piece: len(piece.encode("utf-16-be")) // 2
    assert all(0 < width(piece) <= limit for piece in pieces)


@given(any_text, st.integers(0, 255))
def test_octets_on_the_wire_decode_to_the_text(text, reference):
    parts = submit_fields(text, reference)
    several = len(parts) > 1
    bodies = [part["short_message"][UDH if several else 0 :] for part in parts]
    assert all(len(part["short_message"]) <= (160 if coding_of(text) == GSM7 else 140) for part in parts)
    if coding_of(text) == UCS2:
        assert "".join(body.decode("utf-16-be") for body in bodies) == text
    if several:
        headers = [part["short_message"][:UDH] for part in parts]
        assert headers == [bytes([5, 0, 3, reference, len(parts), n]) for n in range(1, len(parts) + 1)]
        assert {part["esm_class"] for part in parts} == {0x40}


@pytest.mark.parametrize(
    ("text", "coding", "parts"),
    [
        ("a" * 160, GSM7, 1),
        ("a" * 161, GSM7, 2),
        ("码" * 70, UCS2, 1),
        ("码" * 71, UCS2, 2),
        ("码" * 134, UCS2, 2),
        ("码" * 135, UCS2, 3),
        ("{" + "a" * 69, UCS2, 1),
        ("`", UCS2, 1),
    ],
)
def test_where_a_text_needs_another_part(text, coding, parts):
    assert (coding_of(text), len(pieces_of(text))) == (coding, parts)


def test_an_emoji_on_the_border_goes_whole_into_the_next_part():
    assert pieces_of("码" * 66 + "😀" + "码" * 20) == ["码" * 66, "😀" + "码" * 20]


def test_a_text_without_end_is_refused():
    with pytest.raises(ValueError, match="parts"):
        pieces_of("码" * 67 * 256)


def test_gsm_octets():
    assert submit_fields("@$A", 0)[0]["short_message"] == b"\x00\x02A"
