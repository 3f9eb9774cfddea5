"""For operators: ``python -m services.logistics.ops check | exceptions | parked [--json]``."""

import argparse
import sys
from collections.abc import Sequence

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, audit, operate
from services.chassis.showing import say_json
from services.logistics.contract import SERVICE
from services.logistics.usecases.check_invariants import check_invariants, list_exceptions
from services.logistics.usecases.list_parked import list_parked


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on parcels", VERBS, argv, prog)


def parked(works: Works, options: argparse.Namespace) -> int:
    waiting = works.run(list_parked, {})
    if options.json:
        say_json(waiting)
        return DONE
    for each in waiting:
        print(each["parked_at"].isoformat(), each["carrier"], each["waybill_no"], each["status"], each["event_id"])
    return DONE


VERBS = [
    audit(check_invariants),
    audit(list_exceptions, "exceptions", "parcels that need a person; exit code 1 if there are any"),
    Verb("parked", "genuine callbacks of waybills that nobody has booked", parked),
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
