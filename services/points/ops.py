"""For operators: ``python -m services.points.ops check | bill-run …``; ``--help`` says more."""

import sys
from collections.abc import Sequence

from services.chassis.operations import audit, operate
from services.points.contract import SERVICE
from services.points.operating.accounts import ACCOUNT_VERBS
from services.points.operating.adjustments import ADJUSTMENT_VERBS
from services.points.operating.bill_runs import BILL_RUN_VERBS
from services.points.operating.expiry import EXPIRY_VERBS
from services.points.operating.expiry_policies import EXPIRY_POLICY_VERBS
from services.points.operating.ledger import LEDGER_VERBS
from services.points.operating.liability import LIABILITY_VERBS
from services.points.operating.rules import RULE_VERBS
from services.points.usecases.check_invariants import check_invariants

VERBS = [
    *ACCOUNT_VERBS,
    *ADJUSTMENT_VERBS,
    *BILL_RUN_VERBS,
    *EXPIRY_VERBS,
    *EXPIRY_POLICY_VERBS,
    *LEDGER_VERBS,
    *LIABILITY_VERBS,
    *RULE_VERBS,
    audit(check_invariants, meaning="audit the ledger against itself"),
]


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on the points ledger", VERBS, argv, prog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
