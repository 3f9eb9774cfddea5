"""The reference of a sold-out answer and of reads: an HTTP hello as the framework serves it, in its own process."""

import eventlet

eventlet.monkey_patch()

import os

from nameko.runners import ServiceRunner
from nameko.web.handlers import http

HTTP_PORT = "BENCH_HELLO_HTTP_PORT"


class Hello:
    name = "bench_hello"

    @http("GET", "/hello")
    @http("POST", "/hello")
    def hello(self, request: object) -> str:
        return "hello"


def main() -> None:
    config = {"AMQP_URI": os.environ["MALL_AMQP_URL"], "WEB_SERVER_ADDRESS": f"127.0.0.1:{os.environ[HTTP_PORT]}"}
    runner = ServiceRunner(config)
    runner.add_service(Hello)
    runner.start()
    print("ready", flush=True)
    runner.wait()


if __name__ == "__main__":
    main()
