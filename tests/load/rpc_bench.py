"""S3: an RPC echo through the chassis beside the same echo on plain nameko, 32 at once."""

import os
import subprocess
from contextlib import ExitStack

from tests.load.children import ask, running
from tests.load.cpu import Group, group_of_pids, rabbitmq_group
from tests.load.frame import Measured, Row, compare, interleave, measure, plain

AT_ONCE = 32
CALLS = 3200
GOAL_CPU, GOAL_RATE = 0.5, 2.0


def run(pairs: int) -> list[Row]:
    broker = rabbitmq_group(os.environ["MALL_AMQP_URL"])
    with ExitStack() as stack:
        ours = _pair(stack, "tests.load.chassis_rpc")
        reference = _pair(stack, "tests.load.references.plain_rpc")
        mine, theirs = interleave(pairs, lambda: _burst(*ours, broker), lambda: _burst(*reference, broker))
    return _rows(mine, theirs)


def _rows(mine: list[Measured], theirs: list[Measured]) -> list[Row]:
    cpu = [[m.cpu_total for m in side] for side in (mine, theirs)]
    rate = [[m.per_second for m in side] for side in (mine, theirs)]
    rows = [
        compare("S3.cpu", "CPU of an echo round trip: caller, callee, broker", "CPU-ms/call", *cpu, GOAL_CPU, True),
        compare("S3.rate", f"echo round trips, {AT_ONCE} at once", "calls/s", *rate, GOAL_RATE, False),
    ]
    for name in mine[0].cpu_ms:
        values = [m.cpu_ms[name] for m in mine]
        rows.append(plain(f"S3.{name}", f"of it in the {name}", "CPU-ms/call", sorted(values)[len(values) // 2]))
    return rows


def _pair(stack: ExitStack, module: str) -> tuple[subprocess.Popen, list[Group]]:
    callee = stack.enter_context(running(module, "callee"))
    caller = stack.enter_context(running(module, "caller"))
    return caller, [group_of_pids("callee", [callee.pid]), group_of_pids("caller", [caller.pid])]


def _burst(caller: subprocess.Popen, groups: list[Group], broker: Group) -> Measured:
    def run() -> list[float]:
        float(ask(caller, f"{CALLS} {AT_ONCE}"))  # seconds: anything else is not an answer
        return []

    return measure([*groups, broker], CALLS, run)
