"""Routes of counters: of merchants and of halls, whose key says which one it is."""

from services.catalog import contract as catalog
from tests.unit.gateway.edge import COUNTER, LI_LEI, UUID
from tests.unit.gateway.route import STAFF, Route, key

VERIFICATIONS = "/v1/merchant/verifications"
TYPED = {"code": "K7QM-3XHT-9WPA-22VE"}
MISTAKE = {**TYPED, "reason": "the wrong ticket"}
AT_COUNTER = {"merchant_id": COUNTER["merchant_id"], "key_id": LI_LEI["key_id"]}


def keyed(path: str) -> dict[str, str]:
    """Names are told apart at one counter only, keys everywhere."""
    return key("POST", path, LI_LEI["key_id"])


HAND_OVERS, ORDER = "/v1/hall/hand-overs", f"ord_{UUID}"
SHOWN = {"code": "04291738"}
AT_HALL = {"place_id": COUNTER["place_id"], "key_id": LI_LEI["key_id"]}
BASKET = {"lines": [{"sku_id": f"sku_{UUID}", "quantity": 2}], "destination": {"province": "广东省", "city": "广州市"}}
COUNTER_ROUTES = [
    Route("POST", "/v1/halls/look-ups", catalog.FIND_HALLS, {**BASKET, "limit": 20}, body=BASKET),
    Route(
        "POST",
        HAND_OVERS,
        catalog.HAND_OVER_GOODS,
        {**keyed(HAND_OVERS), **AT_HALL, **SHOWN},
        body=SHOWN,
        status=201,
        actor=STAFF,
    ),
    Route("POST", f"{HAND_OVERS}/look-ups", catalog.FIND_WAITING, {**AT_HALL, **SHOWN}, body=SHOWN, actor=STAFF),
    Route(
        "GET",
        "/v1/hall/waiting",
        catalog.LIST_WAITING,
        {"place_id": COUNTER["place_id"], "after": ORDER, "limit": 5},
        path=f"/v1/hall/waiting?after={ORDER}&limit=5",
        actor=STAFF,
    ),
    Route(
        "POST",
        VERIFICATIONS,
        catalog.VERIFY_CODE,
        {**keyed(VERIFICATIONS), **AT_COUNTER, **TYPED},
        body=TYPED,
        status=201,
        actor=STAFF,
    ),
    Route("POST", f"{VERIFICATIONS}/look-ups", catalog.FIND_CODE, {**AT_COUNTER, **TYPED}, body=TYPED, actor=STAFF),
    Route(
        "POST",
        f"{VERIFICATIONS}/cancellation",
        catalog.UNDO_VERIFICATION,
        {**keyed(f"{VERIFICATIONS}/cancellation"), **AT_COUNTER, **MISTAKE},
        body=MISTAKE,
        actor=STAFF,
    ),
    Route(
        "GET",
        VERIFICATIONS,
        catalog.LIST_VERIFICATIONS,
        {"merchant_id": COUNTER["merchant_id"], "before": 7, "limit": 5},
        path=f"{VERIFICATIONS}?before=7&limit=5",
        actor=STAFF,
    ),
]
