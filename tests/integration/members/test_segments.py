"""Segments: who is in them by hand and by rule, from when until when, and what a session says of it."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.testkit import race
from services.members import contract
from services.members.ops import main
from services.members.usecases import apply_segment_rules as segment_rules
from services.members.usecases.apply_segment_rules import apply_segment_rules, set_segment_rule
from services.members.usecases.check_invariants import check_invariants
from services.members.usecases.get_member import get_member
from services.members.usecases.put_in_segment import add_to_segment, define_segment, remove_from_segment
from tests.support.refusals import refused

CLOCK = FixedClock(datetime(2026, 11, 2, 4, 0, tzinfo=UTC))
labels = (f"vip-{number}" for number in itertools.count(1))


@pytest.fixture
def desk(desk):
    """Its clock goes on from test to test: rules are only added, and those of others go on being applied."""
    CLOCK.advance(hours=1)
    return replace(desk, clock=CLOCK)


@pytest.fixture(autouse=True)
def all_well(desk):
    yield
    with desk.works.begin() as work:
        assert [found for found in check_invariants(work) if not found["ok"]] == []


@pytest.fixture
def vip(desk):
    """A segment of this test's own."""
    label = next(labels)
    names = {"name_zh": "贵宾", "name_en": "VIP", "description": ""}
    return desk.works.run(define_segment, {"segment": label, **names})["segment"]


def add(desk, segment, *members, begins=None, ends=None, numbers=()):
    told = {"numbers": list(numbers), "members": list(members), "begins": begins, "ends": ends}
    return desk.works.run(add_to_segment, {"segment": segment, **told, "reason": "名单"})


def remove(desk, segment, *members):
    told = {"numbers": [], "members": list(members), "reason": "离职"}
    return desk.works.run(remove_from_segment, {"segment": segment, **told})


def rule(desk, segment, tiers=(), joined_from=None, joined_before=None, effective_from=None):
    told = {"segment": segment, "tiers": list(tiers), "joined_from": joined_from, "joined_before": joined_before}
    return desk.works.run(set_segment_rule, {**told, "effective_from": effective_from, "reason": "活动"})


def is_in(desk, segment, signed):
    return segment in desk.check(signed["token"])["segments"]


def rows_of(desk, segment, columns):
    asked = f"SELECT {columns} FROM segment_member WHERE segment = :segment ORDER BY id"  # noqa: S608
    return [tuple(row) for row in desk.rows(asked, segment=segment)]


@pytest.fixture
def signed(desk, phone):
    return desk.signed_in(phone)


@pytest.fixture
def me(signed):
    return signed["member"]["member_id"]


def test_who_is_added_is_in_from_then_until_removed(desk, vip, signed, me):
    assert not is_in(desk, vip, signed)
    assert add(desk, vip, me) == {"segment": vip, "added": 1, "known": 0, "unknown": []}
    assert is_in(desk, vip, signed)
    assert add(desk, vip, me)["known"] == 1
    desk.clock.advance(seconds=1)
    assert remove(desk, vip, me)["removed"] == 1
    assert not is_in(desk, vip, signed)
    assert remove(desk, vip, me)["removed"] == 0


def test_a_membership_begins_and_ends_by_the_clock(desk, vip, signed, me):
    now = desk.clock.now()
    add(desk, vip, me, begins=now + timedelta(minutes=5), ends=now + timedelta(minutes=10))
    seen = []
    for _ in range(4):
        seen.append(is_in(desk, vip, signed))
        desk.clock.advance(minutes=4)
    assert seen == [False, False, True, False]


def test_the_last_word_on_the_time_holds_and_what_was_stays_on_record(desk, vip, signed, me):
    add(desk, vip, me)
    desk.clock.advance(seconds=30)
    add(desk, vip, me, ends=desk.clock.now() + timedelta(minutes=1))
    desk.clock.advance(seconds=59)
    assert is_in(desk, vip, signed)
    desk.clock.advance(seconds=1)
    assert not is_in(desk, vip, signed)
    assert rows_of(desk, vip, "ends_at - begins_at") == [(timedelta(seconds=30),), (timedelta(minutes=1),)]


def test_subscribers_are_found_by_their_number_and_strangers_are_told(desk, vip, subscriber):
    known = subscriber()
    desk.import_all(known)
    told = add(desk, vip, "mbr_" + "0" * 32, numbers=[known["subscriber_no"], "S404"])
    assert told == {"segment": vip, "added": 1, "known": 0, "unknown": ["S404", "mbr_" + "0" * 32]}


def test_what_is_wrong_is_refused(desk, vip, signed, me):
    earlier = desk.clock.now() - timedelta(seconds=1)
    refused(contract.SEGMENT_UNKNOWN, add, desk, "nobody", me)
    refused(contract.SEGMENT_BACKDATED, add, desk, vip, me, begins=earlier)
    refused(contract.SEGMENT_BACKDATED, add, desk, vip, me, ends=earlier)
    refused(contract.SEGMENT_BACKDATED, rule, desk, vip, ["red"], effective_from=earlier)
    refused(contract.SEGMENT_UNKNOWN, rule, desk, "nobody", ["red"])
    rule(desk, vip, ["red"])
    refused(contract.SEGMENT_RULE_INVALID, rule, desk, vip, ["gold"])


def test_the_same_file_at_once_from_several_hands_adds_once(desk, vip, me):
    told = race(*[lambda: add(desk, vip, me)] * 3)
    assert sorted(one["added"] for one in told) == [0, 0, 1]
    assert len(rows_of(desk, vip, "id")) == 1


def test_a_rule_takes_in_who_meets_it_and_lets_go_who_does_not(desk, vip, signed, me):
    rule(desk, vip, ["blue", "gold"])
    apply_segment_rules(desk.works)
    assert not is_in(desk, vip, signed)
    desk.accrue([(me, 6000)])
    apply_segment_rules(desk.works)
    assert is_in(desk, vip, signed)
    assert apply_segment_rules(desk.works) == 0
    desk.accrue([(me, 20_000)])
    apply_segment_rules(desk.works)
    assert not is_in(desk, vip, signed)


def test_more_members_than_fit_into_one_transaction_come_in_and_go_out(desk, vip, subscriber, monkeypatch):
    monkeypatch.setattr(segment_rules, "AT_ONCE", 2)
    desk.import_all(*(subscriber(joined_at="1999-05-01T00:00:00+08:00") for _ in range(5)))
    rule(desk, vip, joined_before=datetime(2000, 1, 1, tzinfo=UTC))
    apply_segment_rules(desk.works)
    assert len(rows_of(desk, vip, "id")) == 5
    desk.clock.advance(seconds=1)
    rule(desk, vip)
    apply_segment_rules(desk.works)
    assert {ended is None for (ended,) in rows_of(desk, vip, "ends_at")} == {False}


def test_how_long_somebody_is_in_the_network_may_be_a_rule(desk, vip, subscriber, signed):
    old, young = (subscriber(joined_at=f"{year}-05-01T00:00:00+08:00") for year in (2015, 2025))
    desk.import_all(old, young)
    rule(desk, vip, joined_from=datetime(2010, 1, 1, tzinfo=UTC), joined_before=datetime(2020, 1, 1, tzinfo=UTC))
    apply_segment_rules(desk.works)
    found = desk.rows(
        "SELECT subscriber_no FROM segment_member JOIN member USING (member_id) WHERE segment = :s", s=vip
    )
    numbers = {row[0] for row in found}
    assert old["subscriber_no"] in numbers
    assert not {young["subscriber_no"], None} & numbers


def test_a_rule_to_come_waits_and_a_lifted_one_lets_everybody_go_but_who_is_in_by_hand(desk, vip, signed, me):
    rule(desk, vip, ["registered"], effective_from=desk.clock.now() + timedelta(minutes=5))
    apply_segment_rules(desk.works)
    assert not is_in(desk, vip, signed)
    desk.clock.advance(minutes=5)
    apply_segment_rules(desk.works)
    assert is_in(desk, vip, signed)
    assert remove(desk, vip, me)["removed"] == 0
    add(desk, vip, me)
    desk.clock.advance(minutes=1)
    rule(desk, vip)
    apply_segment_rules(desk.works)
    assert {source for source, is_open in rows_of(desk, vip, "source, ends_at IS NULL") if is_open} == {"hand"}


def test_two_jobs_at_once_take_everybody_in_once(desk, vip, signed, me):
    rule(desk, vip, ["registered"])
    race(*[lambda: apply_segment_rules(desk.works)] * 2)
    members = [row[0] for row in rows_of(desk, vip, "member_id")]
    assert me in members and len(members) == len(set(members))


def test_rules_are_only_added(desk, vip):
    rule(desk, vip, ["red"])
    with pytest.raises(sa.exc.DatabaseError):
        desk.run("UPDATE segment_rule SET lifted = lifted")


def test_a_profile_names_the_segments(desk, vip, me):
    add(desk, vip, me)
    profile = contract.GET_MEMBER.dump_reply(desk.works.run(get_member, {"member_id": me}))
    assert {"segment": vip, "name_zh": "贵宾", "name_en": "VIP"} in profile["segments"]


def test_what_operators_type(desk, me, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))

    def told(*typed):
        capsys.readouterr()
        code = main(["segment", *typed, "--json"])
        return code, json.loads(capsys.readouterr().out)

    names = tmp_path / "staff.txt"
    names.write_text(f"# 名单\n{me}\nS404\n")
    assert told("define", "staff", "--zh", "员工", "--en", "Staff")[0] == 0
    assert told("add", "staff", str(names), "--because", "入职")[1]["unknown"] == ["S404"]
    assert told("rule", "staff", "--tier", "red", "--because", "红钻")[1]["tiers"] == ["red"]
    assert told("apply")[0] == 0
    listed = {one["segment"]: one for one in told("list")[1]["segments"]}
    assert (listed["staff"]["by_hand"], listed["staff"]["name_en"]) == (1, "Staff")
    capsys.readouterr()
    assert main(["show", "--member", me, "--json"]) == 0
    assert "staff" in [one["segment"] for one in json.loads(capsys.readouterr().out)["segments"]]
    assert told("remove", "staff", str(names), "--because", "离职")[1]["removed"] == 1
    assert main(["segment", "list"]) == 0
    assert main(["segment", "add", "staff", str(tmp_path / "none.txt"), "--because", "x"]) == 1
    assert main(["segment", "rule", "staff", "--from", "2000-01-01T00:00:00+08:00", "--because", "x"]) == 1
    assert main(["segment", "define", "Staff", "--zh", "员工", "--en", "Staff"]) == 2
