"""The Alipay sandbox, spoken to by an SDK written for the real one."""

import re
from datetime import datetime, timedelta, timezone
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from alipay import AliPay
from alipay.exceptions import AliPayException
from alipay.utils import AliPayConfig

from deploy.sandbox.settings import ALIPAY_APP_ID, ALIPAY_SELLER_ID

numbers = count(1)


@pytest.fixture(scope="module")
def alipay(start_partner):
    return start_partner("alipay", "MALL_ALIPAY_URL")


@pytest.fixture(autouse=True)
def normal(alipay):
    yield
    if alipay.process.poll() is None:
        alipay.post("/control/faults", {"query": "ok", "refund": "ok", "close": "ok", "notify": "on"})


@pytest.fixture(scope="module")
def shop(alipay, keys_dir):
    """The shop's SDK; _gateway is the only way to point it anywhere."""
    sdk = AliPay(
        appid=ALIPAY_APP_ID,
        app_private_key_string=(keys_dir / "alipay_app_private.pem").read_text(),
        alipay_public_key_string=(keys_dir / "alipay_provider_public.pem").read_text(),
        config=AliPayConfig(timeout=1),
    )
    sdk._gateway = f"{alipay.http_url}/gateway.do"
    return sdk


@pytest.fixture
def trade(alipay, shop, listener):
    """A trade the buyer has opened: (out_trade_no, cashier URL)."""

    def trade(**content):
        out_trade_no = f"PAY{next(numbers)}"
        query = shop.api_alipay_trade_page_pay(
            subject="水杯 & 茶", out_trade_no=out_trade_no, total_amount="12.30",
            return_url="http://127.0.0.1:9/back?from=alipay", notify_url=listener.url, **content,
        )  # fmt: skip
        page = requests.get(f"{alipay.http_url}/gateway.do?{query}", timeout=5)
        assert page.ok, page.text
        assert "确认付款" in page.text
        assert "12.30" in page.text
        action = re.search(r'action="([^"]+)"', page.text).group(1)
        return out_trade_no, alipay.http_url + action

    return trade


def pay(cashier_url):
    return requests.post(cashier_url, allow_redirects=False, timeout=5)


def forms(listener):
    return [dict(parse_qsl(body.decode())) for _, body, _ in listener.seen]


def verified(shop, form):
    values = dict(form)
    return shop.verify(values, values.pop("sign"))


def test_paid_notified_and_returned(alipay, shop, trade, listener, until):
    out_trade_no, cashier = trade()
    assert shop.api_alipay_trade_query(out_trade_no=out_trade_no)["trade_status"] == "WAIT_BUYER_PAY"
    back = pay(cashier)
    assert back.status_code == 302
    returned = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    assert returned.pop("from") == "alipay"
    assert returned["out_trade_no"] == out_trade_no
    assert verified(shop, returned)
    form = until(lambda: forms(listener))[0]
    assert verified(shop, form)
    assert not verified(shop, {**form, "total_amount": "0.01"})
    expected = {"app_id": ALIPAY_APP_ID, "seller_id": ALIPAY_SELLER_ID, "out_trade_no": out_trade_no,
                "total_amount": "12.30", "trade_status": "TRADE_SUCCESS", "notify_type": "trade_status_sync",
                "subject": "水杯 & 茶"}  # fmt: skip
    assert {name: form[name] for name in expected} == expected
    assert {"notify_id", "notify_time", "trade_no", "gmt_create", "gmt_payment", "buyer_id"} <= set(form)
    answer = shop.api_alipay_trade_query(trade_no=form["trade_no"])
    assert (answer["code"], answer["trade_status"], answer["total_amount"]) == ("10000", "TRADE_SUCCESS", "12.30")


def test_a_second_click_pays_and_notifies_once(trade, listener, until):
    _, cashier = trade()
    assert [pay(cashier).status_code for _ in range(3)] == [302] * 3
    until(lambda: listener.seen)
    assert "已付款" in requests.get(cashier.removesuffix("/pay"), timeout=5).text
    assert len(listener.seen) == 1


def test_notified_again_until_the_answer_is_success(alipay, shop, trade, listener, until):
    listener.answers = [(500, "success"), (200, "success\n")]
    out_trade_no, cashier = trade()
    pay(cashier)
    until(lambda: len(listener.seen) == 3)
    assert len({form["notify_id"] for form in forms(listener)}) == 1
    assert all(verified(shop, form) for form in forms(listener))
    until(lambda: alipay.get(f"/control/trades/{out_trade_no}").json()["notices"][0]["accepted"])


def test_wap_pay_by_post(alipay, shop, listener):
    query = shop.api_alipay_trade_wap_pay(
        subject="手机", out_trade_no=f"PAY{next(numbers)}", total_amount="0.01", notify_url=listener.url
    )
    page = requests.post(f"{alipay.http_url}/gateway.do", data=dict(parse_qsl(query)), timeout=5)
    assert "确认付款" in page.text


TAMPERED = [{"biz_content": "{}"}, {"sign": "AAAA"}, {"sign": "not base64"}, {"sign_type": "RSA"}]


@pytest.mark.parametrize("change", TAMPERED)
def test_tampered_requests_are_refused(alipay, shop, change):
    signed = dict(parse_qsl(shop.client_api("alipay.trade.query", {"out_trade_no": "PAY1"})))
    answer = alipay.get("/gateway.do", **(signed | change)).json()["alipay_trade_query_response"]
    assert (answer["code"], answer["sub_code"]) == ("40002", "isv.invalid-signature")


def test_a_tampered_cashier_link_opens_nothing(alipay, shop):
    signed = dict(parse_qsl(shop.api_alipay_trade_page_pay("x", "TAMPERED", "100.00")))
    signed["biz_content"] = signed["biz_content"].replace("100.00", "0.01")
    page = alipay.get("/gateway.do", **signed)
    assert page.status_code == 400
    assert "isv.invalid-signature" in page.text
    assert alipay.get("/control/trades/TAMPERED").status_code == 404


def test_unknown_app_and_unknown_method(alipay, shop):
    signed = dict(parse_qsl(shop.client_api("alipay.trade.query", {"out_trade_no": "PAY1"})))
    answer = alipay.get("/gateway.do", **(signed | {"app_id": "1"})).json()
    assert answer["alipay_trade_query_response"]["sub_code"] == "isv.invalid-app-id"
    with pytest.raises(AliPayException, match=r"isv\.invalid-method"):
        shop.server_api("alipay.trade.nonsense", {"a": "b"})


def test_close(shop, trade, alipay):
    out_trade_no, cashier = trade()
    assert shop.api_alipay_trade_close(out_trade_no=out_trade_no)["code"] == "10000"
    assert shop.api_alipay_trade_query(out_trade_no=out_trade_no)["trade_status"] == "TRADE_CLOSED"
    assert shop.api_alipay_trade_close(out_trade_no=out_trade_no)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert pay(cashier).status_code == 409
    assert shop.api_alipay_trade_close(out_trade_no="NONE")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert shop.api_alipay_trade_query(out_trade_no="NONE")["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_a_paid_trade_cannot_be_closed(shop, trade):
    out_trade_no, cashier = trade()
    pay(cashier)
    assert shop.api_alipay_trade_close(out_trade_no=out_trade_no)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


def test_partial_refunds(shop, trade, listener, until):
    out_trade_no, cashier = trade()
    refund = lambda amount, number: shop.api_alipay_trade_refund(  # noqa: E731
        amount, out_trade_no=out_trade_no, out_request_no=number
    )
    assert refund("1.00", "R1")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    pay(cashier)
    first, again = refund("2.30", "R1"), refund("2.30", "R1")
    assert (first["fund_change"], first["refund_fee"]) == ("Y", "2.30")
    assert (again["fund_change"], again["refund_fee"]) == ("N", "2.30")
    assert refund("2.31", "R1")["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert refund("10.01", "R2")["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert refund("10.00", "R3")["refund_fee"] == "12.30"
    assert shop.api_alipay_trade_query(out_trade_no=out_trade_no)["trade_status"] == "TRADE_CLOSED"
    assert refund("2.30", "R1")["fund_change"] == "N"
    found = shop.api_alipay_trade_fastpay_refund_query("R3", out_trade_no=out_trade_no)
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "10.00")
    assert "refund_status" not in shop.api_alipay_trade_fastpay_refund_query("R9", out_trade_no=out_trade_no)
    until(lambda: len(listener.seen) == 3)
    assert [form.get("refund_fee") for form in forms(listener)] == [None, "2.30", "12.30"]
    assert all(verified(shop, form) for form in forms(listener))


def test_an_unpaid_trade_closes_at_its_time(shop, trade, listener, until):
    soon = datetime.now(timezone(timedelta(hours=8))) + timedelta(seconds=1.5)
    out_trade_no, cashier = trade(time_expire=soon.strftime("%Y-%m-%d %H:%M:%S"))
    until(lambda: shop.api_alipay_trade_query(out_trade_no=out_trade_no)["trade_status"] == "TRADE_CLOSED")
    assert pay(cashier).status_code == 409
    assert until(lambda: forms(listener))[0]["trade_status"] == "TRADE_CLOSED"


def test_a_second_opening_must_be_of_the_same_amount(alipay, shop, trade):
    out_trade_no, _ = trade()
    query = shop.api_alipay_trade_page_pay(subject="水杯 & 茶", out_trade_no=out_trade_no, total_amount="0.01")
    page = requests.get(f"{alipay.http_url}/gateway.do?{query}", timeout=5)
    assert "ACQ.CONTEXT_INCONSISTENT" in page.text


def test_notices_on_demand(alipay, shop, trade, listener, until):
    out_trade_no, cashier = trade()
    ask = lambda mode: alipay.post("/control/notify", {"number": out_trade_no, "mode": mode})  # noqa: E731
    assert ask("again").status_code == 409
    assert ask("wrong_amount").json() == {"status_code": 200, "body": "success", "accepted": True}
    pay(cashier)
    until(lambda: len(listener.seen) == 2)
    shop.api_alipay_trade_refund("12.30", out_trade_no=out_trade_no, out_request_no="R1")
    until(lambda: len(listener.seen) == 3)
    for mode in ("again", "late", "wrong_sign"):
        ask(mode)
    wrong_amount, paid, refunded, again, late, wrong_sign = forms(listener)
    assert (wrong_amount["total_amount"], verified(shop, wrong_amount)) == ("12.31", True)
    assert again["notify_id"] == refunded["notify_id"]
    assert (late["notify_id"], late["trade_status"]) == (paid["notify_id"], "TRADE_SUCCESS")
    assert not verified(shop, wrong_sign)


def test_lost_notifications_and_a_silent_query(alipay, shop, trade, listener, until):
    alipay.post("/control/faults", {"notify": "off", "query": "hang"})
    out_trade_no, cashier = trade()
    pay(cashier)
    with pytest.raises(OSError):
        shop.api_alipay_trade_query(out_trade_no=out_trade_no)
    assert alipay.get("/control/faults/kept-waiting").json() == {"query": 1}
    alipay.post("/control/faults", {"query": "error"})
    assert shop.api_alipay_trade_query(out_trade_no=out_trade_no)["sub_code"] == "isp.unknow-error"
    assert listener.seen == []
    alipay.post("/control/faults", {"query": "ok", "notify": "on"})
    until(lambda: listener.seen)
    assert alipay.post("/control/faults", {"query": "perhaps"}).status_code == 400


def test_killed_between_payment_and_notification(alipay, shop, trade, listener, until):
    alipay.post("/control/faults", {"notify": "off"})
    out_trade_no, cashier = trade()
    pay(cashier)
    alipay.kill()
    alipay.start()
    assert shop.api_alipay_trade_query(out_trade_no=out_trade_no)["trade_status"] == "TRADE_SUCCESS"
    kept = alipay.get(f"/control/trades/{out_trade_no}").json()
    assert (kept["status"], kept["total_fen"], kept["refunds"]) == ("paid", 1230, [])
    alipay.post("/control/faults", {"notify": "on"})
    assert until(lambda: forms(listener))[0]["out_trade_no"] == out_trade_no
    assert out_trade_no in alipay.get("/").text
    assert alipay.terminate() == 0
