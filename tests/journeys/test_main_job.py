"""The main job through HTTP on a running mall: as the demo tells it, undisturbed and while processes are killed."""

import json
import random
import subprocess
import time

import pytest

from tests.support.mall import Mall, wait_until

SERVICES = ["members", "points", "catalog", "orders", "logistics", "notifications", "gateway"]
STORY_S = 240
BROKER_DOWN_S = 5

pytestmark = pytest.mark.timeout(420)


def start_story(mall: Mall, *options: str) -> "subprocess.Popen[str]":
    return mall.command("demo", "--json", "--lang", "en", *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def facts_of(story: "subprocess.Popen[str]") -> dict:
    output, errors = story.communicate(timeout=STORY_S)
    assert output, errors
    facts = json.loads(output)
    assert story.returncode == 0, json.dumps(facts, ensure_ascii=False, indent=1)
    return facts


def assert_everything_held(facts: dict) -> None:
    assert facts["ok"] is True
    assert [order["status"] for order in facts["orders"]] == ["completed"] * 4
    assert [order["fulfilment_status"] for order in facts["orders"]] == ["delivered"] * 4
    assert facts["retry"] == {"same_answer": True, "other_content_status": 422}
    assert (facts["top_up"]["state"], facts["top_up"]["booked_once"]) == ("succeeded", True)
    assert facts["refusal"]["code"] == "points.insufficient"
    assert facts["callbacks"] == {"repeated_status": 200, "forged_status": 401}
    assert facts["balance"]["held"] == 0
    assert facts["statement_adds_up"] is True
    assert [check for check in facts["checks"] if not check["ok"]] == []
    assert {check["service"] for check in facts["checks"]} == set(SERVICES) - {"gateway"}


def test_the_story_holds(mall):
    facts = facts_of(start_story(mall))

    assert_everything_held(facts)
    assert facts["bill_run"]["posted_lines"] == facts["bill_run"]["expected"]["good_lines"]
    assert facts["bill_run"]["rejected_lines"] == facts["bill_run"]["expected"]["bad_lines"]
    assert facts["bill_run"]["posted_again"] == 0
    spent = sum(order["points"] for order in facts["orders"])
    assert facts["balance"]["available"] == facts["member"]["balance_before"] - spent


def test_the_story_holds_while_every_service_is_killed_once(mall):
    victims = random.Random(20261121).sample(SERVICES, len(SERVICES))
    story = start_story(mall, "--slow")
    before = mall.status()

    for victim in victims:
        time.sleep(4)
        mall.kill(victim)

    assert_everything_held(facts_of(story))
    after = mall.status()
    assert all(after[name]["restarts"] > before[name]["restarts"] for name in victims)


def test_the_story_holds_while_the_broker_is_away_for_seconds(mall):
    wait_until(mall.is_ready, 60)
    story = start_story(mall, "--slow")
    time.sleep(12)

    gone_until = time.monotonic() + BROKER_DOWN_S
    while time.monotonic() < gone_until:  # the supervisor brings it back, so it is killed as often as it comes
        mall.kill("rabbitmq")
        time.sleep(0.3)

    assert_everything_held(facts_of(story))
