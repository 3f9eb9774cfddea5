"""The words of orders: states, limits and rejection codes."""

SERVICE = "orders"

STATUSES = ("awaiting_payment", "confirmed", "closing", "closed", "cancelling", "cancelled", "completed")
PAYMENT_STATUSES = ("none", "partial", "paid", "partially_refunded", "refunded")
FULFILMENT_STATUSES = ("none", "partial", "shipped", "delivered", "returned")
CHANNELS = ("web", "wap", "sms", "app")
PROVIDERS = ("alipay", "bank", "mobile")
TIERS = ("registered", "blue", "gold", "red")
TENDERS = ("points", "coins", "cash")
# Lanes of a price, in the order in which they apply to a piece.
LIST_PRICE, MEMBER_PRICE = "list_price", "member_price"
LANES = (LIST_PRICE, MEMBER_PRICE)
REFUSED_AT_DOOR = "refused_at_door"  # why an order is called off whose cash was not paid at the door
# How a part of a line reaches the member: carried, as one code a unit, or switched on by a partner's system.
PARCEL, CODE, PROVISION = "parcel", "code", "provision"
DELIVERIES = (PARCEL, CODE, PROVISION)
LARGEST_QUANTITY = 99
LARGEST_BASKET = 50
LARGEST_PAGE = 100
LARGEST_SEGMENTS = 100

# Rejection codes; those of catalog and points come through unchanged.
MEMBER_NOT_ACTIVE = "order.member_not_active"
TOTAL_CHANGED = "order.expected_total_changed"
ADDRESS_REQUIRED = "order.address_required"
PROVIDER_REQUIRED = "order.payment_provider_required"
TEMPORARILY_UNAVAILABLE = "order.temporarily_unavailable"
PLACING_LAPSED = "order.placing_lapsed"  # an earlier try under this request id was given up: take a new one
ORDER_UNKNOWN = "order.unknown"
NOT_CANCELLABLE = "order.not_cancellable"
NOT_PAYABLE = "order.not_payable"
NOT_DELIVERED = "order.not_delivered"
PROVIDER_UNKNOWN = "payment.provider_unknown"
NOTICE_NOT_GENUINE = "payment.notice_not_genuine"
PAYMENT_UNKNOWN = "payment.unknown"
AMOUNT_DIFFERS = "payment.amount_differs"
PROVIDER_SILENT = "payment.provider_silent"
STEP_NOT_OPEN = "order.step_not_open"
FLOW_INVALID = "order.flow_invalid"
CURSOR_INVALID = "cursor.invalid"
