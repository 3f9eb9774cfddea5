"""Elements have forms: ticket, coupon, service and what operators add, each delivered in one of the ways there are."""

from alembic import op

revision = "0003"
down_revision = "0002"

FORMS = """
CREATE TABLE form (
    form text PRIMARY KEY CHECK (form ~ '^[a-z0-9-]+$'),
    delivery text NOT NULL CHECK (delivery IN ('parcel', 'code')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    UNIQUE (form, delivery)
);
INSERT INTO form VALUES
    ('parcel', 'parcel', '实物', 'Parcel'),
    ('code', 'code', '卡密', 'Code'),
    ('ticket', 'code', '电子票', 'Ticket'),
    ('coupon', 'code', '优惠券', 'Coupon'),
    ('service', 'code', '服务凭证', 'Service voucher');
ALTER TABLE element ADD COLUMN form text;
UPDATE element SET form = delivery;
ALTER TABLE element ALTER COLUMN form SET NOT NULL;
ALTER TABLE element ADD FOREIGN KEY (form, delivery) REFERENCES form (form, delivery);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(FORMS)


def downgrade() -> None:
    op.execute("ALTER TABLE element DROP COLUMN form; DROP TABLE form")
