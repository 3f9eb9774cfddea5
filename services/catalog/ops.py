"""For operators: ``python -m services.catalog.ops check [--json]``."""

import sys
from collections.abc import Sequence

from services.catalog.contract import SERVICE
from services.catalog.usecases.check_invariants import check_invariants
from services.chassis.operations import audit, operate

VERBS = [audit(check_invariants, meaning="count stock, reservations, codes and prices again")]


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on goods and stock", VERBS, argv, prog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
