"""Where a provider's till keeps its books."""

from deploy.sandbox import settings
from deploy.sandbox.outbox import OUTBOX_SCHEMA
from deploy.sandbox.store import Store
from deploy.sandbox.switches import SWITCHES_SCHEMA
from deploy.sandbox.till.bills import BILLS_SCHEMA
from deploy.sandbox.till.notices import NOTICES_SCHEMA
from deploy.sandbox.till.trades import TILL_SCHEMA

SCHEMAS = (TILL_SCHEMA, NOTICES_SCHEMA, OUTBOX_SCHEMA, SWITCHES_SCHEMA, BILLS_SCHEMA)


def books_of(partner: str) -> Store:
    """Kept over a restart."""
    return Store(settings.sandbox_dir() / f"{partner}.till.sqlite", *SCHEMAS)
