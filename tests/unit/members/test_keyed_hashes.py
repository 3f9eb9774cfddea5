"""Codes and tokens: what they depend on, and what they do not give away."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.members.domain.keyed_hashes import agree, code_hash, guess_hash, session_token, token_hash

words = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30)


def test_a_token_is_256_bits_and_the_same_again():
    token = session_token("pepper", "ses_1", "req_1")
    assert token == session_token("pepper", "ses_1", "req_1")
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    assert len(token) == 43


@pytest.mark.parametrize(
    "other", [("pepper2", "ses_1", "req_1"), ("pepper", "ses_2", "req_1"), ("pepper", "ses_1", "req_2")]
)
def test_a_token_depends_on_pepper_session_and_request(other):
    assert session_token(*other) != session_token("pepper", "ses_1", "req_1")


@pytest.mark.parametrize(
    "other",
    [
        ("p2", "c1", "+861", "123456"),
        ("p", "c2", "+861", "123456"),
        ("p", "c1", "+862", "123456"),
        ("p", "c1", "+861", "123457"),
    ],
)
def test_a_code_hash_is_bound_to_pepper_challenge_number_and_code(other):
    assert not agree(code_hash(*other), code_hash("p", "c1", "+861", "123456"))


@given(words, words, words, words)
def test_no_two_requests_or_codes_make_the_same_guess(one_request, one_code, other_request, other_code):
    same = (one_request, one_code) == (other_request, other_code)
    assert (guess_hash("p", one_request, one_code) == guess_hash("p", other_request, other_code)) is same


def test_a_hash_for_one_purpose_is_none_for_another():
    assert guess_hash("p", "a", "b") != base64.urlsafe_b64decode(session_token("p", "a", "b") + "=")


def test_what_is_kept_of_a_token_is_its_sha256():
    assert token_hash("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
