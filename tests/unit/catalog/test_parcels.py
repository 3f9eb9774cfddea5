"""Few parcels from near places, against every plan there is on small cases."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.domain import parcels
from services.catalog.domain.parcels import (
    FEWEST_PARCELS,
    LEAST_COST,
    Level,
    Portion,
    Site,
    Weights,
    in_few_parcels,
)

ELEMENTS, PLACES = ("elm_a", "elm_b"), ("whs_1", "whs_2", "whs_3")
PLAIN = Weights(FEWEST_PARCELS, parcel=1000, distance=1, priority=10, stock=0)
all_weights = st.builds(
    Weights,
    st.sampled_from((FEWEST_PARCELS, LEAST_COST)),
    *(st.integers(0, most) for most in (3000, 3, 30, 5)),
)
sites = st.builds(
    lambda kms, priorities, counter: [
        Site(place_id, 0 if place_id == counter else km, priority, place_id == counter)
        for place_id, km, priority in zip(PLACES, kms, priorities, strict=True)
    ],
    st.tuples(*[st.integers(0, 3000)] * 3),
    st.tuples(*[st.integers(0, 50)] * 3),
    st.sampled_from((*PLACES, None, None)),
)
stock = st.fixed_dictionaries({key: st.integers(0, 4) for key in product(ELEMENTS, PLACES)})
wishes = st.fixed_dictionaries({element_id: st.integers(0, 6) for element_id in ELEMENTS}).map(
    lambda wanted: {element_id: units for element_id, units in wanted.items() if units}
)


def levels_of(free):
    return [Level(element_id, place_id, units) for (element_id, place_id), units in free.items()]


def rank_of(portions, free, by_place, weights):
    """Told apart from the code under test: (parcels, cost) or (all costs, parcels)."""
    used = {portion.place_id for portion in portions if not by_place[portion.place_id].is_counter}
    cost = sum(weights.distance * by_place[one].km + weights.priority * by_place[one].priority for one in used)
    cost += weights.stock * sum(100 * p.quantity // free[p.element_id, p.place_id] for p in portions)
    return (len(used), cost) if weights.strategy == FEWEST_PARCELS else (cost + weights.parcel * len(used), len(used))


def every_plan(wanted, free):
    """All ways to take exactly what is wanted."""
    ways = [
        [
            taken
            for taken in product(*(range(free[element_id, place_id] + 1) for place_id in PLACES))
            if sum(taken) == units
        ]
        for element_id, units in wanted.items()
    ]
    for choice in product(*ways):
        yield [
            Portion(element_id, place_id, units)
            for element_id, taken in zip(wanted, choice, strict=True)
            for place_id, units in zip(PLACES, taken, strict=True)
            if units
        ]


@settings(deadline=None)
@given(wanted=wishes, free=stock, sites=sites, weights=all_weights)
def test_exactly_what_is_wanted_of_what_is_there_and_always_the_same(wanted, free, sites, weights):
    enough = all(sum(free[one, place_id] for place_id in PLACES) >= units for one, units in wanted.items())
    portions = in_few_parcels(wanted, levels_of(free), sites, weights)
    if not enough:
        assert portions == ()
        return
    taken = {one: sum(p.quantity for p in portions if p.element_id == one) for one in wanted}
    assert taken == wanted
    assert all(0 < p.quantity <= free[p.element_id, p.place_id] for p in portions)
    again = in_few_parcels(wanted, list(reversed(levels_of(free))), list(reversed(sites)), weights)
    assert again == portions


@settings(deadline=None, max_examples=200)
@given(wanted=wishes, free=stock, sites=sites)
def test_never_more_parcels_than_the_best_of_all_plans_and_then_never_dearer(wanted, free, sites):
    """With costs of places alone; what a place is drawn upon decides between groups of places, not within one."""
    by_place = {site.place_id: site for site in sites}
    ranks = [rank_of(plan, free, by_place, PLAIN) for plan in every_plan(wanted, free)]
    if ranks:
        chosen = in_few_parcels(wanted, levels_of(free), sites, PLAIN)
        assert rank_of(chosen, free, by_place, PLAIN) == min(ranks)


@settings(deadline=None, max_examples=200)
@given(wanted=wishes, free=stock, sites=sites, weights=all_weights)
def test_never_more_parcels_than_any_plan_whatever_weighs_how_much(wanted, free, sites, weights):
    by_place = {site.place_id: site for site in sites}
    fewest = Weights(FEWEST_PARCELS, weights.parcel, weights.distance, weights.priority, weights.stock)
    parcels_of = [rank_of(plan, free, by_place, fewest)[0] for plan in every_plan(wanted, free)]
    if parcels_of:
        chosen = in_few_parcels(wanted, levels_of(free), sites, fewest)
        assert rank_of(chosen, free, by_place, fewest)[0] == min(parcels_of)


@settings(deadline=None)
@given(wanted=wishes, free=stock, sites=sites)
def test_least_cost_is_the_least_of_all_plans(wanted, free, sites):
    weights = Weights(LEAST_COST, parcel=700, distance=1, priority=10, stock=0)
    by_place = {site.place_id: site for site in sites}
    ranks = [rank_of(plan, free, by_place, weights) for plan in every_plan(wanted, free)]
    if ranks:
        chosen = in_few_parcels(wanted, levels_of(free), sites, weights)
        assert rank_of(chosen, free, by_place, weights) == min(ranks)


def test_many_places_are_not_gone_through_one_by_one(monkeypatch):
    """Five parcels of sixty places: five million groups."""
    monkeypatch.setattr(parcels, "MOST_GROUPS", 100)
    many = [Site(f"whs_{number:02}", number, 1) for number in range(60)]
    levels = [Level("elm_a", site.place_id, 30 if site.km in (7, 20, 33, 46, 59) else 1) for site in many]
    portions = in_few_parcels({"elm_a": 150}, levels, many, PLAIN)
    assert [(p.place_id, p.quantity) for p in portions] == [(f"whs_{n:02}", 30) for n in (7, 20, 33, 46, 59)]


def test_the_counter_where_the_buyer_comes_is_no_parcel():
    places = [Site("hall", 0, 90, is_counter=True), Site("near", 1, 1), Site("far", 900, 1)]
    levels = [Level("a", "hall", 2), Level("a", "near", 1), Level("a", "far", 9)]
    assert in_few_parcels({"a": 2}, levels, places, PLAIN) == (Portion("a", "hall", 2),)
    assert in_few_parcels({"a": 3}, levels, places, PLAIN) == (Portion("a", "hall", 2), Portion("a", "near", 1))
    assert in_few_parcels({"a": 4}, levels, places, PLAIN) == (Portion("a", "far", 2), Portion("a", "hall", 2))


def test_what_a_place_is_drawn_upon_may_weigh():
    places = [Site("whs_1", 0, 1), Site("whs_2", 50, 1)]
    levels = [Level("a", "whs_1", 2), Level("a", "whs_2", 200)]
    assert in_few_parcels({"a": 2}, levels, places, PLAIN) == (Portion("a", "whs_1", 2),)
    careful = Weights(FEWEST_PARCELS, 0, 1, 10, stock=1)
    assert in_few_parcels({"a": 2}, levels, places, careful) == (Portion("a", "whs_2", 2),)
