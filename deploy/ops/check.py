"""``./mall ops check [--json]``: every service checks its own database; exit status 0 only if all invariants hold."""

import argparse
import json

from deploy.ops.invariants import all_checks


def main(arguments: list[str], prog: str = "./mall ops check") -> int:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    checks = all_checks()
    if options.json:
        print(json.dumps([check.as_fact() for check in checks], ensure_ascii=False, indent=2))
    else:
        for check in checks:
            found = "" if check.ok else f"  found: {check.found}"
            print(f"{'✓' if check.ok else '✗'} {check.service:<14} {check.name}{found}")
    return 0 if all(check.ok for check in checks) else 1
