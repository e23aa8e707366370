#!/usr/bin/env python3
"""A mail server that keeps nothing, for tests.

    smtp_server.py [tls=CERTIFICATE_AND_KEY.pem] [user=NAME:PASSWORD] [VERB=REPLY[,REPLY...]]...

First line on stdout: its port on 127.0.0.1. Then one JSON line a message: from, to, data, tls, user.
With tls it offers STARTTLS, with user it wants AUTH PLAIN or LOGIN. VERB=REPLY (RCPT=450,250) answers
the n-th time that verb is heard with the n-th reply; the last one from then on. DATA=... is the reply to
the message, not to the word. SILENT=1 greets nobody.
"""

import base64
import json
import socketserver
import ssl
import sys
import threading

options = dict(argument.split("=", 1) for argument in sys.argv[1:])
heard = {}
lock = threading.Lock()


def say(words):
    with lock:
        print(words, flush=True)


def reply_to(verb, usual):
    """The reply that was asked for, or the usual one."""
    if verb not in options:
        return usual
    with lock:
        time = heard[verb] = heard.get(verb, 0) + 1
    replies = options[verb].split(",")
    code = replies[min(time, len(replies)) - 1]
    return usual if code == usual[:3] else code + " as was asked"


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def line(self):
        return self.rfile.readline().decode("utf-8", "surrogateescape").rstrip("\r\n")

    def handle(self):
        self.tls, self.user = False, ""
        self.mail = {"to": []}
        if "SILENT" in options:
            self.rfile.read(1)
            return
        self.say(reply_to("CONNECT", "220 test"))
        while text := self.line():
            verb, _, rest = text.partition(" ")
            if verb.upper() == "QUIT":
                self.say("221 bye")
                return
            getattr(self, "on_" + verb.upper(), self.on_other)(rest)

    def on_other(self, _):
        self.say("502 what?")

    def on_EHLO(self, _):
        lines = ["test", "8BITMIME", "SMTPUTF8"]
        if "tls" in options and not self.tls:
            lines.append("STARTTLS")
        if "user" in options:
            lines.append("AUTH PLAIN LOGIN")
        for line in lines[:-1]:
            self.say("250-" + line)
        self.say("250 " + lines[-1])

    def on_STARTTLS(self, _):
        self.say("220 go on")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["tls"])
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.tls = True

    def on_AUTH(self, rest):
        way, _, first = rest.partition(" ")
        if way.upper() == "PLAIN":
            if not first:
                self.say("334 ")
                first = self.line()
            _, user, password = base64.b64decode(first).decode().split("\0")
        else:
            self.say("334 VXNlcm5hbWU6")
            user = base64.b64decode(self.line()).decode()
            self.say("334 UGFzc3dvcmQ6")
            password = base64.b64decode(self.line()).decode()
        if f"{user}:{password}" == options["user"]:
            self.user = user
            self.say("235 welcome")
        else:
            self.say("535 no")

    def on_MAIL(self, rest):
        if "user" in options and not self.user:
            self.say("530 who are you?")
            return
        self.mail = {"from": rest, "to": []}
        self.say(reply_to("MAIL", "250 ok"))

    def on_RCPT(self, rest):
        reply = reply_to("RCPT", "250 ok")
        if reply.startswith("2"):
            self.mail["to"].append(rest)
        self.say(reply)

    def on_DATA(self, _):
        self.say("354 go on")
        lines = []
        while (text := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(text[1:] if text.startswith(b".") else text)
        reply = reply_to("DATA", "250 ok")
        if reply.startswith("2"):
            data = b"".join(lines).decode("utf-8", "replace")
            say(json.dumps({**self.mail, "data": data, "tls": self.tls, "user": self.user}))
        self.say(reply)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass  # clients that do not trust us, or hang up


with Server(("127.0.0.1", 0), Session) as server:
    say(server.server_address[1])
    server.serve_forever()
