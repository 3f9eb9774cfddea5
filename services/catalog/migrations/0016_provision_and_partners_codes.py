"""Elements that a partner's system switches on, and codes that partners made."""

from alembic import op

revision = "0016"
down_revision = "0015"

PROVISION = """
ALTER TABLE form DROP CONSTRAINT form_delivery_check,
    ADD CONSTRAINT form_delivery_check CHECK (delivery IN ('parcel', 'code', 'provision'));
INSERT INTO form (form, delivery, name_zh, name_en) VALUES ('provision', 'provision', '直充', 'Direct top-up');
ALTER TABLE element DROP CONSTRAINT element_delivery_check,
    ADD CONSTRAINT element_delivery_check CHECK (delivery IN ('parcel', 'code', 'provision')),
    ADD COLUMN provisioner text,
    ADD COLUMN product text,
    ADD CONSTRAINT element_is_switched_on_by_somebody CHECK (
        (delivery = 'provision') = (provisioner IS NOT NULL) AND (provisioner IS NULL) = (product IS NULL));
"""

CODES = """
ALTER TABLE element ADD COLUMN codes_of text CHECK (codes_of IN ('own', 'partner'));
UPDATE element SET codes_of = 'own' WHERE delivery = 'code';
ALTER TABLE element ADD CONSTRAINT element_codes_are_of_somebody CHECK ((delivery = 'code') = (codes_of IS NOT NULL));
ALTER TABLE code
    DROP CONSTRAINT code_state_check,
    ADD CONSTRAINT code_state_check CHECK (state IN ('free', 'issued', 'withdrawn')),
    ADD COLUMN expires_on date;
DROP INDEX code_free;
CREATE INDEX code_free ON code (element_id, expires_on, id) WHERE state = 'free';
CREATE INDEX code_expiring ON code (expires_on) WHERE state = 'free' AND expires_on IS NOT NULL;
-- What is withdrawn stays on record, so that it never comes in again.
CREATE TRIGGER code_withdrawn_for_ever BEFORE UPDATE OR DELETE ON code
    FOR EACH ROW WHEN (OLD.state = 'withdrawn') EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(PROVISION)
    op.execute(CODES)


def downgrade() -> None:
    """Refused by the database once something is switched on by a partner, or a code was withdrawn."""
    op.execute(
        "ALTER TABLE element DROP COLUMN provisioner, DROP COLUMN product, DROP COLUMN codes_of,"
        " DROP CONSTRAINT element_delivery_check,"
        " ADD CONSTRAINT element_delivery_check CHECK (delivery IN ('parcel', 'code'));"
        " DELETE FROM form WHERE form = 'provision';"
        " ALTER TABLE form DROP CONSTRAINT form_delivery_check,"
        " ADD CONSTRAINT form_delivery_check CHECK (delivery IN ('parcel', 'code'));"
        " DROP TRIGGER code_withdrawn_for_ever ON code; DROP INDEX code_expiring, code_free;"
        " CREATE INDEX code_free ON code (element_id, id) WHERE state = 'free';"
        " ALTER TABLE code DROP COLUMN expires_on, DROP CONSTRAINT code_state_check,"
        " ADD CONSTRAINT code_state_check CHECK (state IN ('free', 'issued'))"
    )
