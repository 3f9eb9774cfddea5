"""Tokens, the session cache, and signing out."""

import pytest

from gateway import identity
from gateway.identity import Identity, Remembered
from services.chassis.refusal import Refused
from services.members import contract as members
from services.orders import contract as orders
from tests.unit.gateway.edge import ME, TOKEN, UUID, Edge, problem_of

SOMEBODY = Identity(f"ses_{UUID}", f"mbr_{UUID}", "active", "gold", "zh", ["staff", "vip"])


class HandClock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic dDp0", "Bearer " + "t" * 101, "Bearer \xe9", "token", TOKEN]
)
def test_what_is_no_token_is_401_without_asking_anybody(edge: Edge, header: str) -> None:
    response = edge.ask("GET", "/v1/me", token=None, headers={"Authorization": header})
    assert problem_of(response) == (401, "session.unknown")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="mall"'
    assert edge.rpc.calls == []


def test_a_token_that_members_does_not_know_is_401(edge: Edge) -> None:
    edge.script(members.CHECK_SESSION, Refused(members.SESSION_UNKNOWN, "no such session"))
    edge.script(members.GET_MEMBER)
    assert problem_of(edge.ask("GET", "/v1/me")) == (401, "session.unknown")
    assert edge.sent(members.GET_MEMBER) == []


def test_the_scheme_is_read_in_any_case(edge: Edge) -> None:
    edge.script(members.GET_MEMBER)
    assert edge.ask("GET", "/v1/me", token=None, headers={"Authorization": f"bEaReR {TOKEN}"}).status_code == 200


def test_a_session_is_checked_once_a_second_and_a_revoked_one_is_refused_then(edge: Edge) -> None:
    clock = HandClock()
    edge.config["SESSIONS"] = Remembered(1.0, clock)
    edge.script(members.GET_MEMBER)
    assert [edge.ask("GET", "/v1/me").status_code for _ in range(3)] == [200] * 3
    assert len(edge.sent(members.CHECK_SESSION)) == 1
    edge.script(members.CHECK_SESSION, Refused(members.SESSION_UNKNOWN, "revoked"))
    clock.now += 0.99
    assert edge.ask("GET", "/v1/me").status_code == 200
    clock.now += 0.01
    assert edge.ask("GET", "/v1/me").status_code == 401
    assert edge.ask("GET", "/v1/me").status_code == 401


def test_refused_tokens_are_not_remembered(edge: Edge) -> None:
    edge.script(members.CHECK_SESSION, Refused(members.SESSION_UNKNOWN, "no such session"))
    edge.ask("GET", "/v1/me")
    assert len(edge.config["SESSIONS"]) == 0


def test_a_cached_session_is_one_members_only(edge: Edge) -> None:
    edge.script(members.GET_MEMBER)
    edge.ask("GET", "/v1/me")
    edge.script(members.CHECK_SESSION, {**ME, "member_id": f"mbr_{UUID[::-1]}"})
    edge.ask("GET", "/v1/me", token="other")
    asked = [request["member_id"] for request in edge.sent(members.GET_MEMBER)]
    assert asked == [f"mbr_{UUID}", f"mbr_{UUID[::-1]}"]


def test_the_cache_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "MOST_REMEMBERED", 3)
    cache = Remembered(1.0, HandClock())
    for token in "abcd":
        cache.put(token, SOMEBODY)
    assert len(cache) == 3
    assert [cache.get(token) for token in "abcd"] == [None, SOMEBODY, SOMEBODY, SOMEBODY]


@pytest.mark.parametrize("name", ["current", ME["session_id"]])
def test_signing_out_is_felt_at_once_here(edge: Edge, name: str) -> None:
    edge.script(members.GET_MEMBER)
    edge.script(members.REVOKE_SESSION)
    edge.ask("GET", "/v1/me")
    assert edge.ask("DELETE", f"/v1/sessions/{name}").status_code == 200
    assert edge.sent(members.REVOKE_SESSION)[0]["session_id"] == ME["session_id"]
    edge.script(members.CHECK_SESSION, Refused(members.SESSION_UNKNOWN, "revoked"))
    assert edge.ask("GET", "/v1/me").status_code == 401


def test_signing_out_another_session_keeps_this_one(edge: Edge) -> None:
    edge.script(members.REVOKE_SESSION)
    edge.script(members.LIST_SESSIONS)
    assert edge.ask("DELETE", f"/v1/sessions/ses_{UUID[::-1]}").status_code == 200
    edge.script(members.CHECK_SESSION, Refused(members.SESSION_UNKNOWN, "would be asked again"))
    assert edge.ask("GET", "/v1/sessions").status_code == 200


def test_a_session_that_is_not_the_members_is_404_not_401(edge: Edge) -> None:
    edge.script(members.REVOKE_SESSION, Refused(members.SESSION_UNKNOWN, "not yours"))
    assert problem_of(edge.ask("DELETE", f"/v1/sessions/ses_{UUID[::-1]}")) == (404, "session.unknown")


def test_a_newer_members_may_say_more_of_a_session() -> None:
    assert identity._identity_of({**ME, "device": "phone"}) == SOMEBODY


def test_an_older_members_knows_nothing_of_segments() -> None:
    told = {name: value for name, value in ME.items() if name != "segments"}
    assert identity._identity_of(told).audience == {"member_tier": "gold", "member_segments": []}


def test_who_leaves_a_segment_has_its_prices_for_a_second_at_most(edge: Edge) -> None:
    clock = HandClock()
    edge.config["SESSIONS"] = Remembered(1.0, clock)
    edge.script(orders.QUOTE_ORDER)
    basket = {"lines": [{"sku_id": f"sku_{UUID}", "quantity": 1, "price_id": f"prc_{UUID}"}]}
    edge.ask("POST", "/v1/quotes", json=basket)
    edge.script(members.CHECK_SESSION, {**ME, "segments": ["staff"]})
    for passed in (0.99, 0.01):
        clock.now += passed
        edge.ask("POST", "/v1/quotes", json=basket)
    asked = [request["member_segments"] for request in edge.sent(orders.QUOTE_ORDER)]
    assert asked == [["staff", "vip"], ["staff", "vip"], ["staff"]]
