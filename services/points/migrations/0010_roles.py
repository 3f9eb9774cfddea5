"""The service works with the least rights (services/points/roles.py): what needs more are two functions of the owner.

Revision ID: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A path that is fixed: what they call cannot be replaced by something of the same name.
FUNCTIONS = """
ALTER FUNCTION prepare_entry_partitions(int) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION draw_journal_id() SECURITY DEFINER SET search_path = public, pg_temp
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(FUNCTIONS)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
