"""Routes of goods: what members see, and what operations decide about it."""

from services.catalog import contract as catalog
from tests.unit.gateway.edge import UUID, golden_request
from tests.unit.gateway.route import AUDIENCE, GOODS, PAGE, STAFF, Route, key

LIMITS = "/v1/ops/purchase-limits"
LISTINGS, LISTING = "/v1/ops/listings", f"lst_{UUID}"
OF_LISTING = f"{LISTINGS}/{LISTING}"
NEW_GOODS = golden_request(catalog.DRAFT_LISTING)["goods"]
WINDOWS = f"/v1/ops/goods/{GOODS}/sale-windows"
ANY_GOODS = {**PAGE, "category": None, "merchant_id": None, "zone": None, "words": None, "sort": "newest"}
TWO_A_DAY = {"subject": GOODS, "period": "day", "most": 2, "reason": "a launch"}

GOODS_ROUTES = [
    Route("GET", "/v1/categories", catalog.LIST_CATEGORIES, {}, open=True, actor="anonymous"),
    Route(
        "GET",
        "/v1/goods",
        catalog.LIST_GOODS,
        {**ANY_GOODS, "words": "耳机", "sort": "points_low"},
        path="/v1/goods?words=%E8%80%B3%E6%9C%BA&sort=points_low",
        open=True,
        actor="anonymous",
    ),
    Route(
        "GET",
        "/v1/me/goods",
        catalog.LIST_GOODS,
        {**ANY_GOODS, "zone": "bulk", **AUDIENCE},
        path="/v1/me/goods?zone=bulk",
    ),
    Route(
        "GET",
        "/v1/goods/{goods_id}",
        catalog.GET_GOODS,
        {"goods_id": GOODS},
        path=f"/v1/goods/{GOODS}",
        open=True,
        actor="anonymous",
    ),
    Route(
        "GET",
        "/v1/me/goods/{goods_id}",
        catalog.GET_GOODS,
        {"goods_id": GOODS, **AUDIENCE},
        path=f"/v1/me/goods/{GOODS}",
    ),
    Route(
        "GET",
        "/v1/goods/{goods_id}/picture",
        catalog.GET_PICTURE,
        {"goods_id": GOODS},
        path=f"/v1/goods/{GOODS}/picture",
        open=True,
        actor="anonymous",
    ),
    Route(
        "POST",
        LISTINGS,
        catalog.DRAFT_LISTING,
        {**key("POST", LISTINGS, "li.lei"), "goods": catalog.NewGoods().load(NEW_GOODS), "listing_id": None}
        | {"explanation": None},
        body={"goods": NEW_GOODS},
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        LISTINGS,
        catalog.LIST_LISTINGS,
        {"state": "submitted", "limit": 20, "before": None},
        path=f"{LISTINGS}?state=submitted",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{LISTINGS}/{{listing_id}}",
        catalog.GET_LISTING,
        {"listing_id": LISTING},
        path=OF_LISTING,
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/submission",
        catalog.SUBMIT_LISTING,
        {**key("POST", f"{OF_LISTING}/submission", "li.lei"), "listing_id": LISTING},
        path=f"{OF_LISTING}/submission",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/approval",
        catalog.APPROVE_LISTING,
        {**key("POST", f"{OF_LISTING}/approval", "li.lei"), "listing_id": LISTING, "accepts_values": False}
        | {"merits": ["novel", "quality"]},
        path=f"{OF_LISTING}/approval",
        body={"merits": ["novel", "quality"]},
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/rejection",
        catalog.REJECT_LISTING,
        {**key("POST", f"{OF_LISTING}/rejection", "li.lei"), "listing_id": LISTING, "reason": "no picture"},
        path=f"{OF_LISTING}/rejection",
        body={"reason": "no picture"},
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/goods/{goods_id}/sale-windows",
        catalog.SCHEDULE_SALE,
        {**key("POST", WINDOWS, "li.lei"), "goods_id": GOODS, "begins_at": None, "ends_at": None, "reason": "back"},
        path=WINDOWS,
        body={"reason": "back"},
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/goods/{goods_id}/sale-windows",
        catalog.LIST_SALE_WINDOWS,
        {"goods_id": GOODS},
        path=WINDOWS,
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/goods/{goods_id}/sale-end",
        catalog.END_SALE,
        {**key("POST", f"/v1/ops/goods/{GOODS}/sale-end", "li.lei"), "goods_id": GOODS, "ends_at": None, "reason": "x"},
        path=f"/v1/ops/goods/{GOODS}/sale-end",
        body={"reason": "x"},
        actor=STAFF,
    ),
    Route(
        "POST",
        LIMITS,
        catalog.SET_LIMIT,
        {**key("POST", LIMITS, "li.lei"), **TWO_A_DAY, "window_from": None, "window_until": None}
        | {"effective_from": None},
        body=TWO_A_DAY,
        status=201,
        actor=STAFF,
    ),
    Route("GET", LIMITS, catalog.LIST_LIMITS, {"subject": GOODS}, path=f"{LIMITS}?subject={GOODS}", actor=STAFF),
]
