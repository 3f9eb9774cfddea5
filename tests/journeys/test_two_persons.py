"""Rules of a running mall: what one of the staff asks for over HTTP is in force when another approved it."""

import pytest

from tests.journeys.at_hand import Desk
from tests.support.mall import Mall

DAY = "2999-01-01"
LATE_GIFTS = {"rule": "gift_limit", "says": {"gifts_a_day": "3"}, "effective_from": DAY, "reason": "a journey"}


@pytest.mark.timeout(300)
def test_a_rule_is_changed_by_two_of_the_staff(open_mall: Mall) -> None:
    wang, li, watcher = (
        Desk(open_mall, name, *roles)
        for name, *roles in (("wang", "ops", "rules"), ("li", "ops", "rules"), ("han", "ops"))
    )

    forbidden = watcher.posts("rule-changes", LATE_GIFTS)[0]
    created, change = wang.posts("rule-changes", LATE_GIFTS)
    of_rule = f"rule-changes/{change['change_id']}"
    own, refusal = wang.posts(f"{of_rule}/approval")
    between = watcher.gets(of_rule)["state"]
    done, approved = li.posts(f"{of_rule}/approval")

    assert (forbidden, created, own, done) == (403, 201, 403, 200)
    assert (refusal["code"], between) == ("rule_change.of_oneself", "requested")
    assert (approved["requested_by"], approved["approved_by"]) == ("staff:wang", "staff:li")
    (row,) = watcher.gets(f"rules/gift_limit?on={DAY}")["in_force"]
    assert (row["says"]["gifts_a_day"], row["change_id"]) == ("3", change["change_id"])
