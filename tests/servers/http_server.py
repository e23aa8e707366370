#!/usr/bin/env python3
"""An HTTP(S) server that answers as each request's query asks, for tests.

    http_server.py [CERTIFICATE_AND_KEY.pem]

First line on stdout: its port on 127.0.0.1. Then one JSON line a request: method, path, headers, body.

    /x?status=503            answers of a request: its n-th time gets the n-th of several statuses (503,200)
      &body=TEXT             the body
      &bytes=N               a body of N bytes
      &type=text/plain       Content-Type
      &location=URL          Location
      &retry_after=SECONDS   Retry-After
      &last_modified=DATE    Last-Modified
      &silent=1              no answer at all, until the other side hangs up
      &stalled=1             headers, and then nothing, until the other side hangs up
      &dropped=1             hangs up without an answer
"""

import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HEADERS = {"type": "Content-Type", "location": "Location", "retry_after": "Retry-After",
           "last_modified": "Last-Modified"}
asked = {}
lock = threading.Lock()


def say(words):
    with lock:
        print(words, flush=True)


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        with lock:
            time = asked[self.path] = asked.get(self.path, 0) + 1
        say(json.dumps({"method": self.command, "path": self.path,
                        "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body}))
        ask = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        self.close_connection = True
        if "dropped" in ask:
            return
        if "silent" in ask:
            self.rfile.read(1)
            return
        statuses = [int(status) for status in ask.get("status", "200").split(",")]
        self.send_response(statuses[min(time, len(statuses)) - 1])
        for name, header in HEADERS.items():
            if name in ask:
                self.send_header(header, ask[name])
        data = ask["body"].encode() if "body" in ask else b"x" * int(ask.get("bytes", 0))
        self.send_header("Content-Length", str(len(data) + ("stalled" in ask)))
        self.end_headers()
        try:
            self.wfile.write(data)
            if "stalled" in ask:
                self.wfile.flush()
                self.rfile.read(1)
        except OSError:
            pass  # the other side had enough

    do_GET = do_POST = answer


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that do not trust us, or hang up


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
say(server.server_port)
server.serve_forever()
