"""``./mall ops dead-letters list|replay SERVICE``: events that a service could not handle."""

import argparse
import json
import os

from deploy.ops.invariants import SERVICES
from services.chassis.bus.dead_letters import DeadLetter, list_dead, replay_dead


def main(arguments: list[str], prog: str = "./mall ops dead-letters") -> int:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("action", choices=["list", "replay"])
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--most", type=int, default=100, help="look at this many at most (100)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    url = os.environ["MALL_AMQP_URL"]
    if options.action == "replay":
        replayed = replay_dead(url, options.service, options.most)
        print(json.dumps({"replayed": replayed}) if options.json else f"{replayed} put back to their queues")
        return 0
    letters = list_dead(url, options.service, options.most)
    if options.json:
        print(json.dumps([_fact(letter) for letter in letters], ensure_ascii=False, indent=2))
    else:
        for letter in letters:
            print(f"{letter.queue}: {letter.reason}\n    {letter.body.decode(errors='replace')[:300]}")
        print(f"{len(letters)} dead")
    return 0


def _fact(letter: DeadLetter) -> dict[str, object]:
    return {"queue": letter.queue, "reason": letter.reason, "event": letter.envelope}
