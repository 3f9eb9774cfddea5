"""What everybody may know is said again for a moment; nothing else is, and nothing of the one who asked first."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from gateway.kept_answers import ASKING_S, LARGEST_KEPT, MOST_KEPT, STALE_S
from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from tests.unit.gateway.edge import UUID, Edge, HandClock, golden_reply
from tests.unit.gateway.test_edges import SECURITY

GOODS = f"/v1/goods/gds_{UUID}"
OF_ONE_REQUEST = {"X-Request-Id", "Age", "RateLimit", "RateLimit-Policy"}


@pytest.fixture
def edge(clock: HandClock) -> Edge:
    edge = Edge(clock=clock, public_cache_s=60.0)
    edge.script(catalog.GET_GOODS)
    edge.script(catalog.LIST_GOODS)
    return edge


def asked(edge: Edge) -> int:
    return len(edge.sent(catalog.GET_GOODS))


def test_the_second_who_asks_within_the_second_hears_the_same_and_costs_no_call(edge: Edge, clock: HandClock) -> None:
    first = edge.ask("GET", GOODS, token=None)
    clock.now += 0.5
    again = edge.ask("GET", GOODS, headers={"X-Request-Id": "mine"})
    assert (again.status_code, again.data, asked(edge)) == (200, first.data, 1)
    assert first.headers["Cache-Control"] == "public, max-age=1"
    assert {name: again.headers[name] for name in SECURITY} == SECURITY
    kept = {name: value for name, value in first.headers.items() if name not in OF_ONE_REQUEST}
    assert {name: value for name, value in again.headers.items() if name not in OF_ONE_REQUEST} == kept
    assert (again.headers["X-Request-Id"], again.headers["Age"]) == ("mine", "0")
    assert "RateLimit" in first.headers and "RateLimit" not in again.headers
    assert edge.ask("GET", GOODS).headers["X-Request-Id"] not in ("mine", first.headers["X-Request-Id"])


def test_a_server_may_leave_out_what_is_empty(edge: Edge) -> None:
    """As the one that the gateway runs on does."""
    environ = EnvironBuilder(GOODS).get_environ()
    del environ["QUERY_STRING"]
    answers = [Response.from_app(edge.client.application, environ) for _ in range(2)]
    assert ([answer.status_code for answer in answers], asked(edge)) == ([200, 200], 1)


def test_after_the_second_it_is_asked_anew(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    clock.now += 1
    anew = golden_reply(catalog.GET_GOODS) | {"name_zh": "新的"}
    edge.script(catalog.GET_GOODS, anew)
    for _ in range(2):
        assert edge.ask("GET", GOODS).json["name_zh"] == "新的"
    assert asked(edge) == 2


def test_while_one_asks_anew_the_others_hear_what_was_said_last(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    clock.now += 2
    heard = []

    def meanwhile(_request: object) -> object:
        heard.append(edge.ask("GET", GOODS))
        return golden_reply(catalog.GET_GOODS)

    edge.script(catalog.GET_GOODS, meanwhile)
    edge.ask("GET", GOODS)
    assert [(answer.status_code, answer.headers["Age"]) for answer in heard] == [(200, "2")]
    assert asked(edge) == 2


def test_who_asked_anew_and_never_came_back_is_not_waited_for(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    kept = edge.config["KEPT_ANSWERS"].find(f"{GOODS}?")
    clock.now += 1
    assert [edge.config["KEPT_ANSWERS"].is_to_be_asked(kept) for _ in range(2)] == [True, False]
    clock.now += ASKING_S
    assert edge.config["KEPT_ANSWERS"].is_to_be_asked(kept)


def test_while_the_catalog_does_not_answer_goods_are_shown_as_they_were(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    edge.script(catalog.GET_GOODS, RpcTimeout("nobody there"))
    clock.now += STALE_S
    answer = edge.ask("GET", GOODS)
    assert (answer.status_code, answer.headers["Age"]) == (200, str(int(STALE_S)))
    clock.now += 1
    assert edge.ask("GET", GOODS).status_code == 503


def test_what_is_refused_is_neither_kept_nor_hidden_by_what_was(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    edge.script(catalog.GET_GOODS, Refused(catalog.GOODS_UNKNOWN, "gone"))
    clock.now += 1
    gone = [edge.ask("GET", GOODS) for _ in range(2)]
    assert [(each.status_code, each.headers["Cache-Control"]) for each in gone] == [(404, "no-store")] * 2


def test_who_asks_too_often_does_not_keep_the_others_from_asking(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", GOODS)
    edge.script(catalog.GET_GOODS, Refused("counter.locked", "too often"))
    clock.now += 1
    edge.ask("GET", GOODS)
    edge.script(catalog.GET_GOODS)
    assert edge.ask("GET", GOODS).headers.get("Age") is None


def test_an_answer_that_cannot_be_kept_takes_the_place_of_the_one_that_was(edge: Edge, clock: HandClock) -> None:
    edge.ask("GET", "/v1/goods")
    page = golden_reply(catalog.LIST_GOODS)
    edge.script(catalog.LIST_GOODS, page | {"goods": page["goods"] * 500})
    clock.now += 1
    long = [edge.ask("GET", "/v1/goods") for _ in range(2)]
    assert [(one.status_code, one.headers.get("Age"), len(one.data) > LARGEST_KEPT) for one in long] == [
        (200, None, True)
    ] * 2


def test_what_is_for_one_member_is_never_kept(edge: Edge) -> None:
    for _ in range(2):
        assert edge.ask("GET", f"/v1/me/goods/gds_{UUID}").headers["Cache-Control"] == "no-store"
    assert asked(edge) == 2


def test_another_question_is_another_answer(edge: Edge) -> None:
    for query in ("", "?limit=5", "?limit=6"):
        edge.ask("GET", f"/v1/goods{query}")
    assert edge.ask("GET", "/v1/goods?limit=0").status_code == 422
    assert [one["limit"] for one in edge.sent(catalog.LIST_GOODS)] == [20, 5, 6]


def test_what_is_remembered_is_bounded(edge: Edge) -> None:
    memory = edge.config["KEPT_ANSWERS"]
    for limit in range(MOST_KEPT + 1):
        edge.ask("GET", f"/v1/goods?limit={limit % 100 + 1}&words={limit}")
    assert memory.find("/v1/goods?limit=1&words=0") is None
    assert memory.find("/v1/goods?limit=2&words=1") is not None
