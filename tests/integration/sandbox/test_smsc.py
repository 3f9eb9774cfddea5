"""The message centre, spoken to by an SMPP client that is not of the same make."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

LONG_TEXT = "【积分商城】尊敬的会员，您兑换的商品已发货，运单号LX26112100000001。😀" * 6


class Client:
    """A bound transceiver whose reading thread keeps what the centre sends."""

    def __init__(self, smpp_url, system_id=None, password=None):
        address = urlsplit(smpp_url)
        self.received, self.responses, self.refused = [], [], []
        self.smpp = smpplib.client.Client(address.hostname, address.port, allow_unknown_opt_params=True)
        self.smpp.set_message_received_handler(lambda pdu: self.received.append(pdu) or 0)
        self.smpp.set_message_sent_handler(lambda pdu, **_: self.responses.append(pdu))
        self.smpp.set_error_pdu_handler(lambda pdu: self.refused.append(pdu.status))
        self.smpp.connect()
        self.smpp.bind_transceiver(system_id=system_id or address.username, password=password or address.password)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        with suppress(smpplib.exceptions.ConnectionError, OSError):
            self.smpp.listen()

    def send(self, to, text, encoding=smpplib.consts.SMPP_ENCODING_ISO10646):
        parts, data_coding, esm_class = smpplib.gsm.make_parts(text, encoding)
        for part in parts:
            self.smpp.send_message(
                source_addr="10086", destination_addr=to, short_message=part, data_coding=data_coding,
                esm_class=esm_class, registered_delivery=True,
            )  # fmt: skip
        return len(parts)

    def receipts(self):
        return [pdu for pdu in list(self.received) if pdu.esm_class & 0x04]

    def texts(self):
        return [pdu for pdu in list(self.received) if not pdu.esm_class & 0x04]

    def close(self):
        # Only a shutdown ends the connection while the other thread is reading from it.
        with suppress(OSError):
            self.smpp._socket.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def smsc(start_partner):
    return start_partner("smsc", "MALL_SMSC_CONTROL_URL")


@pytest.fixture
def client(smsc, environment):
    bound = Client(environment["MALL_SMPP_URL"])
    yield bound
    bound.close()
    smsc.post("/faults", {"throttle": 0, "fail_numbers": [], "no_receipt": False})


def messages(smsc, to):
    return smsc.get("/messages", to=to).json()["messages"]


def test_a_long_chinese_message_is_read_whole_and_receipted(smsc, client, until):
    parts = client.send("8613800000001", LONG_TEXT)
    assert parts > 1
    message = until(lambda: [m for m in messages(smsc, "13800000001") if m["receipt"]])[0]
    assert message["text"] == LONG_TEXT
    assert (message["to"], message["from"], message["receipt"]) == ("8613800000001", "10086", "DELIVRD")
    given = {pdu.message_id for pdu in client.responses}
    receipts = until(lambda: len(client.receipts()) == parts and client.receipts())
    assert {pdu.receipted_message_id for pdu in receipts} == given
    assert {pdu.message_state for pdu in receipts} == {2}
    assert all(b"stat:DELIVRD" in pdu.short_message for pdu in receipts)


def test_gsm7_with_extended_characters(smsc, client, until):
    text = "Code {1234} costs 5€ [ok] @ 10:00"
    client.send("13800000002", text, smpplib.consts.SMPP_ENCODING_DEFAULT)
    assert until(lambda: messages(smsc, "13800000002"))[0]["text"] == text


def test_after_shows_only_what_is_new(smsc, client, until):
    client.send("13800000003", "一")
    first = until(lambda: messages(smsc, "13800000003"))[0]
    client.send("13800000003", "二")
    until(lambda: len(messages(smsc, "13800000003")) == 2)
    newer = smsc.get("/messages", to="13800000003", after=first["id"]).json()["messages"]
    assert [m["text"] for m in newer] == ["二"]


def test_a_member_sends_a_message(smsc, client, until):
    answer = smsc.post("/inbound", {"from": "13800000004", "to": "10086", "text": "兑换1"})
    assert answer.status_code == 202
    pdu = until(client.texts)[0]
    assert (pdu.source_addr, pdu.destination_addr) == (b"13800000004", b"10086")
    assert pdu.short_message.decode("utf-16-be") == "兑换1"


def test_a_members_message_waits_for_a_client(smsc, environment, until):
    smsc.post("/inbound", {"from": "13800000005", "to": "10086", "text": "TD"})
    late = Client(environment["MALL_SMPP_URL"])
    assert until(late.texts)[0].short_message == b"TD"
    late.close()


def test_throttling_refuses_as_often_as_told(smsc, client, until):
    smsc.post("/faults", {"throttle": 2})
    for _ in range(3):
        client.send("13800000006", "x")
    assert until(lambda: len(client.refused) == 2 and client.refused) == [0x58, 0x58]
    until(lambda: len(messages(smsc, "13800000006")) == 1)
    assert smsc.get("/faults").json()["throttle"] == 0


def test_a_failing_number_gets_an_undelivered_receipt(smsc, client, until):
    smsc.post("/faults", {"fail_numbers": ["13800000007"]})
    client.send("8613800000007", "到不了")
    receipt = until(lambda: [pdu for pdu in client.receipts() if pdu.source_addr == b"8613800000007"])[0]
    assert b"stat:UNDELIV" in receipt.short_message
    assert receipt.message_state == 5


def test_receipts_can_be_switched_off(smsc, client, until):
    smsc.post("/faults", {"no_receipt": True})
    client.send("13800000008", "无回执")
    until(lambda: messages(smsc, "13800000008"))
    smsc.post("/faults", {"no_receipt": False})
    client.send("13800000009", "有回执")
    until(lambda: messages(smsc, "13800000009")[0:] and messages(smsc, "13800000009")[0]["receipt"])
    assert messages(smsc, "13800000008")[0]["receipt"] is None


@pytest.mark.parametrize(("login", "status"), [(("somebody", "secret"), 0x0F), (("mall", "guess"), 0x0E)])
def test_a_false_login_is_refused(smsc, environment, login, status):
    with pytest.raises(smpplib.exceptions.PDUError) as refused:
        Client(environment["MALL_SMPP_URL"], *login)
    assert refused.value.args[1] == status
    assert "bind refused" in smsc.log()


def test_unknown_faults_are_refused(smsc):
    assert smsc.post("/faults", {"throtle": 1}).status_code == 400
    assert smsc.post("/faults", {"throttle": "many"}).status_code == 400


def test_the_page_shows_the_phone(smsc, client, until):
    client.send("13800000011", "<b>页面</b>")
    until(lambda: messages(smsc, "13800000011"))
    assert "&lt;b&gt;页面&lt;/b&gt;" in smsc.get("/").text


def test_killed_and_started_again_it_still_owes_the_receipt(smsc, environment, until):
    """Part one of a message before the kill, part two after it; both receipts arrive."""
    parts, data_coding, esm_class = smpplib.gsm.make_parts("断" * 100, smpplib.consts.SMPP_ENCODING_ISO10646)
    for part in parts:
        bound = Client(environment["MALL_SMPP_URL"])
        bound.smpp.send_message(
            source_addr="10086", destination_addr="13800000012", short_message=part, data_coding=data_coding,
            esm_class=esm_class, registered_delivery=True,
        )  # fmt: skip
        until(lambda bound=bound: bound.responses)
        bound.close()
        smsc.kill()
        smsc.start()
    last = Client(environment["MALL_SMPP_URL"])
    message = until(lambda: [m for m in messages(smsc, "13800000012") if m["receipt"]])[0]
    assert (message["text"], message["receipt"]) == ("断" * 100, "DELIVRD")
    last.close()


def test_it_ends_cleanly_with_a_client_bound(smsc, environment):
    bound = Client(environment["MALL_SMPP_URL"])
    assert smsc.terminate() == 0
    bound.close()
