"""Which e-mail addresses are taken."""

import pytest

from services.members.domain.emails import is_email


@pytest.mark.parametrize(
    "address", ["a@example.com", "li.ming+mall@mail.example.cn", "x_y-z@1-2.example.com", f"{'a' * 64}@example.com"]
)
def test_usual_addresses_are_taken(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "@example.com",
        "a@example.com\nBcc: b@example.com",
        "a b@example.com",
        "a@exa mple.com",
        ".a@example.com",
        "a..b@example.com",
        "a@-example.com",
        "a@example.com.",
        "a@example.c",
        '"a b"@example.com',
        "李明@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.com",
    ],
)
def test_others_are_not(address):
    assert not is_email(address)
