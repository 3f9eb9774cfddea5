"""The providers' daily bills, line by line, and what differs between them and our books."""

from alembic import op

revision = "0012"
down_revision = "0011"

TABLES = """
CREATE TABLE bill_terms (
    provider        text NOT NULL CHECK (provider IN ('alipay', 'bank', 'mobile')),
    effective_from  timestamptz NOT NULL,
    ready_at_minute integer NOT NULL CHECK (ready_at_minute BETWEEN 0 AND 1439),
    ask_every_s     integer NOT NULL CHECK (ask_every_s BETWEEN 60 AND 86400),
    days_back       integer NOT NULL CHECK (days_back BETWEEN 1 AND 60),
    absent_after_h  integer NOT NULL CHECK (absent_after_h BETWEEN 12 AND 240),
    tolerance_fen   integer NOT NULL CHECK (tolerance_fen BETWEEN 0 AND 100),
    actor           text NOT NULL,
    reason          text NOT NULL,
    PRIMARY KEY (provider, effective_from)
);
INSERT INTO bill_terms
SELECT provider, '2020-01-01T00:00:00Z', 600, 1800, 10, 36, 0, 'migration', 'bills are made by ten in the morning'
FROM unnest(ARRAY['alipay', 'bank', 'mobile']) provider;

CREATE TABLE provider_bill (
    provider     text NOT NULL,
    day          date NOT NULL,
    state        text NOT NULL CHECK (state IN ('awaited', 'absent', 'read')),
    due_at       timestamptz,
    tries        integer NOT NULL DEFAULT 0,
    problem      text,
    sha256       text,
    lines        integer NOT NULL DEFAULT 0 CHECK (lines >= 0),
    paid_fen     bigint NOT NULL DEFAULT 0 CHECK (paid_fen >= 0),
    refunded_fen bigint NOT NULL DEFAULT 0 CHECK (refunded_fen >= 0),
    fee_fen      bigint NOT NULL DEFAULT 0,
    read_at      timestamptz,
    compared_to  integer NOT NULL DEFAULT 0,
    compared_at  timestamptz,
    reviewed_at  timestamptz,
    PRIMARY KEY (provider, day),
    CHECK ((state = 'awaited') = (due_at IS NOT NULL)),
    CHECK ((state = 'read') = (sha256 IS NOT NULL)),
    CHECK (state = 'read' OR lines = 0),
    CHECK (compared_to BETWEEN 0 AND lines)
);
CREATE TABLE provider_bill_line (
    provider    text NOT NULL,
    day         date NOT NULL,
    line_no     integer NOT NULL CHECK (line_no >= 1),
    kind        text NOT NULL CHECK (kind IN ('trade', 'refund')),
    number      text NOT NULL,
    provider_no text NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen >= 0),
    fee_fen     bigint NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (provider, day, line_no),
    FOREIGN KEY (provider, day) REFERENCES provider_bill
);
CREATE INDEX provider_bill_line_of ON provider_bill_line (provider, kind, number);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON provider_bill_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON provider_bill_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE bill_difference (
    difference_id text PRIMARY KEY,
    provider      text NOT NULL,
    day           date NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('trade', 'refund')),
    what          text NOT NULL CHECK (what IN ('unknown', 'missing_here', 'missing_there', 'amount_differs',
                                                'reference_differs', 'duplicate')),
    number        text NOT NULL,
    provider_no   text,
    ours_fen      bigint,
    theirs_fen    bigint,
    state         text NOT NULL CHECK (state IN ('open', 'explained', 'corrected')),
    found_at      timestamptz NOT NULL,
    closed_at     timestamptz,
    closed_by     text,
    note          text,
    UNIQUE (provider, kind, number, what),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK (state = 'open' OR (closed_by IS NOT NULL AND note IS NOT NULL)),
    CHECK ((what = 'unknown') = (ours_fen IS NULL)),
    CHECK ((what = 'missing_there') = (theirs_fen IS NULL))
);
CREATE INDEX bill_difference_open ON bill_difference (provider, day) WHERE state = 'open';

CREATE INDEX payment_by_beginning ON payment (left(payment_id, 33));
CREATE INDEX refund_by_beginning ON refund (left(refund_id, 33));
CREATE INDEX tender_event_moved ON tender_event (recorded_at)
    WHERE outcome = 'succeeded' AND op IN ('capture', 'refund');
"""


def upgrade() -> None:
    """Orders stands still while the indexes are built; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(
        "DROP INDEX payment_by_beginning, refund_by_beginning, tender_event_moved;"
        " DROP TABLE bill_difference, provider_bill_line, provider_bill, bill_terms"
    )
