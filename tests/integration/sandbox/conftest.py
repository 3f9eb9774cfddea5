"""Starts the partners as processes of their own on free ports and listens to what they call back."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from deploy.sandbox.keys import ensure_keys

REPOSITORY = Path(__file__).parents[3]
CARRIER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq="
SECRETS = {
    "carrier_webhook_secret": CARRIER_SECRET,
    "topup_webhook_secret": "whsec_dG9wLXVwcyBhcmUgc2lnbmVkIHdpdGggdGhpcyBvbmUh",
    "wechatpay_api_v3_key": "k" * 32,
}
PACE_S = "0.05"


def wait_for(condition, deadline_s=8.0):
    """The condition's first true value; fails at the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"not true within {deadline_s} s")


@dataclass
class Partner:
    """One partner's process; start() returns when it answers."""

    name: str
    environment: dict
    http_url: str
    process: subprocess.Popen | None = None

    def start(self):
        command = [sys.executable, "-m", f"deploy.sandbox.{self.name}"]
        log = Path(self.environment["MALL_SANDBOX_DIR"]).joinpath(f"{self.name}.log").open("a")
        self.process = subprocess.Popen(
            command, env=os.environ | self.environment, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        wait_for(self._healthy, deadline_s=15)
        return self

    def _healthy(self):
        assert self.process.poll() is None, self.log()
        try:
            return requests.get(f"{self.http_url}/healthz", timeout=1).ok
        except requests.ConnectionError:
            return False

    def log(self):
        return Path(self.environment["MALL_SANDBOX_DIR"]).joinpath(f"{self.name}.log").read_text()

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=5)

    def terminate(self):
        """The exit code of a friendly end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=5)

    def get(self, path, **query):
        return requests.get(self.http_url + path, params=query, timeout=5)

    def post(self, path, body):
        return requests.post(self.http_url + path, json=body, timeout=15)


@dataclass
class Listener:
    """The mall's callback address: keeps what comes and answers what the test says."""

    url: str = ""
    seen: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    usual_answer: tuple = (200, "success")


@pytest.fixture
def listener():
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            status, text = heard.answers.pop(0) if heard.answers else heard.usual_answer
            heard.seen.append((dict(self.headers), body, status))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    heard.url = f"http://127.0.0.1:{server.server_port}/callback"
    yield heard
    server.shutdown()
    server.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    ensure_keys(folder)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory, keys_dir):
    folder = tmp_path_factory.mktemp("sandbox")
    secrets_file = folder / "secrets.json"
    secrets_file.write_text(json.dumps(SECRETS))
    http_names = ("MALL_SMSC_CONTROL_URL", "MALL_MAILBOX_CONTROL_URL", "MALL_CARRIER_URL", "MALL_ALIPAY_URL")
    http_names += ("MALL_UNIONPAY_URL", "MALL_WECHATPAY_URL", "MALL_TOPUP_URL")
    return {
        "MALL_SMPP_URL": f"smpp://mall:secret@127.0.0.1:{free_port()}",
        "MALL_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        **{name: f"http://127.0.0.1:{free_port()}" for name in http_names},
        "MALL_KEYS_DIR": str(keys_dir),
        "MALL_SANDBOX_DIR": str(folder),
        "MALL_SECRETS_FILE": str(secrets_file),
        "MALL_SANDBOX_PACE_S": PACE_S,
    }


@pytest.fixture(scope="module")
def start_partner(environment):
    started = []

    def start(name, url_variable):
        partner = Partner(name, environment, environment[url_variable]).start()
        started.append(partner)
        return partner

    yield start
    for partner in started:
        if partner.process.poll() is None:
            partner.kill()


@pytest.fixture(scope="module")
def until():
    return wait_for
