"""Rows that a declared rule lets through, made by its kinds: hypothesis draws them."""

from functools import singledispatch
from typing import Any

from hypothesis import strategies as st

from services.points.domain.rules import Rule
from services.points.domain.rules.kinds import Exact, Flag, Kind, Names, OneOf, OrNothing, Title, Whole


@singledispatch
def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    raise NotImplementedError(f"no values of {kind}")


@values_of.register
def _(kind: Whole) -> st.SearchStrategy[int]:
    return st.sampled_from((kind.least, kind.largest)) | st.integers(kind.least, kind.largest)


@values_of.register
def _(kind: Exact) -> st.SearchStrategy[Any]:
    return st.sampled_from((kind.least, kind.largest)) | st.decimals(kind.least, kind.largest, places=kind.places)


@values_of.register
def _(kind: OneOf) -> st.SearchStrategy[str]:
    return st.sampled_from(kind.options)


@values_of.register
def _(kind: Flag) -> st.SearchStrategy[bool]:
    return st.booleans()


@values_of.register
def _(kind: Title) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
    return st.text(letters, min_size=1, max_size=kind.longest).filter(str.isprintable)


@values_of.register
def _(kind: Names) -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(kind.shape, fullmatch=True), max_size=4, unique=True).map(sorted)


@values_of.register
def _(kind: OrNothing) -> st.SearchStrategy[Any]:
    return st.none() | values_of(kind.kind)


def rows_of(rule: Rule) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that nothing is wrong with."""
    some = st.fixed_dictionaries({field.name: values_of(field.kind) for field in rule.fields})
    return some.map(lambda row: _within_its_name(rule, row)).filter(lambda row: rule.defect_of(row) is None)


def _within_its_name(rule: Rule, row: dict[str, Any]) -> dict[str, Any]:
    """What has bounds by its name is brought into them, or hardly any row would be one."""
    if not rule.named:
        return row
    bounds = rule.named[row["name"]]
    return row | {"value": bounds.least + row["value"] % (bounds.largest - bounds.least + 1)}
