"""All that can be proved: the chain of seals, rows against their notes, what is derived, and what guards all of it."""

from collections.abc import Mapping

from services.chassis.data.work import Works
from services.points.usecases.progress import Progress
from services.points.usecases.verify_derived import derived_rows_that_differ
from services.points.usecases.verify_guards import guards_that_differ
from services.points.usecases.verify_ledger import Verified, verify_ledger
from services.points.usecases.verify_records import noted_rows_that_differ


def verify_everything(
    works: Works, progress: Progress, first_block: int = 1, known_heads: Mapping[int, str] | None = None
) -> Verified:
    """The chain from ``first_block`` on; rows and guards as they are now."""
    verified = verify_ledger(works, progress, first_block, known_heads)
    verified.name(noted_rows_that_differ(works, progress))
    verified.name(derived_rows_that_differ(works, progress))
    with works.still() as work:
        verified.name(guards_that_differ(work))
    return verified
