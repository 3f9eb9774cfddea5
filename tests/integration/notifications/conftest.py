"""The message centre and the mailbox as processes of their own, and a line to them as the service has it."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.notifications.domain.outgoing import ACCEPTED, Outcome, Part
from services.notifications.settings import LineAddress, NotificationSettings
from services.notifications.storage.tables import message

REPOSITORY = Path(__file__).parents[3]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, within_s=10.0):
    """The condition's first true value; fails at the deadline."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"not true within {within_s} s")


@pytest.fixture(scope="session")
def until():
    return wait_until


@dataclass
class Partner:
    """``python -m deploy.sandbox.<name>``: read and switched over HTTP."""

    name: str
    url: str
    environment: dict
    process: subprocess.Popen | None = None

    def start(self):
        command = [sys.executable, "-m", f"deploy.sandbox.{self.name}"]
        environment = os.environ | self.environment
        with Path(self.environment["MALL_SANDBOX_DIR"], f"{self.name}.log").open("a") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=log, stderr=log)
        wait_until(self._answers, within_s=20)
        return self

    def _answers(self):
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.ConnectionError:
            return False

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(10)

    def messages(self, to):
        found = requests.get(f"{self.url}/messages", params={"to": to}, timeout=5).json()
        return found["messages"] if isinstance(found, dict) else found

    def written(self):
        return Path(self.environment["MALL_SANDBOX_DIR"], f"{self.name}.log").read_text()

    def switch(self, **faults):
        assert requests.post(f"{self.url}/faults", json=faults, timeout=5).ok


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """Its environment: one of its own for each module."""
    return {
        "MALL_SMPP_URL": f"smpp://mall:mall@127.0.0.1:{free_port()}",
        "MALL_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "MALL_SMSC_CONTROL_URL": f"http://127.0.0.1:{free_port()}",
        "MALL_MAILBOX_CONTROL_URL": f"http://127.0.0.1:{free_port()}",
        "MALL_SANDBOX_DIR": str(tmp_path_factory.mktemp("sandbox")),
        "MALL_SANDBOX_PACE_S": "0.05",
    }


def _running(name, url_name, sandbox):
    partner = Partner(name, sandbox[url_name], sandbox).start()
    yield partner
    partner.end()


@pytest.fixture(scope="module")
def smsc(sandbox):
    yield from _running("smsc", "MALL_SMSC_CONTROL_URL", sandbox)


@pytest.fixture(scope="module")
def mailbox(sandbox):
    yield from _running("mailbox", "MALL_MAILBOX_CONTROL_URL", sandbox)


def settings_for(sandbox):
    return NotificationSettings(
        sms=LineAddress.parse(sandbox["MALL_SMPP_URL"], "smpp"),
        mail=LineAddress.parse(sandbox["MALL_SMTP_URL"], "smtp"),
        sms_sender="10086",
        sms_window=10,
        sms_enquire_s=0.5,
        sms_answer_s=2.0,
        mail_from="积分商城 <no-reply@mall.example>",
        mail_timeout_s=2.0,
    )


@pytest.fixture(scope="module")
def settings(sandbox):
    return settings_for(sandbox)


@dataclass
class ScriptedLine:
    """An SMS line that answers as told, in order, and then accepts; ``sent`` are the messages it was given."""

    outcomes: list = field(default_factory=list)
    free: int = 10
    provider: str = "scripted"
    sent: list = field(default_factory=list)
    before_answer: object = lambda self, message: None

    def room(self):
        return self.free

    def submit(self, message):
        self.sent.append(message)
        number = len(self.sent)
        self.before_answer(self, message)
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome(ACCEPTED, None, (Part(1, f"id{number}"),), 1)
        return type("Answered", (), {"outcome": lambda _self, within_s: outcome})()


@pytest.fixture
def queue(works):
    """``queue(priority=1, …)`` queues a message, due now; returns its id."""

    def put(**changes):
        with works.begin() as work:
            row = {
                "message_id": new_id("msg"),
                "event_id": new_id("evt"),
                "member_id": "mbr_" + "a" * 32,
                "topic": "tier_changed",
                "channel": "sms",
                "language": "zh",
                "recipient": "+8613800000001",
                "subject": "等级",
                "body": "您好",
                "priority": 40,
                "state": "queued",
                "created_at": work.now,
                "next_attempt_at": work.now,
                "expires_at": work.now + timedelta(hours=12),
            } | changes
            work.execute(message.insert().values(row))
            return row["message_id"]

    return put


@pytest.fixture
def stored(works):
    """``stored(message_id)`` is its row."""

    def read(message_id):
        with works.begin() as work:
            return work.execute(sa.select(message).where(message.c.message_id == message_id)).one()

    return read


@pytest.fixture
def line():
    return ScriptedLine()
