"""Routes of counters: of merchants, whose key says which merchant it is."""

from services.catalog import contract as catalog
from tests.unit.gateway.edge import COUNTER, LI_LEI
from tests.unit.gateway.route import STAFF, Route, key

VERIFICATIONS = "/v1/merchant/verifications"
TYPED = {"code": "K7QM-3XHT-9WPA-22VE"}
MISTAKE = {**TYPED, "reason": "the wrong ticket"}
AT_COUNTER = {"merchant_id": COUNTER["merchant_id"], "key_id": LI_LEI["key_id"]}


def keyed(path: str) -> dict[str, str]:
    """Names are told apart at one counter only, keys everywhere."""
    return key("POST", path, LI_LEI["key_id"])


COUNTER_ROUTES = [
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
