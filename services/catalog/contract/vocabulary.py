"""Names, limits and refusal codes."""

SERVICE = "catalog"

KINDS = ("virtual", "physical")
TIERS = ("registered", "blue", "gold", "red")
LARGEST_QUANTITY = 99
LARGEST_BASKET = 50
LARGEST_PAGE = 100

# Rejection codes
GOODS_UNKNOWN = "goods.unknown"
GOODS_NOT_ON_SALE = "goods.not_on_sale"
TIER_TOO_LOW = "goods.tier_too_low"
PRICE_UNKNOWN = "goods.price_unknown"
STOCK_INSUFFICIENT = "stock.insufficient"
RESERVATION_UNKNOWN = "stock.reservation_unknown"
RESERVATION_NOT_HELD = "stock.reservation_not_held"
RELEASED_BEFORE = "stock.released_before"
IMPORT_INCONSISTENT = "catalog.import_inconsistent"
CURSOR_INVALID = "cursor.invalid"
