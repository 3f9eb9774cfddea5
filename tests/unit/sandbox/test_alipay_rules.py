"""Amounts, time limits and the text that is signed."""

from datetime import datetime

import pytest

from deploy.sandbox.alipay.expiry import LONGEST_S, expires_at
from deploy.sandbox.alipay.signing import Signer, Verifier, canonical
from deploy.sandbox.keys import ensure_keys
from deploy.sandbox.settings import BEIJING
from deploy.sandbox.till.money import fen, yuan

NOW = datetime(2026, 1, 31, 22, 0, tzinfo=BEIJING).timestamp()


AMOUNTS = [("0.01", 1), ("12", 1200), ("12.3", 1230), (12.30, 1230), ("100000000.00", 10**10)]


@pytest.mark.parametrize(("text", "amount"), AMOUNTS)
def test_amounts(text, amount):
    assert fen(text) == amount
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize("text", ["0", "0.00", "-1", "1.001", "1e2", "", None, "100000000.01", "１"])
def test_what_is_no_amount(text):
    with pytest.raises(ValueError, match="amount"):
        fen(text)


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        ({"timeout_express": "15m"}, 900),
        ({"timeout_express": "2h"}, 7200),
        ({"timeout_express": "1d"}, 86400),
        ({"timeout_express": "1c"}, 7200),
        ({"timeout_express": "99d"}, LONGEST_S),
        ({"time_expire": "2026-01-31 22:00:05"}, 5),
        ({}, LONGEST_S),
    ],
)
def test_time_limits(content, seconds):
    assert expires_at(content, NOW) - NOW == seconds


@pytest.mark.parametrize("express", ["0m", "15", "2c", "1.5h", "m"])
def test_what_is_no_time_limit(express):
    with pytest.raises(ValueError, match="timeout_express"):
        expires_at({"timeout_express": express}, NOW)


def test_the_signed_text_is_sorted_and_without_empty_values():
    assert canonical({"b": "2", "a": "1 &", "c": "", "sign": "x"}, "sign") == "a=1 &&b=2"


def test_a_request_is_genuine_only_under_its_own_key(tmp_path):
    ensure_keys(tmp_path)
    app = Signer((tmp_path / "alipay_app_private.pem").read_bytes())
    request = {"app_id": "1", "sign_type": "RSA2"}
    request["sign"] = app.sign_text(canonical(request, "sign"))
    assert Verifier((tmp_path / "alipay_app_public.pem").read_bytes()).is_signed(request)
    assert not Verifier((tmp_path / "alipay_provider_public.pem").read_bytes()).is_signed(request)
    assert not Verifier((tmp_path / "alipay_app_public.pem").read_bytes()).is_signed(request | {"app_id": "2"})


def test_keys_are_made_once_and_are_nobody_elses(tmp_path):
    folder = tmp_path / "keys"
    made = ensure_keys(folder)
    before = {path: path.read_bytes() for path in made}
    assert {path.name for path in made} == {path.name for path in folder.iterdir()}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in made)
    (folder / "alipay_app_public.pem").unlink()
    assert {path: path.read_bytes() for path in ensure_keys(folder)} == before
