"""Names, limits and refusal codes."""

from services.chassis.ids import derived_id

SERVICE = "catalog"

KINDS = ("virtual", "physical")
# How an element reaches the member: carried in a parcel, as one code a unit, or switched on by a partner's system.
PARCEL, CODE, PROVISION = "parcel", "code", "provision"
DELIVERIES = (PARCEL, CODE, PROVISION)
# Whose numbers the codes of an element are: made here as units arrive, or imported as the partner made them.
OWN_CODES, PARTNER_CODES = "own", "partner"
CODES_OF = (OWN_CODES, PARTNER_CODES)
TIERS = ("registered", "blue", "gold", "red")
# Where stock lies: what is delivered is sent from warehouses, what is picked up lies in business halls.
WAREHOUSE, HALL = "warehouse", "hall"
PLACES = (WAREHOUSE, HALL)
PLACE_STATES = ("open", "closed")
# Units on their way: from a supplier, between two places, over the counter of a hall.
INBOUND, TRANSFER, HAND_OVER = "inbound", "transfer", "hand_over"
CONSIGNMENTS = (INBOUND, TRANSFER, HAND_OVER)
ALLOCATION_STRATEGIES = ("fewest_parcels", "least_cost")
LARGEST_QUANTITY = 99
LARGEST_BULK = 1_000  # pieces in the bulk zone
BULK = "bulk"
ZONES = (BULK,)  # parts of the mall in which goods are sold in a way of their own
LARGEST_BASKET = 50
LARGEST_CART = 200  # lines
LARGEST_PAGE = 100
LARGEST_COMPOSITION = 20  # elements of a SKU
LARGEST_PART = 99  # units of one element in a piece
LARGEST_CODE_FILE = 20_000  # codes of one import
LARGEST_CODES_A_PIECE = 10  # over all its elements: the codes of an order must fit into one message

# Why a price is not the one that a member pays.
TIER_NOT_REACHED, NOT_IN_SEGMENT, BETTERED = "tier_not_reached", "not_in_segment", "bettered"
WHY_NOT = (TIER_NOT_REACHED, NOT_IN_SEGMENT, BETTERED)
LARGEST_SEGMENTS = 100  # that a member is in

# Periods of limits; a campaign has a window of its own.
DAY, MONTH, CAMPAIGN, EVER = "day", "month", "campaign", "ever"
LIMIT_PERIODS = (DAY, MONTH, CAMPAIGN, EVER)

# Of a code that was issued; expired is one that nobody used until its last day.
CODE_STATES = ("issued", "verified", "voided", "expired")
PRESALE_STATES = ("open", "cancelled")
LARGEST_QUOTA = 1_000_000  # pieces of a pre-sale or a flash sale
# ``ended`` is a flash sale whose time is over and whose rest has gone back to the stock.
FLASH_SALE_STATES = ("open", "ended", "cancelled")
TICKET_STATES = ("live", "spent", "returned", "expired")

LISTING_STATES = ("draft", "submitted", "listed", "rejected")
MERITS = ("novel", "good_value", "practical", "quality")  # 新奇 实惠 实用 质量

# Rejection codes
GOODS_UNKNOWN = "goods.unknown"
GOODS_NOT_ON_SALE = "goods.not_on_sale"
TIER_TOO_LOW = "goods.tier_too_low"
SEGMENT_NEEDED = "goods.segment_needed"
SCHEDULE_OVERLAPS = "goods.schedule_overlaps"
SCHEDULE_BACKDATED = "goods.schedule_backdated"
PRICE_NOT_FOR_MEMBER = "goods.price_not_for_member"
PRICE_UNKNOWN = "goods.price_unknown"
STOCK_INSUFFICIENT = "stock.insufficient"
RESERVATION_UNKNOWN = "stock.reservation_unknown"
PIECES_NOT_THERE = "stock.pieces_not_there"  # the order has not so many of them
RESERVATION_NOT_HELD = "stock.reservation_not_held"
RELEASED_BEFORE = "stock.released_before"
ELEMENT_NEEDED = "stock.element_needed"
PLACE_UNKNOWN = "place.unknown"
PLACE_CLOSED = "place.closed"
CONSIGNMENT_UNKNOWN = "consignment.unknown"
CONSIGNMENT_NOT_OPEN = "consignment.not_open"
CONSIGNMENT_LINES_WRONG = "consignment.lines_wrong"
STOCK_NOT_FREE = "stock.not_free"
CODES_OF_PARTNER = "codes.of_partner"
CODES_NOT_OF_PARTNER = "codes.not_of_partner"
CODES_WRONG = "codes.wrong"
COUNT_UNKNOWN = "count.unknown"
COUNT_NOT_OPEN = "count.not_open"
COUNT_LINES_WRONG = "count.lines_wrong"
COUNT_INCOMPLETE = "count.incomplete"
COUNT_OF_ONESELF = "count.of_oneself"
STOCK_NOT_CARRIED = "stock.not_carried"
REPLENISHMENT_UNKNOWN = "replenishment.unknown"
REPLENISHMENT_DECIDED_BEFORE = "replenishment.decided_before"
REPLENISHMENT_NOT_NEEDED = "replenishment.not_needed"
REPLENISHMENT_RULE_INVALID = "replenishment.rule_invalid"
WRITE_OFF_UNKNOWN = "write_off.unknown"
WRITE_OFF_DECIDED_BEFORE = "write_off.decided_before"
WRITE_OFF_OF_ONESELF = "write_off.of_oneself"
POLICY_BACKDATED = "policy.backdated"
POLICY_DECIDED_BEFORE = "policy.decided_before"
PLACES_INCONSISTENT = "places.inconsistent"
IMPORT_INCONSISTENT = "catalog.import_inconsistent"
VALUE_OUTSIDE_BAND = "catalog.value_outside_band"
LISTING_UNKNOWN = "listing.unknown"
LISTING_DECIDED_BEFORE = "listing.decided_before"
LISTING_OF_ONESELF = "listing.of_oneself"
LISTING_NOT_GOOD_ENOUGH = "listing.not_good_enough"
CODE_UNKNOWN = "code.unknown"
CODE_NOT_FOR_COUNTER = "code.not_for_counter"
CODE_USED = "code.used_before"
CODE_VOIDED = "code.voided"
CODE_EXPIRED = "code.expired"
CODE_NOT_VERIFIED = "code.not_verified"
UNDO_TOO_LATE = "code.undo_too_late"
COLLECTED_BEFORE = "pick_up.collected_before"
PICK_UP_CALLED_OFF = "pick_up.called_off"
COUNTER_LOCKED = "counter.locked"
TERMS_INVALID = "counter.terms_invalid"
PRESALE_UNKNOWN = "presale.unknown"
PRESALE_NOT_CARRIED = "presale.not_carried"
PRESALE_OVERLAPS = "presale.overlaps"
PRESALE_BACKDATED = "presale.backdated"
PRESALE_OVER = "presale.over"
PRESALE_NOT_OPEN = "presale.not_open"
QUOTA_TAKEN = "presale.quota_taken"
QUOTA_REACHED = "presale.quota_reached"
FLASH_UNKNOWN = "flash.unknown"
FLASH_OVERLAPS = "flash.overlaps"
FLASH_BACKDATED = "flash.backdated"
FLASH_OVER = "flash.over"
FLASH_QUOTA_TAKEN = "flash.quota_taken"
FLASH_NOT_OPEN = "flash.not_open"
FLASH_SOLD_OUT = "flash.sold_out"
FLASH_MEMBER_CAP = "flash.member_cap"
FLASH_BUSY = "flash.busy"
TICKET_UNKNOWN = "flash.ticket_unknown"
TICKET_EXPIRED = "flash.ticket_expired"
TICKET_USED = "flash.ticket_used"
QUANTITY_TOO_LARGE = "goods.quantity_too_large"
BULK_NOT_CARRIED = "bulk.not_carried"
BULK_BACKDATED = "bulk.backdated"
BULK_DECIDED_BEFORE = "bulk.decided_before"
BULK_STEPS_WRONG = "bulk.steps_wrong"
LIMIT_REACHED = "limit.reached"
LIMIT_MEMBER_NEEDED = "limit.member_needed"
LIMIT_BACKDATED = "limit.backdated"
CURSOR_INVALID = "cursor.invalid"


def own_element(sku_id: str) -> str:
    """The element of a SKU that was brought in without naming any: it consists of itself."""
    return derived_id("elm", sku_id)
