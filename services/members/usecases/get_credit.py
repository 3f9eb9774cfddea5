"""What a member's trades say, and whether cash on delivery is offered, with the reasons."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members.contract import MEMBER_UNKNOWN
from services.members.domain.credit import decide, fold_trades
from services.members.storage.credit import policy_in_force, trade_facts_of
from services.members.storage.members import find_member


def get_credit(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    found = find_member(work, request["member_id"])
    if found is None:
        raise Refused(MEMBER_UNKNOWN, "no such member")
    policy = policy_in_force(work)
    since = policy.counted_from(work.now)
    trades = fold_trades(trade_facts_of(work, found.member_id, since))
    decision = decide(policy, found.state, found.tier, trades)
    return {
        "member_id": found.member_id,
        "good_trades": trades.good,
        "bad_trades": trades.bad,
        "score": trades.score,
        "counted_from": since,
        "cash_on_delivery": {
            "is_offered": decision.is_offered,
            "reasons": list(decision.reasons),
            "most_open_orders": policy.most_open_orders,
            "most_open_fen": policy.most_open_fen,
        },
    }
