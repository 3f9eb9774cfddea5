"""What guards the tables, as the release has it: a trigger that is off protects nothing, whatever the rows say."""

from collections.abc import Iterator

from services.chassis.data.work import Work
from services.points.domain.seals_chain import Finding
from services.points.storage.guards import guards_of_release, guards_there

GUARD_MISSING, GUARD_ADDED, GUARD_ALTERED = "guard_missing", "guard_added", "guard_altered"


def guards_that_differ(work: Work) -> Iterator[Finding]:
    there, expected = guards_there(work), guards_of_release(work)
    for name in sorted(there.keys() | expected.keys()):
        found, should = there.get(name), expected.get(name)
        if found != should:
            what = GUARD_MISSING if found is None else GUARD_ADDED if should is None else GUARD_ALTERED
            yield {"what": what, "guard": name, "found": found, "released": should}
