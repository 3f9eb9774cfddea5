"""The model, continued: points for members, or off them, that one person asks for and another approves."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from services.points import contract
from tests.integration.points.ledger_model import Content
from tests.integration.points.ledger_model_bags import No, draw, last_day, less
from tests.integration.points.ledger_model_moves import Transfers


@dataclass
class Adjustment:
    """``lines`` are points by member."""

    unit: str
    lines: dict[str, int]
    asked_by: str
    decided: bool = False

    def sums(self) -> Content:
        added = sum(points for points in self.lines.values() if points > 0)
        return {"lines": len(self.lines), "added": added, "taken": added - sum(self.lines.values())}


class Adjustments(Transfers):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.adjustments: dict[str, Adjustment] = {}

    def request_adjustment(self, unit: str, lines: list[Content], by: str) -> Content:
        asked = {line["member_id"]: line["points"] for line in lines}
        strangers = [member_id for member_id in asked if (member_id, contract.POINTS) not in self.purses]
        if strangers or len(asked) < len(lines) or 0 in asked.values():
            raise No(contract.ADJUSTMENT_LINES_WRONG)
        self.adjustments[self.key] = Adjustment(unit, asked, by)
        return self.adjustments[self.key].sums()

    def approve_adjustment(self, asked_for_by: str, by: str) -> Content:
        """``asked_for_by`` is the key of the request. All lines or none, of frozen accounts too."""
        adjustment = self._undecided(asked_for_by)
        if adjustment.asked_by == by:
            raise No(contract.ADJUSTMENT_OF_ONESELF)
        unit, day = adjustment.unit, last_day("adjustment", self.today, adjustment.unit)
        parts = [(self.purse_or_new(member_id, unit), points) for member_id, points in adjustment.lines.items()]
        if any(points < -self.available(purse) for purse, points in parts):
            raise No(contract.ADJUSTMENT_UNCOVERED)
        repaid = 0
        for purse, points in parts:
            if points > 0:
                repaid += points - self.receive(purse, Counter({(day, 0): points})).total()
            else:
                self.book(purse, less(draw(purse.live(self.today), -points)))
        adjustment.decided = True
        return adjustment.sums() | {"repaid": repaid}

    def reject_adjustment(self, asked_for_by: str, by: str) -> Content:
        self._undecided(asked_for_by).decided = True
        return {}

    def _undecided(self, asked_for_by: str) -> Adjustment:
        adjustment = self.adjustments.get(asked_for_by)
        if adjustment is None:
            raise No(contract.ADJUSTMENT_UNKNOWN)
        if adjustment.decided:
            raise No(contract.ADJUSTMENT_DECIDED_BEFORE)
        return adjustment
