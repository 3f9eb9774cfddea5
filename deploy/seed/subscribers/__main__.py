"""``python -m deploy.seed.subscribers --bill-run FILE [--period 2026-10] [--scale 1.0]``: writes a bill-run file."""

import argparse
import json
import sys
from pathlib import Path

from deploy.seed.subscribers.bill_run import write_bill_run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="deploy.seed.subscribers", description=__doc__)
    parser.add_argument("--bill-run", type=Path, required=True, metavar="FILE")
    parser.add_argument("--period", default="2026-10", metavar="YYYY-MM")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the run: 1.0 bills everybody once")
    asked = parser.parse_args(argv)
    try:
        totals = write_bill_run(asked.bill_run, asked.period, asked.scale)
    except (ValueError, OSError) as problem:
        print(f"no bill run written: {problem}", file=sys.stderr)
        return 1
    print(json.dumps(totals, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
