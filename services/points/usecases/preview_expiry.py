"""Until when points of a day live, by the policy in force or by a draft."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.chart import GENERAL_POOL
from services.points.domain.expiry import ExpiryPolicy, defect_of, expires_on, most_buckets
from services.points.domain.rules import RULES
from services.points.storage import rules
from services.points.storage.pools import is_known_pool
from services.points.usecases.fit_rule import read_fields


def preview_expiry(work: Work, scope: Mapping[str, str], earned_on: date, draft: ExpiryPolicy | None) -> dict[str, Any]:
    """``scope``: source, unit and pool as they are typed for ``expiry_policy``. ``most_buckets`` is how many buckets a
    wallet can have by ``draft`` (None: the policy in force)."""
    said = read_fields(RULES["expiry_policy"], scope)
    source, unit, pool = said["source"], said["unit"] or contract.POINTS, said["pool"] or GENERAL_POOL
    if not is_known_pool(work, pool, earned_on):
        raise Refused(contract.POOL_UNKNOWN, "there is no such pool")
    policy = draft or rules.expiry_policy(work, source, pool, earned_on, unit)
    if defect := defect_of(policy):
        raise Refused(contract.RULE_INVALID, defect)
    last_day = expires_on(policy, earned_on)
    return {
        **{"source": source, "unit": unit, "pool": pool},
        **vars(policy),
        "earned_on": earned_on,
        "expires_on": None if policy.rule == "never" else last_day,
        "days": None if policy.rule == "never" else (last_day - earned_on).days,
        "most_buckets": most_buckets(policy),
    }
