"""The words of orders: states, limits and rejection codes."""

SERVICE = "orders"

STATUSES = ("awaiting_payment", "confirmed", "closing", "closed", "cancelling", "cancelled", "completed")
PAYMENT_STATUSES = ("none", "partial", "paid", "partially_refunded", "refunded")
FULFILMENT_STATUSES = ("none", "partial", "shipped", "delivered", "returned")
CHANNELS = ("web", "wap", "sms", "app")
PROVIDERS = ("alipay", "bank", "mobile")
ON_DELIVERY = "on_delivery"  # a variant of orders too: the carrier collects the cash at the door
PAYMENT_WAYS = (*PROVIDERS, ON_DELIVERY)
TIERS = ("registered", "blue", "gold", "red")
TENDERS = ("points", "coins", "cash")
# Lanes of a price, in the order in which they apply to a piece.
LIST_PRICE, MEMBER_PRICE, BULK_PRICE = "list_price", "member_price", "bulk_price"
LANES = (LIST_PRICE, MEMBER_PRICE, BULK_PRICE)
PARCEL_LOST = "parcel_lost"  # why an order is called off whose goods were lost or damaged before their cash came
REFUSED_AT_DOOR = "refused_at_door"  # why an order is called off whose cash was not paid at the door
# How a part of a line reaches the member: carried, as one code a unit, or switched on by a partner's system.
PARCEL, CODE, PROVISION = "parcel", "code", "provision"
DELIVERIES = (PARCEL, CODE, PROVISION)
# Cases after the sale: money back alone, goods and money back, goods against the same goods, a confirmed order that is
# called off, single pieces of one that goes on without them.
REFUND, RETURN, EXCHANGE, CANCEL, CANCEL_PART = "refund", "return", "exchange", "cancel", "cancel_part"
CASES_OFFERED = (REFUND, RETURN, EXCHANGE)
CASE_KINDS = (*CASES_OFFERED, CANCEL, CANCEL_PART)
CASE_STATUSES = (
    "requested",
    "awaiting_return",
    "sent_back",
    "voiding",
    "cancelling",
    "withholding",
    "replacing",
    "refunding",
    "rejected",
    "disputed",
    "withdrawn",
    "closed",
)
DISPUTE_WON, DISPUTE_LOST = "dispute_won", "dispute_lost"  # by the member
NOT_PROVIDED = "not_provided"  # a partner will not switch on what was sold
DECISIONS = ("approved", "rejected", "goods_accepted", "goods_rejected", DISPUTE_WON, DISPUTE_LOST, NOT_PROVIDED)
# A provider's daily bill, and what may differ between it and our books.
BILL_STATES = ("awaited", "absent", "read")
DIFFERENCES = ("unknown", "missing_here", "missing_there", "amount_differs", "reference_differs", "duplicate")
DIFFERENCE_STATES = ("open", "explained", "corrected")
# What carriers have collected at doors, and what may differ in what they pay over of it.
REMITTANCE_DIFFERENCES = ("unknown", "not_collected", "missing", "amount_differs")
REMITTANCE_STATES = ("open", "write_off_asked", "settled", "explained", "written_off")
LARGEST_REMITTANCE = 5_000  # parcels
# Variants of flows that orders follow beside the plain one.
PRESALE = "presale"
PICK_UP = "pick_up"
BULK = "bulk"  # many pieces at once: somebody has to approve of it before it is paid
# What an order that is not confirmed waits for.
APPROVAL, PAYMENT = "approval", "payment"
AWAITED = (APPROVAL, PAYMENT)
NOT_APPROVED_REASON = "not_approved"  # why a bulk order is closed that was refused
CALLED_OFF_BY_MALL = "called_off_by_mall"  # by hand: what staff said to it stays in the order's record
# What merchants have for their sales.
ENTRY_KINDS = ("sale", "refund", "credit", "debit")
PROVISIONING_STATES = ("requested", "unknown", "succeeded", "failed", "reversed")
LARGEST_QUANTITY = 99
LARGEST_BULK = 1_000  # pieces of an order of the bulk zone
LARGEST_BASKET = 50
LARGEST_CART = 200  # lines
LARGEST_PAGE = 100
LARGEST_SEGMENTS = 100

# Rejection codes; those of catalog and points come through unchanged.
MEMBER_NOT_ACTIVE = "order.member_not_active"
TOTAL_CHANGED = "order.expected_total_changed"
ADDRESS_REQUIRED = "order.address_required"
PROVIDER_REQUIRED = "order.payment_provider_required"
COMBINATION_NOT_OFFERED = "order.combination_not_offered"
TEMPORARILY_UNAVAILABLE = "order.temporarily_unavailable"
ON_DELIVERY_NOT_OFFERED = "order.cash_on_delivery_not_offered"
PLACING_LAPSED = "order.placing_lapsed"  # an earlier try under this request id was given up: take a new one
PURCHASE_REQUIRED = "order.purchase_required"  # the basket makes several orders
PURCHASE_UNKNOWN = "purchase.unknown"
ORDER_UNKNOWN = "order.unknown"
NOT_CANCELLABLE = "order.not_cancellable"
NOT_PAYABLE = "order.not_payable"
NOT_APPROVED = "order.not_approved"
APPROVAL_NOT_AWAITED = "order.approval_not_awaited"
OWN_APPROVAL = "order.own_approval"
NOT_DELIVERED = "order.not_delivered"
PROVIDER_UNKNOWN = "payment.provider_unknown"
NOTICE_NOT_GENUINE = "payment.notice_not_genuine"
PAYMENT_UNKNOWN = "payment.unknown"
AMOUNT_DIFFERS = "payment.amount_differs"
PROVIDER_SILENT = "payment.provider_silent"
PAYOUT_UNKNOWN = "payout.unknown"
STEP_NOT_OPEN = "order.step_not_open"
FLOW_INVALID = "order.flow_invalid"
SALE_TERMS_INVALID = "order.terms_invalid"
CASE_UNKNOWN = "case.unknown"
CASE_NOT_THERE = "case.not_there"  # the case is not where this could be done with it
CASE_NOT_OFFERED = "case.not_offered"
CASE_WINDOW_OVER = "case.window_over"
CASE_REASON_UNKNOWN = "case.reason_unknown"
CASE_UNITS_WRONG = "case.units_wrong"
CASE_UNITS_TAKEN = "case.units_taken"
CASE_CODES_HANDED_OVER = "case.codes_handed_over"
CASE_PLACE_WRONG = "case.place_wrong"  # goods came back to a place that there is not, or that is closed
CASE_TERMS_WRONG = "case.terms_wrong"
CASE_OPEN = "order.case_open"
CART_FULL = "cart.full"
CART_LINE_UNKNOWN = "cart.line_unknown"
CART_TERMS_INVALID = "cart.terms_invalid"
ACCOUNT_WRONG = "order.provision_account_wrong"
PROVISIONER_UNKNOWN = "provisioner.unknown"
PROVISIONER_PAUSED = "provisioner.paused"
PROVISIONER_INVALID = "provisioner.invalid"
PROVISIONING_UNKNOWN = "provisioning.unknown"
CALLBACK_NOT_GENUINE = "provisioning.callback_not_genuine"
PROVISIONING_CALLBACK_MALFORMED = "provisioning.callback_malformed"
CURSOR_INVALID = "cursor.invalid"
REMITTANCE_TOTAL_WRONG = "remittance.total_wrong"
REMITTANCE_NUMBER_TAKEN = "remittance.number_taken"
REMITTANCE_DIFFERENCE_UNKNOWN = "remittance.difference_unknown"
REMITTANCE_DIFFERENCE_NOT_THERE = "remittance.difference_not_there"  # it is not where this could be done with it
REMITTANCE_MONEY_MISSING = "remittance.money_missing"  # nobody explains away what is missing: it is written off
REMITTANCE_NOTHING_MISSING = "remittance.nothing_missing"
REMITTANCE_OWN_WISH = "remittance.own_wish"
DIFFERENCE_UNKNOWN = "payment.difference_unknown"
DIFFERENCE_CLOSED_BEFORE = "payment.difference_closed_before"
