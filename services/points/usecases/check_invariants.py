"""The ledger audited against itself."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.invariants import count_breaches


def check_invariants(work: Work) -> list[dict[str, Any]]:
    """[{"name", "ok", "found"}]: ``found`` is the number of breaches, as of one moment."""
    return [{"name": name, "ok": found == 0, "found": found} for name, found in count_breaches(work).items()]
