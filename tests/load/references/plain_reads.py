"""The reference of the reads: plain nameko RPC and the very SQL that ours sends for the read, and nothing else.

``python -m tests.load.references.plain_reads callee|caller``; what the callee says to PostgreSQL comes by the
environment, {"url", "plans", "messages"} as JSON. The caller reads "calls at-once" and answers seconds.
"""

import eventlet

eventlet.monkey_patch()

import json
import os
import sys

import psycopg2
from eventlet.queue import Queue
from nameko.extensions import DependencyProvider
from nameko.rpc import RpcProxy, rpc
from nameko.testing.services import dummy

from tests.load.references.plain_rpc import serve

SQL = "BENCH_PLAIN_READS_SQL"
SESSIONS = 8


class Server(DependencyProvider):
    """A few sessions, each taken by one read at a time."""

    def start(self):
        told = json.loads(os.environ[SQL])
        self.messages, self.sessions = told["messages"], Queue()
        for _ in range(SESSIONS):
            session = psycopg2.connect(told["url"])
            session.autocommit = True  # BEGIN and COMMIT are among the messages
            cursor = session.cursor()
            for plan in told["plans"]:
                cursor.execute(plan)
            self.sessions.put(cursor)

    def get_dependency(self, worker_ctx):
        return self.read

    def read(self):
        cursor = self.sessions.get()
        try:
            return [self._rows(cursor, message) for message in self.messages]
        finally:
            self.sessions.put(cursor)

    @staticmethod
    def _rows(cursor, message):
        cursor.execute(message)
        return cursor.fetchall() if cursor.description else []


class ReadService:
    name = "bench_plain_reads"
    ask_server = Server()

    @rpc
    def read(self):
        return self.ask_server()


class CallerService:
    name = "bench_plain_reads_caller"
    reads = RpcProxy("bench_plain_reads")

    @dummy
    def burst(self, calls):
        for _ in range(calls):
            assert any(self.reads.read())


if __name__ == "__main__":
    serve(sys.argv[1], ReadService, CallerService)
