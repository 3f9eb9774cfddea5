"""S8: a crowd wants few pieces of a flash sale; then what a sold-out answer costs, beside a bare HTTP hello."""

import json
import os
import random
import subprocess
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from deploy.demo.shelf import choose
from deploy.demo.shop import Shop
from deploy.seed.subscribers.import_requests import everybody
from tests.load.bursts import burst
from tests.load.children import ROOT, free_port, running
from tests.load.cpu import group_of_pids, mall_groups, postgres_group
from tests.load.failures import WrongAnswer
from tests.load.frame import Measured, Row, compare, interleave, plain, rows_of_cpu
from tests.load.http_driver import Load, closed_loop, post
from tests.load.redeem_setting import AT_ONCE, Buyer, sign_in

CONNECTIONS = 64
ANSWERS = 5_000
HTTP_PORT = "BENCH_HELLO_HTTP_PORT"  # not imported: that module patches the process
GOAL_RATE, GOAL_CPU = 300.0, 1.3
TAKEN, SOLD_OUT = 201, 409


def run(pairs: int, buyers: int, units: int) -> list[Row]:
    """``buyers`` members want a ticket each, of ``units``; then as many pairs of bursts of sold-out answers."""
    url, groups = os.environ["MALL_PUBLIC_URL"], mall_groups(os.environ["MALL_AMQP_URL"])
    groups = [*groups, postgres_group(os.environ["MALL_DATABASE_URL"])]
    crowd = _crowd(url, buyers)
    path = f"/v1/flash-sales/{_sale(url, units)}/tickets"
    load = closed_loop(url, [_asks(url, path, buyer) for buyer in crowd], min(CONNECTIONS, buyers))
    taken = _taken(load, min(units, buyers))
    ask = _asks(url, path, crowd[-1])  # who has a ticket already would be told that instead
    port = free_port()
    with running("tests.load.references.http_hello", **{HTTP_PORT: str(port)}) as child:
        address = f"http://127.0.0.1:{port}"
        hello = post(address, "/hello", b"", {})
        ours = partial(burst, url, ask, groups, SOLD_OUT, ANSWERS)
        reference = partial(burst, address, hello, [group_of_pids("hello", [child.pid])], 200, ANSWERS)
        mine, theirs = interleave(pairs, ours, reference)
    return _rows(load, taken - min(units, buyers), mine, theirs)


def _rows(load: Load, oversold: int, mine: list[Measured], theirs: list[Measured]) -> list[Row]:
    cpu = [[m.cpu_total for m in side] for side in (mine, theirs)]
    crowd = Measured({}, load.per_second, load.latencies_ms)
    return [
        plain("S8.oversold", "tickets beyond the quota", "tickets", oversold, 0),
        plain("S8.rate", f"answers to {len(load.answers)} buyers", "answers/s", crowd.per_second, GOAL_RATE, False),
        plain("S8.p99", "99th percentile of these answers", "ms", crowd.percentile(0.99)),
        compare("S8.cpu", "CPU of a sold-out answer, beside a bare hello", "CPU-ms", *cpu, GOAL_CPU, True),
        *rows_of_cpu("S8", "sold out", mine, "answer"),
    ]


def _crowd(url: str, buyers: int) -> list[Buyer]:
    phones = [person.phone for person in random.sample(everybody(), buyers)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(partial(sign_in, url), phones))


def _sale(url: str, units: int) -> str:
    [sku, *_] = choose(Shop(url, "zh"), "physical", lambda _: True).goods["skus"]
    parts = [{name: part[name] for name in ("element_id", "quantity")} for part in sku["parts"]]
    command = [sys.executable, "-W", "ignore", "-m", "tests.load.flash_supplies"]
    wanted = json.dumps({"sku_id": sku["sku_id"], "parts": parts, "units": units})
    done = subprocess.run(command, input=wanted, text=True, cwd=ROOT, check=True, timeout=60, stdout=subprocess.PIPE)
    return done.stdout.strip()


def _asks(url: str, path: str, buyer: Buyer) -> bytes:
    headers = {"Authorization": f"Bearer {buyer.token}", "Idempotency-Key": uuid.uuid4().hex}
    return post(url, path, b"", headers)


def _taken(load: Load, expected: int) -> int:
    """Tickets; anything but these, sold out and the request to come again ends the benchmark."""
    told = Counter(answer.status for answer in load.answers)
    if set(told) - {TAKEN, SOLD_OUT, 503} or told[TAKEN] < expected:
        raise WrongAnswer(f"of {expected} pieces: answers by status {dict(told)}")
    return told[TAKEN]
