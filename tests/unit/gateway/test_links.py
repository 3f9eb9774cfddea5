"""What an operation answers leads on to the operations that take its ids, for whoever may ask both."""

from typing import Any

import pytest

from gateway.links import with_links
from tests.unit.gateway.edge import Edge

ORDER, NUMBER = (
    {"type": "string", "pattern": "^ord_[0-9a-f]{32}$"},
    {"type": "string", "pattern": "^(ord_[0-9a-f]{32})$"},
)
MEMBER, OPS = {"security": [{"session": []}]}, {"security": [{"staff": []}], "x-role": "ops"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return Edge().client.get("/openapi.json").json


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[m] for item in document["paths"].values() for m in item if m != "parameters"]


def answering(name: str, properties: dict[str, Any], **said: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object", "properties": properties}}}
    return {"operationId": name, "responses": {"200": {"content": content}}, **said}


def links_of(operation: dict[str, Any]) -> set[str]:
    return set(operation["responses"]["200"].get("links", ()))


def linked(*items: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for path, operation in items:
        item = paths.setdefault(path, {"parameters": [{"name": "order_id", "schema": NUMBER}]} if "{" in path else {})
        item["get" if "get" not in item else "post"] = operation
    return with_links({"paths": paths, "components": {"schemas": {"Order": {"properties": {"order_id": ORDER}}}}})


def test_an_id_of_the_answer_or_of_the_first_of_its_list_is_taken_on() -> None:
    page = answering("list_orders", {"orders": {"items": {"$ref": "#/components/schemas/Order"}}}, **MEMBER)
    placed, shown = answering("place_order", {"order_id": ORDER}, **MEMBER), answering("get_order", {}, **MEMBER)
    links = linked(("/orders", page), ("/orders", placed), ("/orders/{order_id}", shown))["components"]["links"]
    assert links == {
        "get_order": {"operationId": "get_order", "parameters": {"order_id": "$response.body#/order_id"}},
        "get_order.orders": {
            "operationId": "get_order",
            "parameters": {"order_id": "$response.body#/orders/0/order_id"},
        },
    }
    assert (links_of(page), links_of(placed), links_of(shown)) == ({"get_order.orders"}, {"get_order"}, set())


def test_nobody_is_led_where_somebody_else_may_go() -> None:
    placed = answering("place_order", {"order_id": ORDER}, **MEMBER)
    linked(("/orders", placed), ("/ops/orders/{order_id}", answering("move_order", {}, **OPS)))
    assert links_of(placed) == set()


def test_of_two_collections_with_ids_of_one_name_the_own_one_is_followed() -> None:
    here, elsewhere = answering("get_here", {"order_id": ORDER}), answering("get_elsewhere", {})
    page = answering("list_here", {"order_id": ORDER})
    linked(("/a", page), ("/a/{order_id}", here), ("/b/{order_id}", elsewhere))
    assert (links_of(page), links_of(here)) == ({"get_here"}, set())


def test_a_placed_order_leads_to_what_can_be_done_with_it(document: dict[str, Any]) -> None:
    placed = document["paths"]["/v1/orders"]["post"]["responses"]["201"]["links"]
    assert {"get_order", "cancel_order", "start_payment", "open_case", "confirm_receipt", "get_purchase"} <= set(placed)
    assert document["components"]["links"]["cancel_order"] == {
        "operationId": "cancel_order",
        "parameters": {"order_id": "$response.body#/order_id"},
    }


def test_every_link_is_used_and_names_an_operation_and_its_one_parameter(document: dict[str, Any]) -> None:
    taken = {
        item[m]["operationId"]: item["parameters"]
        for item in document["paths"].values()
        for m in item
        if "parameters" in item and m != "parameters"
    }
    links = document["components"]["links"]
    for link in links.values():
        assert [parameter["name"] for parameter in taken[link["operationId"]]] == list(link["parameters"])
    used = {
        name for each in operations(document) for said in each["responses"].values() for name in said.get("links", ())
    }
    assert used == set(links) and len(used) > 100
