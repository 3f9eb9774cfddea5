"""Switches, retries, planned paths and bookings."""

import json
import time

import pytest

from deploy.sandbox import outbox as outbox_module
from deploy.sandbox.carrier.booking import read_booking
from deploy.sandbox.carrier.journey import planned_steps
from deploy.sandbox.outbox import OUTBOX_SCHEMA, Outbox, delay_s
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA, Switches
from deploy.sandbox.webhooks import is_genuine, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_switches_refuse_what_they_do_not_know(tmp_path):
    switches = Switches(
        Store(tmp_path / "x.sqlite", SWITCHES_SCHEMA), {"n": 0, "hold": False, "list": [], "word": ("on", "off")}
    )
    assert switches.all() == {"n": 0, "hold": False, "list": [], "word": "on"}
    for wrong in ({"m": 1}, {"n": True}, {"n": -1}, {"n": "1"}, {"hold": 1}, {"list": "x"}, {"word": "maybe"}):
        with pytest.raises(ValueError, match=r"unknown|cannot"):
            switches.change({"hold": True, **wrong})
    assert switches["hold"] is False
    assert switches.change({"n": 1})["n"] == 1
    assert [switches.take_one("n"), switches.take_one("n")] == [True, False]


def test_a_failed_transaction_leaves_nothing(tmp_path):
    store = Store(tmp_path / "x.sqlite", "CREATE TABLE t (v);")
    with pytest.raises(RuntimeError), store.transaction():
        store.execute("INSERT INTO t VALUES (1)")
        raise RuntimeError
    assert store.rows("SELECT * FROM t") == []


def test_delays_grow_to_ten_seconds():
    assert [delay_s(attempts) for attempts in range(1, 8)] == [0.5, 1, 2, 4, 8, 10, 10]


def test_the_outbox_gives_up_after_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(outbox_module, "GIVE_UP_AFTER_S", -1.0)
    store = Store(tmp_path / "x.sqlite", OUTBOX_SCHEMA)
    outbox = Outbox(store, lambda content: False)
    outbox.add("lane", {})
    outbox.dispatch()
    end = time.monotonic() + 5
    while store.row("SELECT 1 FROM outbox WHERE outcome = 'waiting'") and time.monotonic() < end:
        time.sleep(0.01)
    assert store.row("SELECT outcome FROM outbox")["outcome"] == "given_up"


def test_planned_steps():
    refused, lost = planned_steps(["refused", {"status": "lost", "location": "海上"}])
    assert (refused.status, lost.status, lost.location) == ("delivery_failed", "lost", "海上")
    for wrong in (None, "lost", ["flown"], [{}], [1]):
        with pytest.raises(ValueError, match="step"):
            planned_steps(wrong)


def test_a_booking_names_what_is_missing():
    person = dict.fromkeys(("name", "phone", "province", "city", "district", "address"), "x")
    whole = {"reference": "S1", "recipient": person, "sender": {}, "callback_url": "http://mall/cb",
             "parcels": [{"quantity": 1}]}  # fmt: skip
    assert read_booking(whole).destination == "x"
    for name in whole:
        with pytest.raises(ValueError, match=name):
            read_booking({key: value for key, value in whole.items() if key != name})


def test_webhook_headers():
    body = json.dumps({"a": "中"}, ensure_ascii=False).encode()
    headers = signed_headers(SECRET, "msg_1", body)
    assert is_genuine(SECRET, body, headers)
    assert not is_genuine(SECRET, body + b" ", headers)
    assert not is_genuine(SECRET, body, {**headers, "webhook-signature": "v1"})
    assert not is_genuine(SECRET, body, {**headers, "webhook-signature": "v1,%%%"})
    assert not is_genuine(SECRET, b"\xff", headers)
    for missing in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert not is_genuine(SECRET, body, {key: value for key, value in headers.items() if key != missing})
