"""A masked recipient tells too little to reach anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.masking import mask_email, mask_phone, mask_recipient


@pytest.mark.parametrize("phone", ["+8613812341234", "8613812341234", "13812341234"])
def test_a_chinese_mobile_number(phone):
    assert mask_phone(phone) == "138****1234"


@given(st.text("0123456789", max_size=20))
def test_never_more_than_seven_digits_are_shown_and_four_are_hidden(digits):
    masked = mask_phone(digits)
    shown = masked.replace("*", "")
    assert "****" in masked
    assert len(shown) <= 7
    assert not shown or len(digits) - len(shown) >= 4


def test_an_address_keeps_its_first_letter_and_its_domain():
    assert mask_email("zhang@example.com") == "z***@example.com"


def test_recipients_by_channel():
    assert mask_recipient("sms", "+8613812341234") == "138****1234"
    assert mask_recipient("email", "zhang@example.com") == "z***@example.com"
    assert mask_recipient("sms", "138****1234") == "138****1234"
    assert mask_recipient("inbox", None) is None
