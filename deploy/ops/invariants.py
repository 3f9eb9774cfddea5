"""The invariants at the end: every service checks its own database, and the books of neighbours must agree."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

SERVICES = ("members", "points", "catalog", "orders", "logistics", "notifications")


@dataclass(frozen=True)
class Check:
    service: str
    name: str
    ok: bool
    found: Any

    def as_fact(self) -> dict[str, Any]:
        return {"service": self.service, "name": self.name, "ok": self.ok, "found": self.found}


def checks_of(service: str) -> list[Check]:
    """What ``python -m services.<service>.ops check --json`` finds in the service's own database."""
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}.ops", "check", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    try:
        return [Check(service, row["name"], row["ok"], row["found"]) for row in json.loads(done.stdout)]
    except (json.JSONDecodeError, KeyError, TypeError):
        return [Check(service, "check runs", False, (done.stderr or done.stdout)[-500:])]


def all_checks() -> list[Check]:
    return [check for service in SERVICES for check in checks_of(service)]
