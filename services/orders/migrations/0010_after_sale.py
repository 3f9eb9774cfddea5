"""Cases after the sale, the units that they are about, and what they give back."""

import json

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE after_sale_terms (
    merchant_id        text NOT NULL,
    effective_from     timestamptz NOT NULL,
    return_days        integer NOT NULL CHECK (return_days BETWEEN 0 AND 365),
    auto_approve_hours integer CHECK (auto_approve_hours BETWEEN 0 AND 8760),
    send_back_days     integer NOT NULL CHECK (send_back_days BETWEEN 1 AND 90),
    dispute_days       integer NOT NULL CHECK (dispute_days BETWEEN 0 AND 90),
    return_address     jsonb NOT NULL,
    actor              text NOT NULL,
    reason             text NOT NULL,
    PRIMARY KEY (merchant_id, effective_from)
);
CREATE TABLE after_sale_reason (
    reason         text NOT NULL,
    effective_from timestamptz NOT NULL,
    kinds          text[] NOT NULL CHECK (kinds <@ ARRAY['refund', 'return', 'exchange']),
    name_zh        text NOT NULL,
    name_en        text NOT NULL,
    actor          text NOT NULL,
    because        text NOT NULL,
    PRIMARY KEY (reason, effective_from)
);
CREATE TABLE after_sale_case (
    case_id              text PRIMARY KEY,
    order_id             text NOT NULL REFERENCES orders,
    member_id            text NOT NULL,
    merchant_id          text NOT NULL,
    kind                 text NOT NULL CHECK (kind IN ('refund', 'return', 'exchange', 'cancel')),
    status               text NOT NULL CHECK (status IN ('requested', 'awaiting_return', 'sent_back', 'cancelling',
                             'replacing', 'refunding', 'rejected', 'disputed', 'withdrawn', 'closed')),
    reason               text NOT NULL,
    note                 text,
    decided_by           text,
    decided_because      text,
    decided_at           timestamptz,
    return_address       jsonb,
    carrier              text,
    waybill_no           text,
    place_id             text,
    disputed_at          timestamptz,
    dispute_note         text,
    replaced_by text UNIQUE REFERENCES orders,
    opened_by            text NOT NULL,
    opened_at            timestamptz NOT NULL,
    due_at               timestamptz,
    problem              text,
    ended_at             timestamptz,
    version              bigint NOT NULL CHECK (version >= 1),
    CHECK ((status IN ('rejected', 'withdrawn', 'closed')) = (ended_at IS NOT NULL)),
    CHECK (status NOT IN ('replacing', 'refunding') OR due_at IS NOT NULL)
);
CREATE INDEX after_sale_case_of_order ON after_sale_case (order_id);
CREATE INDEX after_sale_case_of_member ON after_sale_case (member_id, opened_at DESC);
CREATE INDEX after_sale_case_due ON after_sale_case (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX after_sale_case_open ON after_sale_case (status, opened_at) WHERE ended_at IS NULL;

-- ``claims``: no other case may have the piece. ``given_back_in``: the version of the case in which
-- what it was sold for was asked back, once for ever.
CREATE TABLE after_sale_unit (
    case_id       text NOT NULL REFERENCES after_sale_case,
    order_id      text NOT NULL,
    line_no       integer NOT NULL,
    unit_no       integer NOT NULL CHECK (unit_no >= 1),
    points        bigint NOT NULL CHECK (points >= 0),
    coins         bigint NOT NULL CHECK (coins >= 0),
    cash_fen      bigint NOT NULL CHECK (cash_fen >= 0),
    verdict       text CHECK (verdict IN ('accepted', 'rejected')),
    claims        boolean NOT NULL,
    given_back_in bigint,
    is_given_back boolean GENERATED ALWAYS AS (given_back_in IS NOT NULL) STORED,
    PRIMARY KEY (case_id, line_no, unit_no),
    FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no),
    CHECK (claims OR given_back_in IS NULL)
);
CREATE UNIQUE INDEX after_sale_unit_claimed ON after_sale_unit (order_id, line_no, unit_no) WHERE claims;

-- What a case gives back by which tender; how far that is says tender_event, under the same reference.
CREATE TABLE after_sale_refund (
    case_id   text NOT NULL REFERENCES after_sale_case,
    tender_id text NOT NULL REFERENCES tender,
    reference text NOT NULL,
    amount    bigint NOT NULL CHECK (amount > 0),
    PRIMARY KEY (tender_id, reference)
);
CREATE INDEX after_sale_refund_of_case ON after_sale_refund (case_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON after_sale_terms FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON after_sale_reason FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON after_sale_refund FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
TERMS = "INSERT INTO after_sale_terms VALUES ('', '2020-01-01T00:00:00Z', 7, 48, 7, 7, %s, 'migration', 'first')"
RETURN_ADDRESS = {
    "name": "积分商城退货组",
    "phone": "4000000000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "退货仓",
}
REASON = "INSERT INTO after_sale_reason VALUES (%s, '2020-01-01T00:00:00Z', %s, %s, %s, 'migration', 'first')"
REASONS = (
    ("changed_mind", ["return"], "不想要了", "Changed my mind"),
    ("not_as_described", ["refund", "return", "exchange"], "与描述不符", "Not as described"),
    ("faulty", ["refund", "return", "exchange"], "质量问题", "Faulty"),
    ("damaged", ["refund", "return", "exchange"], "商品破损", "Damaged"),
    ("wrong_item", ["return", "exchange"], "发错商品", "Wrong item"),
    ("missing_parts", ["refund", "exchange"], "少件漏发", "Parts are missing"),
    ("not_received", ["refund"], "未收到货", "Not received"),
    ("price_agreed", ["refund"], "与商家协商一致", "Agreed with the merchant"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    bind = op.get_bind()
    bind.exec_driver_sql(TABLES)
    bind.exec_driver_sql(TERMS, (json.dumps(RETURN_ADDRESS, ensure_ascii=False),))
    for reason in REASONS:
        bind.exec_driver_sql(REASON, reason)


def downgrade() -> None:
    op.execute("DROP TABLE after_sale_refund, after_sale_unit, after_sale_case, after_sale_reason, after_sale_terms")
