"""The reference of the RPC benchmark: an echo on plain nameko, both sides as its documentation has them.

``python -m tests.load.references.plain_rpc callee|caller``; the caller reads "calls at-once" and answers seconds.
"""

import eventlet

eventlet.monkey_patch()

import os
import sys
import time

from nameko.containers import ServiceContainer
from nameko.rpc import RpcProxy, rpc
from nameko.testing.services import dummy

from tests.load.answers import answers_apart, questions

CONFIG = {"AMQP_URI": os.environ["MALL_AMQP_URL"], "max_workers": 64}


class EchoService:
    name = "bench_plain_echo"

    @rpc
    def echo(self, request):
        return request


class CallerService:
    name = "bench_plain_caller"
    echo = RpcProxy("bench_plain_echo")

    @dummy
    def burst(self, calls):
        for number in range(calls):
            assert self.echo.echo({"request_id": "r", "word": "hello", "number": number})["number"] == number


def burst(container, calls, at_once):
    """Seconds that ``calls`` round trips took, ``at_once`` at a time."""
    entrypoint = next(iter(container.entrypoints))
    waiting = eventlet.event.Event()
    left = [at_once]

    def finished(_worker, result, exc_info):
        left[0] -= 1
        if exc_info or not left[0]:
            waiting.send(None, exc_info)
        return result, exc_info

    started = time.perf_counter()
    for _ in range(at_once):
        container.spawn_worker(entrypoint, (calls // at_once,), {}, handle_result=finished)
    waiting.wait()
    return time.perf_counter() - started


def serve(role, callee, caller):
    """The callee until it is killed; the caller for as long as somebody asks it for bursts."""
    answers = answers_apart()
    container = ServiceContainer(callee if role == "callee" else caller, CONFIG)
    container.start()
    print("ready", flush=True, file=answers)
    while role == "callee":  # reading stdin would stop the whole process between lines
        eventlet.sleep(60)
    for line in questions():
        calls, at_once = map(int, line.split())
        print(burst(container, calls, at_once), flush=True, file=answers)


if __name__ == "__main__":
    serve(sys.argv[1], EchoService, CallerService)
