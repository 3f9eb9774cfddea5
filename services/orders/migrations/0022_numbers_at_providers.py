"""The numbers under which providers know payments and refunds are kept, and bills are compared with all of them."""

from alembic import op

# ruff: noqa: S608 — statements put together of constants of this file

revision = "0022"
down_revision = "0021"

# UnionPay was told numbers of 35 characters, and prints 32 of them; none has been longer since, so nothing is cut off.
BILLED_AS = "text GENERATED ALWAYS AS (CASE WHEN strpos(number, '_') > 0 THEN number ELSE left(number, 32) END) STORED"
COLUMNS = f"""
ALTER TABLE payment ADD COLUMN number text;
UPDATE payment SET number = CASE provider WHEN 'bank' THEN replace(payment_id, '_', '')
    WHEN 'mobile' THEN substr(payment_id, 5) ELSE payment_id END;
ALTER TABLE payment ALTER COLUMN number SET NOT NULL, ADD COLUMN billed_as {BILLED_AS};
ALTER TABLE refund ADD COLUMN number text;
UPDATE refund SET number = CASE provider WHEN 'bank' THEN replace(refund_id, '_', '') ELSE refund_id END
    FROM payment WHERE payment.payment_id = refund.payment_id;
ALTER TABLE refund ALTER COLUMN number SET NOT NULL, ADD COLUMN billed_as {BILLED_AS};

DROP INDEX payment_by_beginning, refund_by_beginning;
CREATE UNIQUE INDEX payment_as_billed ON payment (provider, billed_as);
CREATE UNIQUE INDEX refund_as_billed ON refund (billed_as);
"""
# Lines were kept by the first 33 characters of our ids; those of which we know the payment get what the bill had.
LINES = """
ALTER TABLE provider_bill_line DISABLE TRIGGER append_only;
UPDATE provider_bill_line line SET number = payment.billed_as FROM payment
    WHERE line.kind = 'trade' AND payment.provider = line.provider AND left(payment.payment_id, 33) = line.number;
UPDATE provider_bill_line line SET number = refund.billed_as FROM refund JOIN payment USING (payment_id)
    WHERE line.kind = 'refund' AND payment.provider = line.provider AND left(refund.refund_id, 33) = line.number;
ALTER TABLE provider_bill_line ENABLE TRIGGER append_only;
"""


def upgrade() -> None:
    """Orders stands still meanwhile; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(COLUMNS)
    op.execute(LINES)


def downgrade() -> None:
    raise NotImplementedError("UnionPay knows payments by numbers that cannot be told from their ids alone any more")
