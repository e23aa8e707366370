"""A web server inside a test: answers as it is told to, and keeps what it was asked.

    with Web() as web:
        web.answers["/hook"] = [503, 200]      # one after the other; the last one stays
        web.url("/hook"); web.asked("/hook")   # [Request(method, path, headers, body)]
"""
import collections
import http.server
import json
import socket
import threading

Request = collections.namedtuple("Request", "method path headers body")


class Web:
    def __init__(self):
        self.answers, self.bodies, self.requests = {}, {}, []
        self.lock = threading.Lock()
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, text = web.take(Request(self.command, self.path, dict(self.headers), body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def take(self, request):
        with self.lock:
            self.requests.append(request)
            left = self.answers.get(request.path, [200])
            status = left.pop(0) if len(left) > 1 else left[0]
            return status, self.bodies.get(request.path, "").encode()

    def asked(self, path):
        with self.lock:
            return [r for r in self.requests if r.path == path]

    def messages(self, path):
        """The JSON of what was posted there."""
        return [json.loads(r.body) for r in self.asked(path) if r.method == "POST"]

    def notices(self, path):
        """Those of all messages, in their order."""
        return [n for message in self.messages(path) for n in message["notices"]]

    def url(self, path, user=""):
        return f"http://{user}127.0.0.1:{self.server.server_address[1]}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Silent:
    """Takes connections and says nothing."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def refused_url():
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as once:
        return f"http://127.0.0.1:{once.getsockname()[1]}/"
