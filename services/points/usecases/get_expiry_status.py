"""How far the expiry of points is: what is due and not booked yet, the latest runs, the latest notices."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.expiry import count_due_buckets, due_days
from services.points.storage.expiry_runs import latest_runs
from services.points.storage.notices import latest_notices
from services.points.usecases.expire_points import terms_now

MOST_SHOWN = 12


def get_expiry_status(work: Work) -> dict[str, Any]:
    """{"over_before": day, "due_days": [day], "due_buckets": count, "runs": [row], "notices": [row]}."""
    before = terms_now(work).before
    return {
        "over_before": before,
        "due_days": due_days(work, before),
        "due_buckets": count_due_buckets(work, before),
        "runs": latest_runs(work, MOST_SHOWN),
        "notices": latest_notices(work, MOST_SHOWN),
    }
