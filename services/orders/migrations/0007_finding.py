"""Orders are found among everybody's: by time, by what is in them, by the numbers of carriers and providers."""

from alembic import op

revision = "0007"
down_revision = "0006"

INDEXES = {
    "orders_by_time": "orders (placed_at DESC, order_id DESC)",
    "order_line_of_merchant": "order_line (merchant_id)",
    "order_line_of_sku": "order_line (sku_id)",
    "parcel_by_waybill": "parcel (waybill_no)",
    "tender_event_by_trade": "tender_event (provider_ref) WHERE provider_ref IS NOT NULL",
}


def upgrade() -> None:
    """Orders stands still while they are built; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("; ".join(f"CREATE INDEX {name} ON {what}" for name, what in INDEXES.items()))


def downgrade() -> None:
    op.execute("; ".join(f"DROP INDEX {name}" for name in INDEXES))
