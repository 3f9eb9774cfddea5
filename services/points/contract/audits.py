"""The ledger audited against itself."""

from services.chassis.contract import Event
from services.chassis.schemas import Record, choice, integer, listed, text
from services.points.contract.vocabulary import SERVICE

MOST_OFFENDERS = 20


class Breach(Record):
    """A rule that does not hold; ``found`` are at most twenty offenders, in words."""

    name = text(80)
    found = listed(text(1000), shortest=1, longest=MOST_OFFENDERS)


class AuditFailedData(Record):
    """``full``: everything was looked at; ``incremental``: what journals up to ``upto_journal`` had touched."""

    run = integer(1)
    kind = choice("incremental", "full")
    upto_journal = integer()
    breaches = listed(Breach, shortest=1)


AUDIT_FAILED = Event(SERVICE, "ledger.audit_failed.v1", AuditFailedData)
