"""The tables of catalog, as statements name them; the migrations define them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text) for name in names]


merchant = sa.Table("merchant", metadata, *_texts("merchant_id", "name_zh", "name_en"))
category = sa.Table("category", metadata, *_texts("path", "name_zh", "name_en"))
goods = sa.Table(
    "goods",
    metadata,
    *_texts("goods_id", "merchant_id", "category", "kind", "name_zh", "name_en", "description_zh", "description_en"),
    *_texts("least_tier", "segment", "search_text"),
    sa.Column("updated_at", _moment),
)
sale_window = sa.Table(
    "sale_window",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("goods_id", "opened_by", "opened_because", "ended_by", "ended_because"),
    *(sa.Column(name, _moment) for name in ("begins_at", "ends_at")),
)
sku = sa.Table(
    "sku",
    metadata,
    *_texts("sku_id", "goods_id", "variant_zh", "variant_en"),
    sa.Column("position", sa.Integer),
    sa.Column("retired_at", _moment),
)
form = sa.Table(
    "form",
    metadata,
    *_texts("form", "delivery", "name_zh", "name_en"),
    sa.Column("is_for_counter", sa.Boolean),
)
element = sa.Table(
    "element",
    metadata,
    *_texts("element_id", "delivery", "form", "name_zh", "name_en", "least_tier", "codes_of"),
    *_texts("provisioner", "product"),
    sa.Column("market_value_fen", sa.BigInteger),
    sa.Column("codes_valid_days", sa.Integer),
)
sku_element = sa.Table(
    "sku_element",
    metadata,
    *_texts("sku_id", "element_id"),
    sa.Column("quantity", sa.Integer),
    sa.Column("position", sa.Integer),
)
price = sa.Table(
    "price",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("price_id", "sku_id", "least_tier", "segment", "actor"),
    *(sa.Column(name, sa.BigInteger) for name in ("points", "cash_fen", "coins")),
    sa.Column("effective_from", _moment),
    sa.Column("effective_until", _moment),
)
picture = sa.Table("picture", metadata, *_texts("goods_id", "svg", "etag"))
place = sa.Table(
    "place",
    metadata,
    *_texts("place_id", "kind", "state", "name_zh", "name_en", "province", "city"),
    *(sa.Column(name, sa.Integer) for name in ("latitude_e6", "longitude_e6", "priority", "version")),
)
place_change = sa.Table(
    "place_change",
    metadata,
    *_texts("place_id", "reason", "actor"),
    sa.Column("version", sa.Integer),
    sa.Column("told", JSONB),
    sa.Column("changed_at", _moment),
)
allocation_policy = sa.Table(
    "allocation_policy",
    metadata,
    *_texts("strategy", "reason", "actor"),
    *(sa.Column(f"{name}_weight", sa.Integer) for name in ("parcel", "distance", "priority", "stock")),
    sa.Column("unknown_km", sa.Integer),
    sa.Column("supplies_halls", sa.Boolean),
    sa.Column("effective_from", _moment),
    sa.Column("decided_at", _moment),
)
locality = sa.Table(
    "locality",
    metadata,
    *_texts("province", "city"),
    *(sa.Column(name, sa.Integer) for name in ("latitude_e6", "longitude_e6")),
)
stock_level = sa.Table(
    "stock_level",
    metadata,
    *_texts("element_id", "place_id"),
    sa.Column("on_hand", sa.BigInteger),
    sa.Column("reserved", sa.BigInteger),
)
movement = sa.Table(
    "movement",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("kind", "element_id", "place_id", "order_id", "document_id", "key", "reason", "actor"),
    sa.Column("quantity", sa.BigInteger),
    sa.Column("moved_at", _moment),
)
reservation = sa.Table(
    "reservation",
    metadata,
    *_texts("order_id", "status", "reason", "province", "city", "hall", "member_id"),
    sa.Column("expires_at", _moment),
    sa.Column("version", sa.Integer),
    sa.Column("is_presale", sa.Boolean),
    sa.Column("waits", sa.Boolean),
    sa.Column("codes_handed_over_at", _moment),
    sa.Column("opened_at", _moment),
    sa.Column("changed_at", _moment),
)
reservation_line = sa.Table(
    "reservation_line",
    metadata,
    *_texts("order_id", "element_id", "place_id"),
    sa.Column("quantity", sa.BigInteger),
)
reservation_part = sa.Table(
    "reservation_part",
    metadata,
    *_texts("order_id", "sku_id", "element_id"),
    sa.Column("pieces", sa.BigInteger),
    sa.Column("quantity", sa.BigInteger),
)
reservation_withheld = sa.Table(
    "reservation_withheld",
    metadata,
    *_texts("request_id", "order_id", "sku_id"),
    sa.Column("pieces", sa.BigInteger),
    sa.Column("was_waiting", sa.Boolean),
    sa.Column("withheld_at", _moment),
)
bulk_offer = sa.Table(
    "bulk_offer",
    metadata,
    *_texts("sku_id", "segment", "reason", "actor"),
    sa.Column("effective_from", _moment),
    sa.Column("is_offered", sa.Boolean),
    *(sa.Column(name, sa.Integer) for name in ("least", "most")),
    sa.Column("steps", JSONB),
)
presale = sa.Table(
    "presale",
    metadata,
    *_texts("presale_id", "sku_id", "status"),
    *(sa.Column(name, _moment) for name in ("begins_at", "ends_at")),
    sa.Column("ships_from", sa.Date),
    *(sa.Column(name, sa.BigInteger) for name in ("quota", "taken", "allotted")),
    sa.Column("version", sa.Integer),
)
presale_decision = sa.Table(
    "presale_decision",
    metadata,
    *_texts("presale_id", "status", "reason", "actor"),
    *(sa.Column(name, _moment) for name in ("begins_at", "ends_at", "decided_at")),
    sa.Column("ships_from", sa.Date),
    sa.Column("quota", sa.BigInteger),
    sa.Column("version", sa.Integer),
)
reservation_presale = sa.Table(
    "reservation_presale",
    metadata,
    *_texts("order_id", "presale_id"),
    sa.Column("pieces", sa.BigInteger),
    sa.Column("told_at", _moment),
)
flash_sale = sa.Table(
    "flash_sale",
    metadata,
    *_texts("sale_id", "sku_id", "price_id", "status"),
    *(sa.Column(name, sa.BigInteger) for name in ("points", "cash_fen", "coins", "quota", "units_left")),
    *(sa.Column(name, _moment) for name in ("starts_at", "ends_at")),
    *(sa.Column(name, sa.Integer) for name in ("per_member", "ticket_s", "version")),
)
flash_sale_decision = sa.Table(
    "flash_sale_decision",
    metadata,
    *_texts("sale_id", "status", "reason", "actor"),
    *(sa.Column(name, _moment) for name in ("starts_at", "ends_at", "decided_at")),
    sa.Column("quota", sa.BigInteger),
    sa.Column("version", sa.Integer),
)
flash_sale_part = sa.Table(
    "flash_sale_part", metadata, *_texts("sale_id", "element_id"), sa.Column("quantity", sa.BigInteger)
)
flash_set_aside = sa.Table(
    "flash_set_aside", metadata, *_texts("sale_id", "element_id", "place_id"), sa.Column("quantity", sa.BigInteger)
)
flash_ticket = sa.Table(
    "flash_ticket",
    metadata,
    *_texts("ticket_id", "sale_id", "member_id", "state", "order_id"),
    *(sa.Column(name, _moment) for name in ("taken_at", "expires_at", "changed_at")),
)
purchase_limit = sa.Table(
    "purchase_limit",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("limit_id", "subject", "period", "reason", "actor"),
    *(sa.Column(name, _moment) for name in ("window_from", "window_until", "effective_from")),
    sa.Column("most", sa.BigInteger),
)
listing = sa.Table(
    "listing",
    metadata,
    *_texts("listing_id", "goods_id", "explanation", "state", "drafted_by", "submitted_by", "decided_by"),
    *_texts("decided_because"),
    sa.Column("no", sa.BigInteger),
    sa.Column("goods", JSONB),
    sa.Column("merits", sa.ARRAY(sa.Text)),
    *(sa.Column(name, _moment) for name in ("drafted_at", "submitted_at", "decided_at")),
)
direct_listing = sa.Table(
    "direct_listing",
    metadata,
    *_texts("goods_id", "request_id", "content_sha256", "actor"),
    sa.Column("listed_at", _moment),
)
value_band = sa.Table(
    "value_band",
    metadata,
    sa.Column("effective_from", _moment),
    sa.Column("least", sa.BigInteger),
    sa.Column("most", sa.BigInteger),
    sa.Column("actor", sa.Text),
)
value_exception = sa.Table(
    "value_exception",
    metadata,
    *_texts("price_id", "least_tier", "segment", "listing_id", "explanation", "approved_by"),
    sa.Column("value", sa.BigInteger),
    sa.Column("approved_at", _moment),
)
reservation_limit = sa.Table(
    "reservation_limit",
    metadata,
    *_texts("order_id", "limit_id", "member_id"),
    sa.Column("period_start", sa.Date),
    sa.Column("quantity", sa.BigInteger),
    sa.Column("given_back", sa.BigInteger),
)
limit_return = sa.Table("limit_return", metadata, *_texts("operation", "order_id"), sa.Column("returned_at", _moment))
code = sa.Table(
    "code",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("code", "element_id", "sku_id", "state", "order_id"),
    sa.Column("issued_at", _moment),
    sa.Column("valid_until", sa.Date),
    sa.Column("expires_on", sa.Date),
)
code_deed = sa.Table(
    "code_deed",
    metadata,
    sa.Column("no", sa.BigInteger, primary_key=True),
    sa.Column("code_id", sa.BigInteger),
    sa.Column("version", sa.Integer),
    *_texts("what", "merchant_id", "key_id", "reason", "actor"),
    sa.Column("done_at", _moment),
)
pick_up = sa.Table(
    "pick_up",
    metadata,
    *_texts("order_id", "place_id", "member_id", "code", "state", "changed_by", "key_id"),
    sa.Column("prepared_at", _moment),
    sa.Column("changed_at", _moment),
)
counter_terms = sa.Table(
    "counter_terms",
    metadata,
    sa.Column("effective_from", _moment),
    *(sa.Column(name, sa.Integer) for name in ("most_wrong", "wrong_within_s", "undo_within_s")),
    *_texts("actor", "reason"),
)
reservation_policy = sa.Table(
    "reservation_policy",
    metadata,
    sa.Column("effective_from", _moment),
    sa.Column("extend_s", sa.Integer),
    sa.Column("settle_at_once", sa.Integer),
    sa.Column("actor", sa.Text),
)
