"""The stock audited against its movements, reservations, codes and documents."""

from services.catalog.contract.vocabulary import SERVICE
from services.chassis.contract import Event
from services.chassis.schemas import Record, integer, listed, text

MOST_OFFENDERS = 20


class Breach(Record):
    """A rule that does not hold; ``found`` are at most twenty offenders, in words."""

    name = text(80)
    found = listed(text(1000), shortest=1, longest=MOST_OFFENDERS)


class StockAuditFailedData(Record):
    """Something that must always be true of the stock is not."""

    run = integer(1)
    breaches = listed(Breach, shortest=1)


STOCK_AUDIT_FAILED = Event(SERVICE, "stock.audit_failed.v1", StockAuditFailedData)
