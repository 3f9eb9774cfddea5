"""What the ledger says about itself to whoever watches: breaches, the last audits, how far the seals are behind."""

from services.chassis.data.work import Work
from services.chassis.readings import Reading
from services.points.domain.audits import FULL, INCREMENTAL, known_breaches
from services.points.storage import audits
from services.points.storage.invariants import INVARIANTS
from services.points.usecases.audit_ledger import AS_SEALED


def observe_ledger(work: Work) -> list[Reading]:
    """An audit that never was ended at 0."""
    broken, last, behind = known_breaches(audits.runs_since_full(work)), audits.last_runs(work), audits.unsealed(work)
    breaches = {name: broken.get(name, 0) for name in sorted({*INVARIANTS, AS_SEALED, *broken})}
    ended = {kind: last[kind].timestamp() if kind in last else 0.0 for kind in (INCREMENTAL, FULL)}
    return [
        Reading("mall_ledger_breaches", "Offenders, up to 20, as the last audits found them", breaches, "invariant"),
        Reading("mall_ledger_audited_timestamp_seconds", "When the last audit ended", ended, "kind"),
        Reading("mall_ledger_unsealed_entries", "Entries under no seal yet", {"": behind.entries}),
        Reading("mall_ledger_unsealed_age_seconds", "Age of the oldest journal under no seal", {"": behind.age_s}),
    ]
