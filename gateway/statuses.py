"""The HTTP status of every refusal. A new code without a line here fails the contract tests."""

STATUSES = {
    "request.invalid": 422,
    "request.key_reused": 422,
    "cursor.invalid": 422,
    # members
    "member.phone_not_accepted": 422,
    "member.unknown": 404,
    "member.state_change_not_allowed": 409,
    "session.unknown": 401,
    "sign_in.code_wrong": 401,
    "sign_in.code_expired": 401,
    "sign_in.too_many_tries": 401,
    "sign_in.too_many_codes": 429,
    "sign_in.code_not_sent": 503,
    # points
    "points.insufficient": 409,
    "points.account_unknown": 409,
    "points.account_frozen": 403,
    "points.hold_unknown": 404,
    "points.hold_not_open": 409,
    "points.hold_released_before": 409,
    "points.refund_too_large": 409,
    "bill_run.unknown": 404,
    "bill_run.busy": 409,
    "bill_run.not_staged": 409,
    "bill_run.content_differs": 409,
    # catalog
    "goods.unknown": 404,
    "goods.not_on_sale": 409,
    "goods.tier_too_low": 403,
    "goods.price_unknown": 409,
    "stock.insufficient": 409,
    "stock.reservation_unknown": 404,
    "stock.reservation_not_held": 409,
    "stock.released_before": 409,
    "catalog.import_inconsistent": 422,
    # orders
    "order.unknown": 404,
    "order.member_not_active": 403,
    "order.expected_total_changed": 409,
    "order.address_required": 422,
    "order.payment_provider_required": 422,
    "order.placing_lapsed": 409,
    "order.temporarily_unavailable": 503,
    "order.not_cancellable": 409,
    "order.not_payable": 409,
    "order.not_delivered": 409,
    "payment.provider_unknown": 404,
    "payment.notice_not_genuine": 401,
    "payment.unknown": 404,
    "payment.amount_differs": 409,
    # logistics
    "carrier.unknown": 404,
    "callback.signature_invalid": 401,
    "callback.too_old": 401,
    "callback.malformed": 422,
    "shipment.already_handed_over": 409,
    # notifications
    "message.not_accepted": 422,
    "message.unknown": 404,
    "template.invalid": 422,
}
CONFLICT = 409  # of a code that a newer service knows and this gateway does not

CODES_OF_HTTP = {
    400: "request.malformed",
    404: "route.unknown",
    405: "route.method_not_allowed",
    408: "request.too_slow",
    413: "request.too_large",
    414: "request.url_too_long",
    415: "request.media_type",
    422: "request.invalid",
    431: "request.headers_too_large",
    505: "request.http_version",
}


def status_of(code: str) -> int:
    return STATUSES.get(code, CONFLICT)
