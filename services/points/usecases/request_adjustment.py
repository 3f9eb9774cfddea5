"""Points for members, or off them, that somebody asks for and somebody else has to approve."""

from collections.abc import Sequence
from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.adjustments import Line, numbered, sums_of, wrong_lines
from services.points.domain.chart import POINTS
from services.points.storage.adjustments import put_adjustment
from services.points.storage.wallets import without_wallet

MOST_NAMED = 20


def request_adjustment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AdjustmentRequested. Nothing moves yet."""
    lines = numbered([(line["member_id"], line["points"]) for line in request["lines"]])
    _insist_on_good_lines(work, lines)
    adjustment_id = derived_id("adj", work.context.actor, request["request_id"])
    sums = sums_of(lines)
    put_adjustment(work, adjustment_id, request["unit"], request["reason"], lines, sums)
    return {"adjustment_id": adjustment_id, **sums._asdict()}


def _insist_on_good_lines(work: Work, lines: Sequence[Line]) -> None:
    strangers = without_wallet(work, sorted({line.member_id for line in lines}), POINTS)
    wrong = wrong_lines(lines, set(strangers))
    if wrong:
        named = [one._asdict() for one in wrong[:MOST_NAMED]]
        raise Refused(contract.ADJUSTMENT_LINES_WRONG, "some lines cannot be posted", wrong=len(wrong), lines=named)
