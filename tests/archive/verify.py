#!/usr/bin/python3
"""An independent verifier of archives, written from services/archiving/README.md.
    verify.py archive KEY FOLDER [KNOWN…]   the whole archive; known checkpoints are files
    verify.py proof KEY FILE                an inclusion or a consistency proof

KEY is a file with the line of the archive's public key. 0: all holds, 1: something does not."""
import base64, hashlib, os, re, struct, sys
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

class Bad(Exception):
    """Something is not as the page says."""
def need(holds, *words):
    if not holds:
        raise Bad(*words)

def blake(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def unbase64(text, length=None):
    need(len(text) % 4 == 0 and re.fullmatch(rb"[A-Za-z0-9+/]*={0,2}", text), "not base64")
    value = base64.b64decode(text)
    need(base64.b64encode(value) == text and length in (None, len(value)), "not base64")
    return value

def number(text):
    need(re.fullmatch(rb"0|[1-9][0-9]{0,18}", text) and int(text) <= 1 << 62, "no number")
    return int(text)

def signed(public_key, signature, message):
    try:
        return Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message) is None
    except (InvalidSignature, ValueError):
        return False

class Key:
    def __init__(self, line):
        name, key_id, blob = line.strip().split(b"+", 2)
        self.name, self.public = name, unbase64(blob, 33)[1:]
        self.id = sha(name, b"\n\1", self.public)[:4]
        need(self.id.hex().encode() == key_id and unbase64(blob)[0] == 1, "no key of an archive")

class Checkpoint:
    def __init__(self, note, key):
        need(len(note) <= 65536 and not re.search(rb"[\0-\x09\x0b-\x1f]", note), "note: bytes")
        need(note.decode("utf-8", "replace").encode() == note, "note: not UTF-8")
        text, _, signatures = note.rpartition(b"\n\n")
        lines, good = signatures.split(b"\n"), []
        need(text and lines.pop() == b"" and len(lines) <= 64, "note: no signatures")
        for line in lines:
            dash, name, blob = (line.split(b" ", 2) + [b"", b""])[:3]
            blob = unbase64(blob)
            need(dash == "\u2014".encode() and name and len(blob) > 4, "note: no signature")
            if (name, blob[:4]) == (key.name, key.id):
                good.append(signed(key.public, blob[4:], text + b"\n"))
        need(good and all(good), "note: not signed with the key")
        lines, said = text.split(b"\n"), {}
        need(len(lines) >= 3 and all(lines), "checkpoint: an empty line, or too few")
        self.size, self.root = number(lines[1]), unbase64(lines[2], 32)
        need(lines[0] == key.name, "checkpoint: the key is another origin's")
        for word, _, rest in (line.partition(b" ") for line in lines[3:]):
            if word in (b"position", b"hq_ms", b"hq") and rest:
                need(word not in said, "checkpoint: a line twice")
                said[word] = rest
        need(len(said) == 3, "checkpoint: extension lines are missing")
        self.position, self.hq_ms = number(said[b"position"]), number(said[b"hq_ms"])
        node, _, hq_key = said[b"hq"].partition(b" ")
        need(re.fullmatch(rb"[0-9a-fA-F]{32}", node), "checkpoint: hq")
        self.hq = (bytes.fromhex(node.decode()), unbase64(hq_key, 32))
        need(bool(self.size) == bool(self.position) and self.position >= self.size, "checkpoint")

def perfect(hashes):
    while len(hashes) > 1:
        hashes = [sha(b"\1", *hashes[i:i + 2]) for i in range(0, len(hashes), 2)]
    return hashes[0]

def append(rows, leaf):
    for row in rows:  # Of the hashes of subtrees of 256^level leaves.
        row.append(leaf)
        if len(row) % 256:
            return
        leaf = perfect(row[-256:])

def root_of(rows):
    root = None
    for row in rows:
        for bit in range(8):
            if len(row) >> bit & 1:
                end = len(row) >> bit << bit
                left = perfect(row[end - (1 << bit):end])
                root = sha(b"\1", left, root) if root else left
    return root or sha()

def climb(at, last, start, hashes):
    """Up from the start, at the right edge of one tree within another: both roots."""
    was = now = start
    for h in hashes:
        need(last != 0, "proof: too many hashes")
        if at & 1 or at == last:
            was, now = sha(b"\1", h, was), sha(b"\1", h, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = sha(b"\1", now, h)
        at, last = at >> 1, last >> 1
    need(last == 0, "proof: too few hashes")
    return was, now

def check_growth(old, new, hashes):
    need(old.hq == new.hq and old.size <= new.size and old.position <= new.position and
         old.hq_ms <= new.hq_ms, "proof: of two archives")
    if old.size in (0, new.size):
        return need(not hashes and old.root == (new.root if old.size else sha()), "proof: roots")
    at, last = old.size - 1, new.size - 1
    hashes = hashes if old.size & at else [old.root] + hashes
    while at & 1:
        at, last = at >> 1, last >> 1
    need(hashes and climb(at, last, hashes[0], hashes[1:]) == (old.root, new.root), "proof: roots")

class Block:
    def __init__(self, raw):
        need(156 <= len(raw) <= 65536, "block: length")
        (magic, count, self.node, self.first, self.parent, self.key, length,
         zero) = struct.unpack_from("<6sH16sQ8x32s8sII", raw)
        need(magic == b"KSB1\1\0" and zero == 0 and length == len(raw) - 152, "block: header")
        need(1 <= count <= 1024 and 1 <= self.first < (1 << 63) - 1024, "block: numbers")
        self.records, at, end = [], 88, len(raw) - 64
        for _ in range(count):
            n = struct.unpack_from("<I", raw, at)[0] if end - at >= 4 else 1 << 32
            need(n <= min(32768, end - at - 4), "block: a record is cut or too long")
            self.records.append(raw[at + 4:at + 4 + n])
            at += 4 + n
        need(at == end, "block: bytes after its records")
        self.last, self.signature, self.hash = self.first + count - 1, raw[-64:], blake(raw[:-64])

VARINT = re.compile(rb"[\x80-\xff]{0,9}[\0-\x7f]")
def value_of(varint):
    return sum((byte & 0x7F) << 7 * i for i, byte in enumerate(varint)) & (1 << 64) - 1

def fields(message):
    at, found = 0, {}  # {number: [values]} of a protobuf message.
    while at < len(message):
        tag = VARINT.match(message, at)
        kind = value_of(tag[0]) & 7 if tag else 7
        value = VARINT.match(message, tag.end()) if kind in (0, 2) else tag
        need(value and kind in (0, 1, 2, 5), "protobuf: malformed")
        end = value.end() + {0: 0, 1: 8, 5: 4}.get(kind, value_of(value[0]))
        need(end <= len(message), "protobuf: cut")
        found.setdefault(value_of(tag[0]) >> 3, []).append(
            message[value.end():end] if kind else value_of(value[0]))
        at = end
    return found

class Keyring:
    def __init__(self, node, key):
        self.roles, self.keys, self.taken = {node: 2}, {}, set()
        self.add(node, key, [])
    def add(self, node, key, bodies):
        fresh = {"key": key, "stolen": 1 << 64}
        self.keys.setdefault((node, blake(key)[:8]), fresh)["bodies"] = bodies
    def take(self, node, key_id, record, position):
        key = self.keys[node, key_id]
        if self.roles[node] == 2 and position < key["stolen"] and record not in self.taken:
            try:
                bodies = [(n, v) for n, vs in fields(record).items() for v in vs if 16 <= n <= 32]
                need(len(bodies) == 1 and bodies[0][0] in (27, 28), "not about keys")
                self.take_body(key, *bodies[0])
                self.taken.add(record)
            except (Bad, TypeError):
                pass  # Not well-formed, or not to be said with this key: it does not count.
    def take_body(self, key, body, message):
        said = fields(message)
        last = {n: values[-1] for n, values in said.items()}
        node, sign, kind = (last.get(n, b"") for n in ((1, 4, 5) if body == 27 else (1, 2, 3)))
        need(len(node) == 16 and len(sign) == 32 and kind in (1, 2, 3), "malformed")
        need(not key["bodies"] or body in key["bodies"], "not to be said with this key")
        if body == 27:
            need(len(last.get(3, b"")) == 32, "malformed")
            self.roles[node] = kind
            self.add(node, sign, [n for v in said.get(7, []) for n in (  # Packed, or not.
                [v] if isinstance(v, int) else map(value_of, VARINT.findall(v)))])
        else:
            revoked = self.keys.get((node, blake(sign)[:8]))
            need(revoked, "unknown")
            revoked["stolen"] = (revoked["stolen"], last.get(4, 0), 1 << 64)[kind - 1]

def path_of(n):
    return re.sub("(...)(?=.)", r"x\1/", str(n).zfill((len(str(n)) + 2) // 3 * 3))

def read(path, most):
    need(os.path.isfile(path) and os.path.getsize(path) <= most, path + " is missing, or too long")
    return open(path, "rb").read(most)

def entries_of(packed, length, many):
    need(zstandard.get_frame_parameters(packed).content_size == length, "frame: length")
    unpacking = zstandard.ZstdDecompressor().decompressobj()
    content, at = unpacking.decompress(packed), 0
    need(unpacking.eof and not unpacking.unused_data and len(content) == length, "frame")
    for _ in range(many):
        n, kind = struct.unpack_from("<IB", content, at) if length - at > 5 else (0, 0)
        need(kind == 0 and 16 < n <= min(length - at - 5, 65552), "frame: an entry is cut")
        yield content[at + 5:at + 5 + n]
        at += 5 + n
    need(at == length, "frame: bytes after its entries")

class Archive:
    def __init__(self, folder, key, known):
        self.folder, self.rows, self.seal = folder, [[] for _ in range(8)], bytes(32)
        self.head = Checkpoint(read(folder + "/checkpoint", 65536), key)
        self.known = [Checkpoint(note, key) for note in known]
        need(all(k.hq == self.head.hq and k.size <= self.head.size for k in self.known), "set back")
        self.keyring = Keyring(*self.head.hq)
        self.blocks, self.position, self.hq_ms, self.size = {}, 1, 0, 0
    def reached(self, heads):
        for head in heads:
            need(head.size != self.size or (root_of(self.rows), self.position - 1, self.hq_ms) ==
                 (head.root, head.position, head.hq_ms), "another history at %d" % self.size)
    def entry(self, raw):
        position, hq_ms = struct.unpack_from("<Qq", raw)
        need(position == self.position and hq_ms >= self.hq_ms, "entry: position or time")
        b = Block(raw[16:])
        key = self.keyring.keys.get((b.node, b.key))
        need(key and signed(key["key"], b.signature, b"kusanone block v1\0" + b.hash),
             "block: not signed with an enrolled key")
        need((b.first == 1) == (b.parent == bytes(32)) and (b.node, b.hash) not in self.blocks and
             self.blocks.get((b.node, b.parent), 0) == b.first - 1, "block: its parent, or twice")
        self.blocks[b.node, b.hash] = b.last
        for i, record in enumerate(b.records):
            self.keyring.take(b.node, b.key, record, position + i)
        self.position, self.hq_ms = position + len(b.records), hq_ms
        self.size += 1
        append(self.rows, sha(b"\0", raw))
        self.reached(self.known)
        return sha(b"\0", raw)
    def segment(self, n):
        data = read(self.folder + "/segment/" + path_of(n), 20447232)
        need(len(data) >= 144 and blake(data[:-32]) == data[-32:], "segment: trailer")
        (magic, *place, count, frames, first, last, first_ms, last_ms, content, index, before,
         seal) = struct.unpack_from("<8sQQIIQQqqQQ32s32s", data)
        need(magic == b"KSA1\1\0\0\0", "segment: header")
        need((*place, first, before) == (n, self.size, self.position, self.seal), "segment: place")
        need(count <= min(65536, self.head.size - self.size) and content <= 1 << 24 and
             frames and len(data) == index + 24 * frames + 32, "segment: lengths")
        leaves, at, total, began = [], 144, 0, None
        for i in range(frames):
            where, length, long, of, many = struct.unpack_from("<QIIII", data, index + 24 * i)
            need((where, of) == (at, len(leaves)) and length and many and long <= 1 << 18 and
                 at + length <= index, "segment: index")
            for raw in entries_of(data[at:at + length], long, many):
                began = struct.unpack_from("<q", raw, 8)[0] if began is None else began
                leaves.append(self.entry(raw))
            at, total = at + length, total + long
        need((at, total, len(leaves), last, first_ms, last_ms) == (
            index, content, count, self.position - 1, began, self.hq_ms), "segment: adds up")
        self.seal = blake(b"kusanone segment v1\0", before, struct.pack(
            "<QQIQQqq", *place, count, first, last, first_ms, last_ms), *leaves)
        need(self.seal == seal, "segment: seal")
    def verify(self):
        self.reached(self.known)
        n = 0
        while self.size < self.head.size:
            self.segment(n)
            n += 1
        self.reached([self.head])
        need(not os.path.exists(self.folder + "/segment/" + path_of(n)), "a segment too many")
        for level, row in enumerate(self.rows):
            for i in range(0, len(row), 256):
                end = ".p/%d" % (len(row) - i) if len(row) - i < 256 else ""
                path = "%s/tile/%d/%s%s" % (self.folder, level, path_of(i // 256), end)
                need(read(path, 8192) == b"".join(row[i:i + 256]), path + " is another")
        return "%d entries, %d records" % (self.size, self.position - 1)

def check_proof(text, key):
    (title, *lines), rest = text.partition(b"\n\n")[0].split(b"\n"), text.partition(b"\n\n")[2]
    if title == b"c2sp.org/tlog-proof@v1":
        need(len(lines) >= 2 and lines[0][:6] == b"extra " and lines[1][:6] == b"index ", "proof")
        entry, leaf, c = unbase64(lines[0][6:]), number(lines[1][6:]), Checkpoint(rest, key)
        need(16 < len(entry) <= 65552 and leaf < c.size, "proof: length or leaf")
        hashes = [unbase64(line, 32) for line in lines[2:]]
        need(climb(leaf, c.size - 1, sha(b"\0", entry), hashes)[1] == c.root, "proof: root")
        return "entry %d is in the archive of %d entries" % (leaf, c.size)
    parts = rest.split(b"\n\n")
    need(title == b"kusanone consistency proof v1" and len(parts) == 4, "proof: unknown")
    old, new = (Checkpoint(b"\n\n".join(two) + end, key)
                for two, end in ((parts[:2], b"\n"), (parts[2:], b"")))
    check_growth(old, new, [unbase64(line, 32) for line in lines])
    return "the archive of %d entries continues that of %d" % (new.size, old.size)

if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("archive", "proof"):
        sys.exit(__doc__)
    try:
        public = Key(read(sys.argv[2], 4096))
        print(check_proof(read(sys.argv[3], 1 << 18), public) if sys.argv[1] == "proof" else
              Archive(sys.argv[3], public, [read(p, 65536) for p in sys.argv[4:]]).verify())
    except (Bad, zstandard.ZstdError) as bad:
        sys.exit("BAD: %s" % bad)
