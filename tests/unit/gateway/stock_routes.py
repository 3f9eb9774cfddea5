"""Routes of operations on stock."""

from typing import Any

from services.catalog import contract as catalog
from services.chassis.contract import Call
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import STAFF, Route, key

PLACES = "/v1/ops/places"
PLACE = f"whs_{UUID}"
HALL = {
    "place_id": PLACE,
    "kind": "hall",
    "name_zh": "天河营业厅",
    "name_en": "Tianhe hall",
    "province": "广东省",
    "city": "广州市",
    "latitude_e6": 23_129_000,
    "longitude_e6": 113_264_000,
    "priority": 100,
    "state": "open",
}
PLACES_TOLD = {"reason": "the new hall opens", "places": [HALL], "localities": []}
CLOSED = {"state": "closed", "reason": "stock-taking"}

POLICIES = "/v1/ops/allocation-policies"
POLICY = {
    "strategy": "least_cost",
    "parcel_weight": 900,
    "distance_weight": 1,
    "priority_weight": 10,
    "stock_weight": 1,
    "unknown_km": 2000,
    "supplies_halls": False,
    "effective_from": "2027-01-01T00:00:00.000Z",
    "reason": "parcels are dear",
}

CONSIGNMENTS = "/v1/ops/consignments"
CONSIGNMENT = f"csg_{UUID}"
OF_CONSIGNMENT = f"{CONSIGNMENTS}/{{consignment_id}}"
LINES = [{"element_id": f"elm_{UUID}", "quantity": 40}]
WISH = {
    "kind": "transfer",
    "from_place": PLACE,
    "to_place": f"whs_{UUID[::-1]}",
    "lines": LINES,
    "reason": "before the holidays",
}
RECEIPT = {"lines": LINES, "is_last": True, "reason": "one carton was damaged"}

COUNTS = "/v1/ops/stock-counts"
COUNT = f"cnt_{UUID}"
NEW_COUNT = {"place_id": PLACE, "element_ids": [f"elm_{UUID}"], "reason": "end of month"}
BULK_OFFERS = "/v1/ops/bulk-offers"
IN_BULK = {"sku_id": f"sku_{UUID}", "is_offered": True, "least": 50, "most": 500, "steps": [], "reason": "companies"}
PRESALES, PRESALE = "/v1/ops/presales", f"psl_{UUID}"
NEW_PRESALE = {
    "sku_id": f"sku_{UUID}",
    "begins_at": None,
    "ends_at": "2026-12-12T16:00:00.000Z",
    "ships_from": "2026-12-20",
    "quota": 500,
    "reason": "the maker delivers in December",
}
MORE = {"ends_at": None, "ships_from": "2026-12-24", "quota": 800, "reason": "the maker sends more"}
FIGURES = {"lines": [{"element_id": f"elm_{UUID}", "counted": 38}]}

COUNT_POLICIES = "/v1/ops/count-policies"
COUNT_POLICY = {"most_units": 8, "effective_from": "2027-01-01T00:00:00.000Z", "reason": "small parts"}

WRITE_OFFS = "/v1/ops/write-offs"
WRITE_OFF = f"wof_{UUID}"
NEW_WRITE_OFF = {
    "element_id": f"elm_{UUID}",
    "place_id": PLACE,
    "quantity": 12,
    "cause": "damaged",
    "reason": "water in the cellar",
}

RULES, PROPOSALS = "/v1/ops/replenishment-rules", "/v1/ops/replenishments"
PROPOSAL = f"rpl_{UUID}"
RULE = {
    "element_id": f"elm_{UUID}",
    "place_id": PLACE,
    "from_place": f"whs_{UUID[::-1]}",
    "least": 20,
    "target": 100,
    "pack": 12,
    "quiet_hours": 48,
    "effective_from": "2027-01-01T00:00:00.000Z",
    "reason": "sells well",
}


def keyed(path: str) -> dict[str, str]:
    return key("POST", path, "li.lei")


def moved(what: str, contract: Call, body: dict[str, Any] | None = None, status: int = 200) -> Route:
    path = f"{CONSIGNMENTS}/{CONSIGNMENT}/{what}"
    expected = {**keyed(path), "consignment_id": CONSIGNMENT, **(body or {})}
    return Route("POST", f"{OF_CONSIGNMENT}/{what}", contract, expected, path, body, status, actor=STAFF)


def settled(what: str, contract: Call, body: dict[str, Any] | None = None) -> Route:
    path = f"{COUNTS}/{COUNT}/{what}"
    expected = {**keyed(path), "count_id": COUNT, **(body or {})}
    return Route("POST", f"{COUNTS}/{{count_id}}/{what}", contract, expected, path, body, actor=STAFF)


def decided(what: str, contract: Call, body: dict[str, Any] | None = None) -> Route:
    path = f"{WRITE_OFFS}/{WRITE_OFF}/{what}"
    expected = {**keyed(path), "write_off_id": WRITE_OFF, **(body or {})}
    return Route("POST", f"{WRITE_OFFS}/{{write_off_id}}/{what}", contract, expected, path, body, actor=STAFF)


def of_presale(what: str, contract: Call, body: dict[str, Any], status: int) -> Route:
    path = f"{PRESALES}/{PRESALE}/{what}"
    expected = {**keyed(path), "presale_id": PRESALE, **body}
    return Route("POST", f"{PRESALES}/{{presale_id}}/{what}", contract, expected, path, body, status, actor=STAFF)


def answered(what: str, contract: Call, body: dict[str, Any] | None = None) -> Route:
    path = f"{PROPOSALS}/{PROPOSAL}/{what}"
    expected = {**keyed(path), "replenishment_id": PROPOSAL, **(body or {})}
    return Route("POST", f"{PROPOSALS}/{{replenishment_id}}/{what}", contract, expected, path, body, actor=STAFF)


STOCK_ROUTES = [
    Route("POST", PLACES, catalog.IMPORT_PLACES, {**keyed(PLACES), **PLACES_TOLD}, body=PLACES_TOLD, actor=STAFF),
    Route("GET", PLACES, catalog.LIST_PLACES, {"kind": "hall"}, path=f"{PLACES}?kind=hall", actor=STAFF),
    Route(
        "POST",
        f"{PLACES}/{{place_id}}/state",
        catalog.SET_PLACE_STATE,
        {**keyed(f"{PLACES}/{PLACE}/state"), "place_id": PLACE, **CLOSED},
        path=f"{PLACES}/{PLACE}/state",
        body=CLOSED,
        actor=STAFF,
    ),
    Route(
        "POST",
        POLICIES,
        catalog.SET_ALLOCATION_POLICY,
        {**keyed(POLICIES), **POLICY},
        body=POLICY,
        status=201,
        actor=STAFF,
    ),
    Route("GET", POLICIES, catalog.LIST_ALLOCATION_POLICIES, {}, actor=STAFF),
    Route(
        "POST",
        CONSIGNMENTS,
        catalog.OPEN_CONSIGNMENT,
        {**keyed(CONSIGNMENTS), **WISH},
        body=WISH,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        CONSIGNMENTS,
        catalog.LIST_CONSIGNMENTS,
        {"status": "in_transit", "place_id": PLACE, "limit": 5},
        path=f"{CONSIGNMENTS}?status=in_transit&place_id={PLACE}&limit=5",
        actor=STAFF,
    ),
    moved("dispatch", catalog.DISPATCH_CONSIGNMENT),
    moved("receipts", catalog.RECEIVE_CONSIGNMENT, RECEIPT, 201),
    moved("cancellation", catalog.CANCEL_CONSIGNMENT, {"reason": "the road is closed"}),
    Route("POST", COUNTS, catalog.OPEN_COUNT, {**keyed(COUNTS), **NEW_COUNT}, body=NEW_COUNT, status=201, actor=STAFF),
    Route(
        "GET",
        COUNTS,
        catalog.LIST_COUNTS,
        {"status": "submitted", "limit": 20},
        f"{COUNTS}?status=submitted",
        actor=STAFF,
    ),
    settled("figures", catalog.RECORD_COUNT, FIGURES),
    settled("submission", catalog.SUBMIT_COUNT),
    settled("approval", catalog.APPROVE_COUNT),
    settled("cancellation", catalog.CANCEL_COUNT, {"reason": "to be counted again"}),
    Route(
        "POST",
        COUNT_POLICIES,
        catalog.SET_COUNT_POLICY,
        {**keyed(COUNT_POLICIES), **COUNT_POLICY},
        body=COUNT_POLICY,
        status=201,
        actor=STAFF,
    ),
    Route("GET", COUNT_POLICIES, catalog.LIST_COUNT_POLICIES, {}, actor=STAFF),
    Route(
        "POST",
        WRITE_OFFS,
        catalog.WRITE_OFF_STOCK,
        {**keyed(WRITE_OFFS), **NEW_WRITE_OFF},
        body=NEW_WRITE_OFF,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        WRITE_OFFS,
        catalog.LIST_WRITE_OFFS,
        {"status": "requested", "place_id": PLACE, "limit": 20},
        f"{WRITE_OFFS}?status=requested&place_id={PLACE}",
        actor=STAFF,
    ),
    Route(
        "POST",
        RULES,
        catalog.SET_REPLENISHMENT_RULE,
        {**keyed(RULES), **RULE},
        body=RULE,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        RULES,
        catalog.LIST_REPLENISHMENT_RULES,
        {"place_id": PLACE},
        f"{RULES}?place_id={PLACE}",
        actor=STAFF,
    ),
    Route(
        "GET",
        PROPOSALS,
        catalog.LIST_REPLENISHMENTS,
        {"status": "open", "place_id": PLACE, "limit": 20},
        f"{PROPOSALS}?status=open&place_id={PLACE}",
        actor=STAFF,
    ),
    answered("acceptance", catalog.ACCEPT_REPLENISHMENT),
    answered("dismissal", catalog.DISMISS_REPLENISHMENT, {"reason": "out of the range"}),
    decided("approval", catalog.APPROVE_WRITE_OFF),
    decided("rejection", catalog.REJECT_WRITE_OFF, {"reason": "it was dry all the time"}),
    Route(
        "POST",
        PRESALES,
        catalog.OPEN_PRESALE,
        {**keyed(PRESALES), **NEW_PRESALE},
        body=NEW_PRESALE,
        status=201,
        actor=STAFF,
    ),
    Route(
        "POST",
        BULK_OFFERS,
        catalog.SET_BULK_OFFER,
        {**keyed(BULK_OFFERS), **IN_BULK, "segment": None, "effective_from": None},
        body=IN_BULK,
        status=201,
        actor=STAFF,
    ),
    Route("GET", BULK_OFFERS, catalog.LIST_BULK_OFFERS, {"sku_id": None}, actor=STAFF),
    Route("GET", PRESALES, catalog.LIST_PRESALES, {"sku_id": None, "limit": 5}, f"{PRESALES}?limit=5", actor=STAFF),
    of_presale("changes", catalog.CHANGE_PRESALE, MORE, 201),
    of_presale("cancellation", catalog.CANCEL_PRESALE, {"reason": "the maker does not deliver"}, 200),
]
