"""The invariants that ops can check at any time: silent when all is well, and each heard when it is broken."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, works_on
from services.notifications.ops import main
from services.notifications.usecases.check_invariants import check_invariants

engine = database_of("notifications")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def works(engine):
    made = works_on(engine)
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


@pytest.fixture
def ops(engine, monkeypatch, capsys):
    """``ops("check", …)``: (exit code, what it printed)."""
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MALL_DATABASE_URL_NOTIFICATIONS", url)

    def run(*argv):
        code = main(list(argv))
        return code, capsys.readouterr().out

    return run


def broken(works):
    with works.begin() as work:
        return {result["name"]: result["found"] for result in check_invariants(work) if not result["ok"]}


def test_all_is_well_on_a_fresh_database(works, ops, queue):
    queue()
    assert broken(works) == {}
    code, printed = ops("check", "--json")
    assert code == 0
    assert {result["ok"] for result in json.loads(printed)} == {True}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (
            {"state": "sending", "leased_until": LONG_AGO, "claims": 1},
            "no message is stuck in sending past its lease",
        ),
        ({"attempts": 6, "claims": 6}, "every queued message has attempts left"),
        ({"expires_at": LONG_AGO}, "no queued message has outlived its use"),
        ({"state": "sent", "parts": 2}, "a sent short message has a part for each of its parts"),
        (
            {"state": "delivered", "parts": 1, "settled_at": LONG_AGO},
            "a delivered message has every part delivered",
        ),
    ],
)
def test_what_is_broken_is_named(works, ops, queue, row, name):
    one = queue(**row)
    assert broken(works)[name] == [one]
    code, printed = ops("check")
    assert code == 1
    assert f"✗ {name}: {one}\n" in printed


def test_a_receipt_left_lying_is_named(works, queue):
    one = queue(state="sent", parts=1)
    with works.begin() as work:
        work.execute(
            sa.text("INSERT INTO message_part VALUES ('p', '7', :message, 1, 'sent', now())"), {"message": one}
        )
        work.execute(
            sa.text(
                "INSERT INTO receipt (provider, provider_message_id, outcome, received_at)"
                " VALUES ('p', '7', 'delivered', :at)"
            ),
            {"at": datetime.now(UTC) - timedelta(hours=1)},
        )
    assert list(broken(works)) == ["no matched receipt is left lying"]


def test_preview_shows_every_channel_in_the_language_asked_for(works, ops):
    code, printed = ops("preview", "order_placed", "--lang", "en")
    assert code == 0
    assert "Points Mall: Order 0C4F9A21 (CNY 100 top-up card and 1 more): please pay CNY 9.90" in printed
    assert all(f"-- {channel}, version 1" in printed for channel in ("sms", "email", "inbox"))


def test_preview_for_programs_is_one_list(works, ops):
    code, printed = ops("preview", "order_placed", "--json")
    texts = json.loads(printed)
    assert code == 0
    assert {text["channel"] for text in texts} == {"sms", "email", "inbox"}
    assert {(text["version"], text["actor"]) for text in texts} == {(1, "migration:0001")}
    assert all("0C4F9A21" in text["body"] for text in texts)


def test_an_unknown_topic_is_told(works, ops):
    assert ops("preview", "nonsense") == (2, "")
