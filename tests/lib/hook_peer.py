#!/usr/bin/python3
"""A receiver of webhooks on loopback that does what a test says.

    hook_peer.py FOLDER [--cert FILE --key FILE] [--secret whsec_…] [--ipv6]

It writes the port that it was given to FOLDER/port, and says it, when it listens, and puts every request
whose body it has read into NNNN.body (the bytes) and NNNN.txt (one fact a line). The
signature is checked by the rules of Standard Webhooks, with Python's hmac. It ends when
its standard input does.

FOLDER/behaviour, read anew for each request, says how it behaves:

    200, 410, …           answers with this status (200 also without the file)
    429 Retry-After: 7    … and this field
    302 Location: URL     … a redirect
    drop                  reads the request, and hangs up without an answer
    drop_early            hangs up when it has read the head, not the body
    hang                  reads the request, and never answers
    slow                  answers 200 byte by byte
    huge                  answers 200 with a body that does not end
    garbage               answers what is no HTTP
    no_tls                hangs up instead of the handshake
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import socket
import ssl
import sys
import threading
import time


def say(folder, name, content):
    """A file that is there whole or not at all."""
    path = os.path.join(folder, name)
    with open(path + ".new", "wb") as f:
        f.write(content)
    os.rename(path + ".new", path)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    taken = 0
    lock = threading.Lock()

    def behaviour(self):
        try:
            with open(os.path.join(self.folder, "behaviour")) as f:
                return f.read().strip()
        except FileNotFoundError:
            return "200"

    def verify_request(self, request, client_address):
        """False: it is hung up on, before anything is read."""
        return self.behaviour() != "no_tls"

    def handle_error(self, request, client_address):
        """What a client does wrong is the test's to see, not a trace on the screen."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def signature(self, body):
        if not self.server.secret:
            return "not checked"
        key = base64.b64decode(self.server.secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        good = "v1," + base64.b64encode(
            hmac.new(key, signed + body, hashlib.sha256).digest()).decode()
        given = (self.headers["webhook-signature"] or "").split(" ")
        age = abs(time.time() - int(self.headers["webhook-timestamp"]))
        return f"{'good' if good in given and age < 60 else 'bad'} of {len(given)}"

    def take(self, behaviour):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        facts = [f"request {self.command} {self.path} {self.request_version}",
                 f"behaviour {behaviour}",
                 f"signature {self.signature(body)}"]
        facts += [f"head {k.lower()}: {json.dumps(v)}" for k, v in self.headers.items()]
        with self.server.lock:
            self.server.taken += 1
            name = f"{self.server.taken:04}"
        say(self.server.folder, name + ".body", body)
        say(self.server.folder, name + ".txt", ("\n".join(facts) + "\n").encode())

    def do_POST(self):
        how, _, field = self.server.behaviour().partition(" ")
        if how == "drop_early":
            self.close_connection = True
            return
        self.take(how)
        if how == "drop":
            self.close_connection = True
        elif how == "hang":
            time.sleep(3600)
        elif how == "garbage":
            self.wfile.write(b"\x00\x01 garbage \xff\r\n\r\n")
            self.close_connection = True
        elif how == "slow":
            for c in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":
                self.wfile.write(bytes((c,)))
                time.sleep(0.004)
        elif how == "huge":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        else:
            self.send_response(int(how))
            if field:
                name, _, value = field.partition(": ")
                self.send_header(name, value)
            self.send_header("Content-Length", "2" if how != "204" else "0")
            self.end_headers()
            if how != "204":
                self.wfile.write(b"ok")

    do_GET = do_POST


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--secret")
    parser.add_argument("--ipv6", action="store_true")
    args = parser.parse_args()
    if args.ipv6:
        Server.address_family = socket.AF_INET6
    server = Server(("::1" if args.ipv6 else "127.0.0.1", 0), Handler)
    server.folder = args.folder
    server.secret = args.secret
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = str(server.server_address[1])
    say(args.folder, "port", port.encode())
    print(port, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
