"""A process that answers 200 to every GET: `python stand_in.py PORT`. Stands in for a service."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class AlwaysReady(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Quiet: the log belongs to what the test looks for."""


HTTPServer(("127.0.0.1", int(sys.argv[1])), AlwaysReady).serve_forever()
