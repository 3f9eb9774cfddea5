"""The rules of the ledger that operators change: what each decides, and what rules owe each other."""

from services.points.domain.rules.agreements import AGREEMENTS, Agreement, Breach, breach_of
from services.points.domain.rules.declared import RULES
from services.points.domain.rules.kinds import Malformed
from services.points.domain.rules.rule import Row, Rule

__all__ = ["AGREEMENTS", "RULES", "Agreement", "Breach", "Malformed", "Row", "Rule", "breach_of"]
