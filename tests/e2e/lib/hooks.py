"""What a receiver of webhooks of the tests (tests/lib/hook_peer.py) has taken.

    hooks.py FOLDER EXPRESSION

The expression is Python over h, the requests in the order in which they came, each a dict
of id (webhook-id), signature (what the receiver makes of it), behaviour (how it answered),
head (of fields by their names in small letters) and body (its JSON)."""
import json
import pathlib
import sys

from mails import show


def hook_of(path):
    head, said = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "head":
            name, _, value = rest.partition(": ")
            head[name] = json.loads(value)
        else:
            said[word] = rest
    return {"id": head.get("webhook-id"), "signature": said["signature"],
            "behaviour": said["behaviour"], "head": head,
            "body": json.loads(path.with_suffix(".body").read_bytes())}


files = sorted(pathlib.Path(sys.argv[1]).glob("[0-9]*.txt"))
show(eval(sys.argv[2], {"h": [hook_of(f) for f in files]}))
