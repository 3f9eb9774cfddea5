"""The sandbox programs of payment providers, each a process of its own, and the shop's edge that they call back."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests

from deploy.sandbox.keys import ensure_keys
from services.orders.domain.provider_numbers import number_at

REPOSITORY = Path(__file__).parents[3]
PATIENCE_S = 60
PROGRAMS = {"alipay": "alipay", "bank": "unionpay", "mobile": "wechatpay"}
TIMEOUT_S = 1
SIGNED = ("wechat", "webhook")  # headers that a signature is in, or over


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("not true in time")


@dataclass
class Callbacks:
    """The mall's edge: keeps what providers post, as the gateway hands it on, and takes it (200 and success)."""

    heard: list = field(default_factory=list)

    def start(self):
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider = self.path.rpartition("/")[2]
                if "json" in self.headers["Content-Type"]:
                    headers = {
                        name.lower(): value for name, value in self.headers.items() if name.lower().startswith(SIGNED)
                    }
                    heard.append({"provider": provider, "headers_received": headers, "body": body})
                else:
                    fields = dict(parse_qsl(body, keep_blank_values=True))
                    heard.append({"provider": provider, "fields_received": fields})
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def free_url():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def running_sandboxes(folder, callbacks):
    """The address of each provider's program; the settings of orders are in the environment meanwhile."""
    ensure_keys(folder / "keys")
    (folder / "secrets.json").write_text(json.dumps({"wechatpay_api_v3_key": "0123456789abcdef" * 2}))
    urls = {provider: free_url() for provider in PROGRAMS}
    environment = {
        "MALL_PUBLIC_URL": callbacks.url,
        "MALL_KEYS_DIR": str(folder / "keys"),
        "MALL_SANDBOX_DIR": str(folder),
        "MALL_SECRETS_FILE": str(folder / "secrets.json"),
        "MALL_DATABASE_URL": "postgresql://127.0.0.1/none",
        "MALL_AMQP_URL": "amqp://127.0.0.1/none",
    }
    for provider, program in PROGRAMS.items():
        environment[f"MALL_{program.upper()}_URL"] = urls[provider]
        environment[f"MALL_{program.upper()}_TIMEOUT_S"] = str(TIMEOUT_S)
    processes = [started(program, folder, environment) for program in PROGRAMS.values()]
    try:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            for url in urls.values():
                wait_for(lambda url=url: is_healthy(url))
            yield urls
    finally:
        for process in processes:
            process.terminate()
            process.wait(PATIENCE_S)


def started(program, folder, environment):
    with (folder / f"{program}.log").open("w") as log:
        command = [sys.executable, "-m", f"deploy.sandbox.{program}"]
        return subprocess.Popen(
            command, env=os.environ | environment, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT
        )


def is_healthy(url):
    try:
        return requests.get(f"{url}/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False


@dataclass
class Desk:
    """One provider's program as its buyer and its operator see it."""

    provider: str
    url: str

    def number_of(self, payment_id):
        """The payment's number there."""
        return number_at(self.provider, payment_id)

    def arrive(self, way):
        """Go the way to the cashier as a browser does; returns the address of its button."""
        if way.get("form"):
            page = requests.post(way["url"], data=way["form"], timeout=5)
        else:
            page = requests.get(way["url"], timeout=5)
        assert page.ok, page.text
        return self.url + re.search(r'action="([^"]+)"', page.text).group(1)

    def push(self, button):
        return requests.post(button, timeout=5, allow_redirects=False)

    def trade(self, payment_id):
        found = requests.get(f"{self.url}/control/trades/{self.number_of(payment_id)}", timeout=5)
        return found.json() if found.ok else None

    def notify(self, payment_id, mode):
        body = {"number": self.number_of(payment_id), "mode": mode}
        requests.post(f"{self.url}/control/notify", json=body, timeout=5).raise_for_status()

    @contextmanager
    def fault(self, **switches):
        """Healthy again afterwards, with the notices that were kept back."""
        self._switch(switches)
        try:
            yield
        finally:
            self._switch({name: "on" if name == "notify" else "ok" for name in switches})

    def _switch(self, switches):
        requests.post(f"{self.url}/control/faults", json=switches, timeout=5).raise_for_status()
