"""Rules as they are declared: what may be typed for a field, and what rules owe each other."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.points import contract
from services.points.domain.rules import AGREEMENTS, RULES, Agreement, Malformed, Rule, breach_of
from services.points.domain.rules.agreements import FEN, Other, fen_a_point, in_force
from services.points.domain.rules.changes import APPROVED, REJECTED, REQUESTED, RULE_CHANGE
from services.points.domain.rules.kinds import Exact, Flag, Names, OneOf, OrNothing, Title, Whole
from tests.support.rule_rows import rows_of

DAY = date(2026, 11, 20)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_declaration_is_whole(rule: Rule):
    assert set(rule.scope) <= set(rule.field_names)
    words = [rule.decides, *(each.means for each in (*rule.fields, *rule.named.values()))]
    assert all(each.en and each.zh and each.en.isascii() for each in words)
    assert not any(each.zh.isascii() for each in words)
    assert all(field.kind.expected for field in rule.fields)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(data=st.data())
def test_what_is_shown_can_be_typed_again(rule: Rule, data: st.DataObject):
    row = data.draw(rows_of(rule))

    assert {field.name: field.kind.read(field.kind.shown(row[field.name])) for field in rule.fields} == row


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *[(Whole(1, 20), typed) for typed in ("0", "21", "", "1.0", "x", "１", " 1", "1_0", "9" * 40)],
        *[(Exact(Decimal(0), Decimal(9), 2), typed) for typed in ("-1", "9.01", "1.234", "", "1e1", ".5", "1.", "NaN")],
        *[(OneOf(("a", "b")), typed) for typed in ("", "c", "A")],
        *[(Flag(), typed) for typed in ("", "1", "TRUE", "maybe")],
        *[(Title(3), typed) for typed in ("", "four", " x", "a\n", "\x00")],
        *[(Names("[a-z]+"), typed) for typed in (",", "a,,b", "a,a", "A", "a, b")],
        *[(OrNothing(Whole(1, 2)), typed) for typed in ("3", "none", " ")],
    ],
)
def test_what_is_not_of_the_kind_is_malformed(kind, typed: str):
    with pytest.raises(Malformed):
        kind.read(typed)


def test_nothing_is_a_value_of_what_need_not_be_said():
    assert (OrNothing(Whole(1, 2)).read(""), Names("[a-z]+").read("")) == (None, [])


def test_sources_are_those_that_points_come_from():
    sources = {"*", *contract.SOURCES, "top_up"}

    assert set(RULES["point_consideration"].field_of("source").kind.options) == sources
    assert set(RULES["expiry_policy"].field_of("source").kind.options) == sources | {"exchange"}
    assert set(RULES["breakage_assumption"].field_of("source").kind.options) == sources | {
        "gift", "exchange", "release"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "row", "said"),
    [
        ("gift_limit", {"smallest": 2, "largest": 1}, "largest"),
        ("exchange_rate", {"from_unit": "PTS", "to_unit": "PTS", "expiry": "keep"}, "itself"),
        ("exchange_rate", {"from_unit": "CNY", "to_unit": "PTS", "expiry": "keep"}, "policy"),
        ("point_consideration", {"basis": "given", "fen": Decimal(1)}, "fen="),
        ("point_consideration", {"basis": "sale", "fen": None}, "has fen"),
        ("ledger_setting", {"name": "verify_days", "value": 0}, "from 1 to 3650"),
        ("expiry_policy", {"rule": "fixed_months", "amount": 0, "rounding": "month"}, "from 1 to 1200"),
        ("expiry_policy", {"rule": "fixed_months", "amount": 1, "rounding": None}, "rounded to one of"),
        ("expiry_policy", {"rule": "never", "amount": 0, "rounding": "year"}, "nothing to round"),
    ],
)
def test_what_is_wrong_between_fields_is_said(rule: str, row: dict, said: str):
    assert said in RULES[rule].defect_of(row)


@given(st.decimals(Decimal("0.0002"), Decimal("99999.9999"), places=4))
def test_bills_pay_a_yuan_for_the_points_of_a_yuan(rate: Decimal):
    fen = fen_a_point(rate)

    assert abs(fen - 100 / rate) <= FEN.least / 2
    assert FEN.read(FEN.shown(fen)) == fen


def test_where_bills_earn_nothing_nothing_is_paid_for():
    assert fen_a_point(Decimal("0.0000")) is None
    assert fen_a_point(Decimal("0.0001")) == Decimal("999999.999999")  # the dearest there is


_days = st.integers(-3, 6).map(lambda n: DAY + timedelta(n))
_rows = st.lists(st.fixed_dictionaries({"effective_from": _days, "value": st.integers(0, 3)}), max_size=5)
_no_more_than_three = Agreement(
    "sum", "a", lambda row: Other("b", {}), lambda row, other: row["value"] + (other["value"] if other else 0) <= 3,
    lambda row, other, since: f"{row['value']} {since}", True,
)  # fmt: skip


def _of_scope(rows: list[dict]) -> list[dict]:
    """As storage gives them: the one in force on the day, then those to come."""
    ordered = sorted(rows, key=lambda row: row["effective_from"])
    now = in_force(ordered, DAY)
    return [*([now] if now else []), *(row for row in ordered if row["effective_from"] > DAY)]


@given(_rows, _rows)
def test_the_first_day_on_which_two_rules_do_not_agree_is_found(own: list[dict], others: list[dict]):
    """Day by day the same comes out."""
    ours, theirs = _of_scope(own), _of_scope(others)
    broken = None
    for day in (DAY + timedelta(n) for n in range(8)):
        row, other = in_force(ours, day), in_force(theirs, day)
        if row and not _no_more_than_three.holds(row, other):
            broken = day
            break

    breach = breach_of(_no_more_than_three, DAY, ours, theirs)

    assert (breach and breach.since) == broken


def test_a_change_that_was_decided_on_stays_as_it_is():
    assert RULE_CHANGE.states == contract.RULE_CHANGE_STATES
    assert RULE_CHANGE.table[REQUESTED] == {"approve": APPROVED, "reject": REJECTED}
    assert [state for state in RULE_CHANGE.states if RULE_CHANGE.is_end(state)] == [APPROVED, REJECTED]


def test_a_policy_of_any_pool_needs_none_and_one_of_a_pool_needs_it():
    (agreement,) = [one for one in AGREEMENTS if one.rule == "expiry_policy"]

    assert agreement.other({"pool": None}) is None
    assert agreement.other({"pool": 0}) == Other("pool", {"no": 0})
    assert [agreement.holds({"pool": 5}, pool) for pool in ({"no": 5}, None)] == [True, False]


def test_every_agreement_is_between_rules_that_are_declared():
    assert {agreement.rule for agreement in AGREEMENTS} <= RULES.keys()
