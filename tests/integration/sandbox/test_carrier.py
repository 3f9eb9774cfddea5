"""The carrier: signed bookings in, signed callbacks out."""

import json
import time
from datetime import UTC, datetime
from itertools import count

import pytest
import requests
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq="
USUAL = ["picked_up", "in_transit", "out_for_delivery", "delivered"]
numbers = count(1)


@pytest.fixture(scope="module")
def carrier(start_partner):
    return start_partner("carrier", "MALL_CARRIER_URL")


@pytest.fixture(autouse=True)
def normal(carrier):
    yield
    if carrier.process.poll() is None:
        carrier.post("/control/faults", {"hold": False, "slow_s": 0, "fail_rate": 0})


@pytest.fixture
def booking(listener):
    person = {"name": "王芳", "phone": "13800000001", "province": "广东省", "city": "深圳市", "district": "南山区",
              "address": "科技路1号"}  # fmt: skip
    return {
        "reference": f"SHP-{next(numbers)}",
        "service": "standard",
        "recipient": person,
        "sender": {**person, "name": "积分商城", "city": "杭州市"},
        "parcels": [{"description": "水杯", "quantity": 1, "weight_g": 500}],
        "callback_url": listener.url,
    }


def signed_post(url, body, secret=SECRET, at=None):
    text, webhook_id = json.dumps(body, ensure_ascii=False), f"msg_{next(numbers)}"
    moment = datetime.fromtimestamp(int(at or time.time()), UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, text),
    }
    return requests.post(url, data=text.encode(), headers=headers, timeout=5)


@pytest.fixture
def book(carrier, booking):
    def book(**changes):
        return signed_post(f"{carrier.http_url}/v1/waybills", booking | changes)

    return book


def cancel(carrier, waybill_no):
    return signed_post(f"{carrier.http_url}/v1/waybills/{waybill_no}/cancellation", {})


def statuses(listener):
    return [json.loads(body)["status"] for _, body, _ in listener.seen]


def test_a_parcel_is_delivered_and_every_step_is_told_signed(carrier, book, booking, listener, until):
    answer = book()
    assert answer.status_code == 201
    assert set(answer.json()) == {"waybill_no", "reference", "label_url", "estimated_delivery_on"}
    until(lambda: len(listener.seen) == 4)
    assert statuses(listener) == USUAL
    for headers, body, _ in listener.seen:
        event = Webhook(SECRET).verify(body, headers)
        assert set(event) == {
            "event_id", "waybill_no", "reference", "status", "occurred_at", "location", "signed_by", "remark",
        }  # fmt: skip
        assert (event["reference"], event["waybill_no"]) == (booking["reference"], answer.json()["waybill_no"])
    assert event["signed_by"] == "王芳"
    assert requests.get(answer.json()["label_url"], timeout=5).ok
    tracked = carrier.get(f"/v1/waybills/{answer.json()['waybill_no']}").json()
    assert tracked["status"] == "delivered"
    assert [scan["status"] for scan in tracked["scans"]] == USUAL


def test_cash_is_collected_at_the_door_in_full_or_as_planned(carrier, book, booking, listener, until):
    carrier.post("/control/plan", {"reference": booking["reference"], "steps": [
        "picked_up", {"status": "delivered", "collected_fen": 9000}, "delivered"]})  # fmt: skip
    waybill_no = book(cash_on_delivery_fen=9900).json()["waybill_no"]
    until(lambda: len(listener.seen) == 3)
    told = [json.loads(body).get("collected_fen") for _, body, _ in listener.seen]
    assert told == [None, 9000, 9900]
    tracked = carrier.get(f"/v1/waybills/{waybill_no}").json()
    assert [scan.get("collected_fen") for scan in tracked["scans"]] == told


@pytest.mark.parametrize("amount", [0, -5, "9900", 1.5])
def test_an_amount_to_collect_that_is_none_is_refused(book, amount):
    assert book(cash_on_delivery_fen=amount).status_code == 400


def test_a_repeated_booking_is_answered_alike(book):
    first, second = book(), book()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_unsigned_false_and_stale_requests_are_refused(carrier, booking):
    url = f"{carrier.http_url}/v1/waybills"
    assert requests.post(url, json=booking, timeout=5).status_code == 401
    assert signed_post(url, booking, secret="whsec_" + "A" * 43 + "=").status_code == 401
    assert signed_post(url, booking, at=time.time() - 600).status_code == 401
    assert booking["reference"] not in carrier.get("/control/waybills").text


@pytest.mark.parametrize("wrong", [{"recipient": {}}, {"parcels": []}, {"callback_url": "ftp://x"}, {"reference": ""}])
def test_a_wrong_booking_is_refused(book, wrong):
    assert book(**wrong).status_code == 400


def test_a_refused_callback_is_tried_again_with_the_same_id(carrier, booking, book, listener, until):
    listener.answers = [(500, "no"), (302, "elsewhere")]
    carrier.post("/control/plan", {"reference": booking["reference"], "steps": ["picked_up"]})
    book()
    until(lambda: len(listener.seen) == 3)
    ids = {headers["webhook-id"] for headers, _, _ in listener.seen}
    times = {headers["webhook-timestamp"] for headers, _, _ in listener.seen}
    assert len(ids) == 1
    assert len(times) > 1
    assert len({body for _, body, _ in listener.seen}) == 1
    Webhook(SECRET).verify(listener.seen[-1][1], listener.seen[-1][0])


def test_another_path_planned_before_and_after_booking(carrier, booking, book, listener, until):
    carrier.post("/control/plan", {"reference": booking["reference"], "steps": ["picked_up", "refused"]})
    waybill_no = book().json()["waybill_no"]
    until(lambda: statuses(listener) == ["picked_up", "delivery_failed"])
    assert "拒收" in json.loads(listener.seen[1][1])["remark"]
    carrier.post("/control/plan", {"waybill_no": waybill_no, "steps": [{"status": "returned", "remark": "退回"}]})
    until(lambda: statuses(listener)[2:] == ["returned"])
    assert carrier.post("/control/plan", {"waybill_no": waybill_no, "steps": ["flown"]}).status_code == 400


def test_held_parcels_can_be_cancelled_and_moving_ones_cannot(carrier, booking, book, listener, until):
    carrier.post("/control/hold", {"hold": True})
    held = book().json()["waybill_no"]
    assert requests.post(f"{carrier.http_url}/v1/waybills/{held}/cancellation", timeout=5).status_code == 401
    assert [cancel(carrier, held).status_code for _ in range(2)] == [200, 200]
    moving = book(reference=booking["reference"] + "b").json()["waybill_no"]
    carrier.post("/control/hold", {"hold": False})
    until(lambda: listener.seen)
    refused = cancel(carrier, moving)
    assert (refused.status_code, refused.json()["error"]) == (409, "already_picked_up")
    until(lambda: statuses(listener) == USUAL)
    assert cancel(carrier, "LX0").status_code == 404


def test_resent_and_forged_callbacks(carrier, book, listener, until):
    waybill_no = book().json()["waybill_no"]
    until(lambda: len(listener.seen) == 4)
    listener.usual_answer = (208, "known")
    ask = {"waybill_no": waybill_no, "status": "delivered"}
    assert carrier.post("/control/resend", ask).json() == {"status_code": 208, "body": "known"}
    assert listener.seen[4][0]["webhook-id"] == listener.seen[3][0]["webhook-id"]
    assert listener.seen[4][1] == listener.seen[3][1]
    assert carrier.post("/control/forge", ask).json()["status_code"] == 208
    headers, body, _ = listener.seen[5]
    assert json.loads(body)["status"] == "delivered"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers)
    assert carrier.post("/control/resend", {**ask, "status": "lost"}).status_code == 404


def test_bookings_fail_and_are_slow_when_told(carrier, book):
    carrier.post("/control/faults", {"fail_rate": 1.0})
    assert book().status_code == 503
    carrier.post("/control/faults", {"fail_rate": 0, "slow_s": 0.3})
    begun = time.monotonic()
    assert book().status_code == 201
    assert time.monotonic() - begun >= 0.3


def test_killed_and_started_again_it_goes_on(carrier, book, listener, until):
    carrier.post("/control/hold", {"hold": True})
    book()
    carrier.kill()
    carrier.start()
    assert carrier.get("/control/hold").json()["hold"] is True
    carrier.post("/control/hold", {"hold": False})
    until(lambda: statuses(listener) == USUAL)
    assert "王芳" in carrier.get("/").text
    assert carrier.terminate() == 0
