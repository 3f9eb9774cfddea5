"""Rules of a running mall: what one of the staff asks for over HTTP is in force when another approved it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from services.chassis.ids import new_id
from tests.support.mall import Mall, wait_until

DAY = "2999-01-01"
LATE_GIFTS = {"rule": "gift_limit", "says": {"gifts_a_day": "3"}, "effective_from": DAY, "reason": "a journey"}


class Desk:
    """The HTTP API as one of the operator's people uses it."""

    def __init__(self, mall: Mall, name: str, *roles: str) -> None:
        words = [word for role in roles for word in ("--role", role)]
        issued = mall.command("ops", "staff", "issue", name, *words, "--json", stdout=subprocess.PIPE)
        token = json.loads(issued.communicate(timeout=60)[0])["token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self.url = json.loads((Path(mall.home) / "env.json").read_text())["MALL_PUBLIC_URL"]

    def gets(self, path: str) -> dict[str, Any]:
        return requests.get(f"{self.url}/v1/ops/{path}", headers=self.headers, timeout=20).json()

    def posts(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        headers = self.headers | {"Idempotency-Key": new_id("key")}
        answer = requests.post(f"{self.url}/v1/ops/{path}", headers=headers, json=body, timeout=20)
        return answer.status_code, answer.json()


@pytest.mark.timeout(300)
def test_a_rule_is_changed_by_two_of_the_staff(mall: Mall) -> None:
    wait_until(mall.is_ready, 60)
    wang, li, watcher = Desk(mall, "wang", "ops", "rules"), Desk(mall, "li", "ops", "rules"), Desk(mall, "han", "ops")

    forbidden = watcher.posts("rule-changes", LATE_GIFTS)[0]
    created, change = wang.posts("rule-changes", LATE_GIFTS)
    of_rule = f"rule-changes/{change['change_id']}"
    own, refusal = wang.posts(f"{of_rule}/approval")
    between = watcher.gets(of_rule)["state"]
    done, approved = li.posts(f"{of_rule}/approval")

    assert (forbidden, created, own, done) == (403, 201, 403, 200)
    assert (refusal["code"], between) == ("rule_change.of_oneself", "requested")
    assert (approved["requested_by"], approved["approved_by"]) == ("staff:wang", "staff:li")
    (row,) = watcher.gets(f"rules/gift_limit?on={DAY}")["in_force"]
    assert (row["says"]["gifts_a_day"], row["change_id"]) == ("3", change["change_id"])
