"""Why a line stands in a member's statement."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import wire_date
from services.points.storage import history
from services.points.storage.bill_charges import charges_behind
from services.points.storage.statements import statement_line
from services.points.usecases.find_wallet import wallet_or_none


def get_explanation(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Explanation."""
    account_id = wallet_or_none(work, request["member_id"], request["unit"])
    line = _line(work, account_id, request["line_id"]) if account_id else None
    if account_id is None or line is None:
        raise Refused(contract.LINE_UNKNOWN, "there is no such line in this statement")
    journal_id = int(line["line_id"])
    undoes, undone_by = history.corrections_of(work, journal_id)
    return {
        "line": line,
        "buckets": [
            {"pool": pool, "expires_on": wire_date(day), "points": points}
            for pool, day, points in history.moved_buckets(work, account_id, journal_id)
        ],
        "against": history.accounts_against(work, journal_id),
        "rule_terms": history.terms_of_rule(work, line["rule"]),
        "charges": charges_behind(work, journal_id, account_id),
        "undoes": str(undoes) if undoes else None,
        "undone_by": [str(one) for one in undone_by],
    }


def _line(work: Work, account_id: int, line_id: str) -> dict[str, Any] | None:
    if not (line_id.isascii() and line_id.isdigit() and int(line_id) < 2**63):
        return None
    return statement_line(work, account_id, int(line_id))
