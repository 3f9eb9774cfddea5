"""A virtual host of our own on a broker that was there already; `/` belongs to others."""

import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from deploy.launcher.failure import Failure

CONSOLE_PORT = 15672
LIMIT = 30


class VirtualHost:
    def __init__(self, broker_url: str, name: str) -> None:
        parts = urlsplit(broker_url)
        self.name = name
        self.url = urlunsplit(parts._replace(path="/" + quote(name, safe="")))
        self.host = parts.hostname or "127.0.0.1"
        self.place = f"{self.host}:{parts.port or 5672}"
        self.user, self.password = unquote(parts.username or "guest"), unquote(parts.password or "guest")

    def create(self) -> None:
        if self._control("add_vhost", self.name) or self._exists_already():
            done = self._control("set_permissions", "-p", self.name, self.user, ".*", ".*", ".*")
        else:
            done = self._console("PUT", f"vhosts/{self._quoted}") and self._console(
                "PUT",
                f"permissions/{self._quoted}/{quote(self.user, safe='')}",
                {"configure": ".*", "write": ".*", "read": ".*"},
            )
        if not done:
            raise Failure("vhost", name=self.name, place=self.place)

    def drop(self) -> bool:
        return self._control("delete_vhost", self.name) or self._console("DELETE", f"vhosts/{self._quoted}")

    @property
    def _quoted(self) -> str:
        return quote(self.name, safe="")

    def _exists_already(self) -> bool:
        return self._control("list_permissions", "-p", self.name)

    def _control(self, *arguments: str) -> bool:
        """rabbitmqctl works for root only, and only for the node of this machine."""
        if os.geteuid() != 0 or not shutil.which("rabbitmqctl") or self.host not in ("127.0.0.1", "localhost"):
            return False
        try:
            asked = subprocess.run(["rabbitmqctl", "-q", *arguments], capture_output=True, check=False, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return False
        return asked.returncode == 0

    def _console(self, method: str, path: str, body: dict[str, str] | None = None) -> bool:
        request = urllib.request.Request(
            f"http://{self.host}:{CONSOLE_PORT}/api/{path}",
            data=json.dumps(body or {}).encode(),
            method=method,
            headers={
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=LIMIT):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            return False
