"""The service as the process it is in production: green, on a real broker, with both lines open."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import kombu
import orjson
import pytest
import requests
import sqlalchemy as sa

from services.chassis.bus.wire import RPC_EXCHANGE, events_exchange
from services.chassis.data.database import make_engine
from services.chassis.ids import new_id
from services.chassis.migrate import migrate
from services.chassis.testkit.databases import administer, server_url
from services.notifications import contract
from tests.integration.notifications.conftest import REPOSITORY, free_port, wait_until

CODE = "735194"
PHONE = "+8613812340000"


@pytest.fixture(scope="module")
def amqp_url():
    if not (url := os.environ.get("MALL_TEST_AMQP_URL")):
        pytest.fail("MALL_TEST_AMQP_URL is not set: run the tests with ./mall test")
    return url


@pytest.fixture(scope="module")
def database_url():
    name = new_id("t")
    url = server_url().set(database=name).render_as_string(hide_password=False)
    migrate("notifications", url)
    yield url
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def service(sandbox, smsc, mailbox, amqp_url, database_url, tmp_path_factory):
    """A running process at its most talkative; ``service.log()`` is all it wrote."""
    log, port = tmp_path_factory.mktemp("service") / "log", free_port()
    environment = os.environ | sandbox | {
        "MALL_AMQP_URL": amqp_url,
        "MALL_DATABASE_URL_NOTIFICATIONS": database_url,
        "MALL_DATABASE_URL": database_url,
        "MALL_OPS_PORT": str(port),
        "MALL_LOG_LEVEL": "DEBUG",
        "MALL_RETRY_AFTER_S": "1,1,1",
    }  # fmt: skip
    with log.open("w") as output:
        command = [sys.executable, "-m", "services.chassis.run", "services.notifications"]
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=output, stderr=output)
    running = Running(process, log, f"http://127.0.0.1:{port}")
    wait_until(running.is_ready, within_s=30)
    wait_until(lambda: "smpp_bound" in running.log())
    yield running
    if process.poll() is None:
        process.kill()
    process.wait(10)


class Running:
    def __init__(self, process: subprocess.Popen, log: Path, url: str) -> None:
        self.process, self._log, self.url = process, log, url

    def is_ready(self):
        assert self.process.poll() is None, self.log()
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).ok
        except requests.ConnectionError:
            return False

    def log(self):
        return self._log.read_text()


class Bus:
    def __init__(self, url):
        self.channel = kombu.Connection(url).channel()
        self.producer = kombu.Producer(self.channel)

    def call(self, call, request, timeout_s=4.0):
        """The reply, within the deadline that goes along."""
        replies = kombu.Queue(new_id("rep"), RPC_EXCHANGE, exclusive=True, auto_delete=True)(self.channel)
        replies.routing_key = replies.name
        replies.declare()
        headers = {"nameko.deadline": time.time() + timeout_s}
        self._publish({"args": [request], "kwargs": {}}, RPC_EXCHANGE.name, call.address, replies.name, headers)
        reply = wait_until(lambda: replies.get(no_ack=True), timeout_s)
        assert reply.payload["error"] is None
        return reply.payload["result"]

    def emit(self, sample):
        envelope = sample | {"id": new_id("evt")}
        exchange = events_exchange(envelope["source"]).name
        self._publish(envelope, exchange, envelope["type"], None, {})

    def _publish(self, body, exchange, key, reply_to, headers):
        self.producer.publish(
            orjson.dumps(body), exchange=exchange, routing_key=key, reply_to=reply_to, headers=headers,
            content_type="application/json", content_encoding="utf-8", correlation_id=uuid.uuid4().hex,
        )  # fmt: skip


@pytest.fixture(scope="module")
def bus(service, amqp_url):
    return Bus(amqp_url)


def code_request(**changes):
    content = {"request_id": new_id("req"), "phone": PHONE, "code": CODE, "purpose": "sign_in", "language": "zh"}
    return content | {"minutes": 5} | changes


def enrolment(member_id, phone):
    sample = json.loads((REPOSITORY / "services/members/samples/members.enrolled.v1.1.json").read_text())
    card = sample["data"]["members"][0]
    sample["data"]["members"] = [
        card | {"member_id": member_id, "phone": phone, "channel": "web", "email": "p@example.com"}
    ]
    return sample


def tier_change(member_id):
    sample = json.loads((REPOSITORY / "services/members/samples/member.tier_changed.v1.1.json").read_text())
    sample["data"]["member_id"] = member_id
    return sample


def everything_in(database_url):
    """Every row of every table as text: what a dump would show."""
    engine = make_engine(database_url, 1)
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert {"message", "answer", "outbox", "inbox", "receipt", "message_part"} <= set(tables)
        rows = [
            row
            for table in tables
            for row in connection.execute(sa.text(f'SELECT t::text FROM "{table}" AS t')).scalars()  # noqa: S608
        ]
    engine.dispose()
    return "\n".join(rows)


def test_a_code_is_on_the_phone_and_nowhere_else(service, bus, smsc, database_url):
    request = code_request()
    first = bus.call(contract.SEND_CODE, request)
    assert first["ok"] is True
    assert bus.call(contract.SEND_CODE, request) == first
    (arrived,) = smsc.messages("13812340000")
    assert CODE in arrived["text"]
    wait_until(lambda: "delivered" in everything_in(database_url))
    dump = everything_in(database_url)
    assert first["value"]["message_id"] in dump
    assert "138****0000" in dump
    for secret in (CODE, arrived["text"], PHONE.lstrip("+86")):
        assert secret not in dump
        assert secret not in service.log()
    octets = arrived["text"].encode("utf-16-be").hex()
    assert octets[40:80] not in service.log()


def test_a_message_comes_by_every_way_though_the_enrolment_was_late(service, bus, smsc, mailbox):
    member_id = new_id("mbr")
    bus.emit(tier_change(member_id))
    wait_until(lambda: "ContactNotKnownYet" in service.log())
    bus.emit(enrolment(member_id, "+8613812340001"))
    wait_until(lambda: len(smsc.messages("13812340001")) == 2, within_s=20)
    wait_until(lambda: len(mailbox.messages("p@example.com")) == 2, within_s=20)

    def settled():
        sent = bus.call(contract.LIST_MESSAGES, {"member_id": member_id})["value"]["messages"]
        return len(sent) == 6 and {one["state"] for one in sent if one["channel"] == "sms"} == {"delivered"} and sent

    messages = wait_until(settled, within_s=20)
    assert {one["recipient_masked"] for one in messages} == {"138****0001", "p***@example.com", None}
    page = bus.call(contract.LIST_INBOX, {"member_id": member_id})["value"]
    assert sorted(one["topic"] for one in page["messages"]) == ["tier_changed", "welcome"]


def test_a_centre_that_hangs_blocks_nobody_and_the_caller_hears_in_time(service, bus, smsc):
    smsc.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        reply = bus.call(contract.SEND_CODE, code_request(phone="+8613812340002"))
        assert reply["rejection"]["code"] == contract.NOT_ACCEPTED
        assert time.monotonic() - started < 4
        assert requests.get(f"{service.url}/readyz", timeout=1).ok
    finally:
        smsc.process.send_signal(signal.SIGCONT)
    wait_until(lambda: bus.call(contract.SEND_CODE, code_request(phone="+8613812340003"))["ok"], within_s=30)


def test_it_leaves_in_good_order(service, bus, smsc):
    service.process.terminate()
    assert service.process.wait(12) == 0
    assert "smpp_session_ended" in service.log()
    wait_until(lambda: smsc.written().count("unbound session") == smsc.written().count("bound system_id"))
