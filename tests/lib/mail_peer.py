#!/usr/bin/python3
"""A mail server on loopback that does what a test says.

    mail_peer.py FOLDER [--cert FILE --key FILE [--smtps]] [--user NAME:PASSWORD]

It writes the port that it was given to FOLDER/port, and says it, when it listens, appends a line to
FOLDER/seen for each connection and each MAIL command, and puts every message that it
takes into NNNN.eml (the bytes) and NNNN.txt (what is in them, one fact a line, by
Python's parser). It ends when its standard input does.

FOLDER/behaviour, read anew for each step, says how it behaves:

    accept                takes the message and says so (also without the file)
    last                  takes it, says so, and hangs up
    drop                  takes it, and hangs up without a reply
    hang                  takes it, and never replies
    garbage_end           takes it, and replies what is no reply
    slow [MS]             replies byte by byte, one each 2 ms or so many
    mute                  accepts connections and says nothing
    garbage               greets with what is no greeting
    no_tls                hangs up in the middle of the handshake
    greeting 421 WORDS    greets so; also: mail, rcpt, end (after the final dot)
"""
import argparse
import asyncio
import email
import email.policy
import json
import logging
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def say(folder, name, content):
    """A file that is there whole or not at all."""
    path = os.path.join(folder, name)
    with open(path + ".new", "wb") as f:
        f.write(content)
    os.rename(path + ".new", path)


def word(value):
    return json.dumps(value, ensure_ascii=False)


def facts_of_parts(part, where, facts):
    params = " ".join(f"{k}={v}" for k, v in sorted(part.get_params(header="content-type")[1:])
                      if k != "boundary")
    line = f"part {where} {part.get_content_type()} {params}".rstrip()
    if part.is_multipart():
        facts.append(line)
        for n, child in enumerate(part.iter_parts(), 1):
            facts_of_parts(child, f"{where}.{n}", facts)
        return
    facts.append(f"{line} encoding={part['content-transfer-encoding']}"
                 f" disposition={part.get_content_disposition() or '-'}"
                 f" file={part.get_filename() or '-'}")
    facts.append(f"text {where} {word(part.get_payload(decode=True).decode())}")


def facts_of(content, session, envelope):
    message = email.message_from_bytes(content, policy=email.policy.default)
    head = content.split(b"\r\n\r\n", 1)[0]
    lines = content.split(b"\r\n")
    facts = [
        f"envelope from={envelope.mail_from} to={','.join(envelope.rcpt_tos)}",
        f"session ehlo={session.host_name} tls={'no' if session.ssl is None else 'yes'}"
        f" user={session.auth_data.login.decode() if session.authenticated else '-'}",
        f"bytes longest_line={max(map(len, lines))}"
        f" longest_head={max(map(len, head.split(bytes((13, 10)))))}"
        f" bare={'yes' if any(b in l for l in lines for b in (10, 13)) else 'no'}"
        f" eight_bit={'yes' if any(b > 126 for b in content) else 'no'}",
        f"head count={len(message.keys())}",
    ]
    facts += [f"head {name}: {word(str(value))}" for name, value in message.items()]
    facts_of_parts(message, "1", facts)
    facts += [f"defect {d!r}" for p in message.walk() for d in p.defects]
    return "\n".join(facts) + "\n"


class Peer(SMTP):
    """aiosmtpd's server, with other manners."""

    def __init__(self, handler, **options):
        super().__init__(handler, hostname="peer.example.org", **options)
        self.handler = handler

    async def push(self, status):
        how, _, words = self.handler.behaviour().partition(" ")
        text = status if isinstance(status, str) else status.decode()
        greets = text.startswith("220 ") and "Ready" not in text
        if greets:
            self.handler.note("connect")
        if greets and how == "mute":
            await asyncio.sleep(3600)
        if greets and how == "garbage":
            text = "\x00\x1b[2J garbage \xff"
        if greets and how == "greeting":
            text = words
        if text.startswith("220 Ready") and how == "no_tls":
            await super().push(text)
            self.transport.abort()
            return
        if how == "slow":
            # Nothing after the last one: a client begins TLS as soon as it has it.
            for c in (text + "\r\n").encode():
                await asyncio.sleep(float(words or 2) / 1000)
                self._writer.write(bytes((c,)))
            return
        await super().push(text.encode("latin-1"))
        if how == "last" and "taken as" in text:
            self.transport.close()


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.taken = 0

    def behaviour(self):
        try:
            with open(os.path.join(self.folder, "behaviour"), encoding="latin-1") as f:
                return f.read().strip()
        except FileNotFoundError:
            return "accept"

    def reply_to(self, step):
        """The reply that the test wants to this step, if it wants another."""
        how, _, words = self.behaviour().partition(" ")
        return words if how == step else None

    def note(self, line):
        with open(os.path.join(self.folder, "seen"), "a") as f:
            f.write(line + "\n")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.note(f"MAIL tls={'no' if session.ssl is None else 'yes'}")
        other = self.reply_to("mail")
        if other:
            return other
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        other = self.reply_to("rcpt")
        if other:
            return other
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        other = self.reply_to("end")
        if other:
            return other
        self.taken += 1
        say(self.folder, f"{self.taken:04}.eml", envelope.content)
        say(self.folder, f"{self.taken:04}.txt",
            facts_of(envelope.content, session, envelope).encode())
        how = self.behaviour()
        if how == "drop":
            server.transport.abort()
            await asyncio.sleep(3600)
        if how == "hang":
            await asyncio.sleep(3600)
        if how == "garbage_end":
            return "\x01\x02 what? \xfe"
        return f"250 2.0.0 taken as {self.taken:04}"


def authenticator(expected):
    def check(server, session, envelope, mechanism, data):
        good = f"{data.login.decode()}:{data.password.decode()}" == expected
        return AuthResult(success=good, handled=False, auth_data=data)
    return check


async def serve(args):
    loop = asyncio.get_running_loop()
    handler = Handler(args.folder)
    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)

    def make():
        options = {"tls_context": None if args.smtps else context, "loop": loop}
        if args.user:
            options.update(auth_required=True, authenticator=authenticator(args.user),
                           auth_require_tls=not args.smtps)
        return Peer(handler, **options)

    # What a client does wrong is the test's to see, not a trace on the screen.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    loop.set_exception_handler(lambda loop, context: None)
    server = await loop.create_server(make, "127.0.0.1", 0,
                                      ssl=context if args.smtps else None)
    port = str(server.sockets[0].getsockname()[1])
    say(args.folder, "port", port.encode())
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--smtps", action="store_true")
    parser.add_argument("--user")
    asyncio.run(serve(parser.parse_args()))


main()
