"""``./mall bench [NAME] [--json] [--pairs N]``. Names: rpc (S3), redeem (S1); without one, all of them."""

import argparse
import sys

from tests.load import redeem_bench, rpc_bench
from tests.load.frame import report

BENCHES = {"rpc": rpc_bench.run, "redeem": redeem_bench.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./mall bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="one benchmark; all of them without a name")
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")
    parser.add_argument("--pairs", type=int, default=5, help="interleaved pairs of ours and the reference (5)")
    options = parser.parse_args()
    for name in [options.name] if options.name else sorted(BENCHES):
        report(name, BENCHES[name](options.pairs), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
