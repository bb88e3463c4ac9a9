#!/usr/bin/env python3
"""Writes the hand-made hostile seeds of the fuzz targets into tests/fuzz/seeds.

Each says in its name what it is. They are committed: run this only to add one.
"""
import os
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seeds")


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


def nest(number_, depth, inner=b""):
    for _ in range(depth):
        inner = field(number_, inner)
    return inner


def put(target, name, content):
    folder = os.path.join(HERE, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(content)


# ---- frames: u16 length of the first part, number of parts, then the parts ----------
def frame(parts):
    return struct.pack("<HB", len(parts[0]), len(parts)) + b"".join(parts)


def header(kind, session=0, number_=1, magic=b"KSL1", flags=0, minor=1):
    return magic + bytes([kind, flags]) + struct.pack("<HQQ", minor, session, number_)


HELLO = field(1, b"\1" * 16) + number(2, 1) + number(7, 1) + number(8, 1)
BATCH = number(1, 1)
BLOCK_ITEM = struct.pack("<I", 4) + b"KSB1" + struct.pack("<I", 0)
put("frame", "hello", frame([header(1), HELLO]))
put("frame", "hello_short_node_id", frame([header(1), field(1, b"\1" * 15)]))
put("frame", "hello_bad_utf8", frame([header(1), HELLO + field(9, b"\xff\xfe")]))
put("frame", "hello_nul_in_text", frame([header(1), HELLO + field(9, b"a\0b")]))
put("frame", "hello_length_lies", frame([header(1), b"\x0a\xff\xff\xff\xff\x0f"]))
put("frame", "header_cut", frame([header(1)[:23], HELLO]))
put("frame", "other_magic", frame([header(1, magic=b"KSL2"), HELLO]))
put("frame", "flags_set", frame([header(1, flags=1), HELLO]))
put("frame", "unknown_type", frame([header(9), b""]))
put("frame", "one_part", frame([header(1)]))
put("frame", "four_parts", frame([header(3), BATCH, b"x", b"y"]))
put("frame", "batch", frame([header(3, 7, 2), BATCH, BLOCK_ITEM]))
put("frame", "batch_payload_cut", frame([header(3, 7, 2), BATCH, BLOCK_ITEM[:-2]]))
put("frame", "batch_payload_lies",
    frame([header(3, 7, 2), BATCH, struct.pack("<I", 0xFFFFFFFF) + b"KSB1"]))
put("frame", "batch_empty_items", frame([header(3, 7, 2), BATCH + field(4, b"") * 20000]))
put("frame", "cursor_nested", frame([header(3, 7, 2), nest(2, 3000)]))
put("frame", "ack_short_hash", frame([header(4, 7, 3), field(2, field(2, b"\1" * 31))]))
put("frame", "status_unknown_fields", frame([header(5, 7, 3), number(99, 1) * 8000]))
put("frame", "error_group", frame([header(6, 7, 3), b"\x0b\x0c" * 100]))


# ---- blocks ---------------------------------------------------------------------------
def block(count, records, first=1, length=None, fmt=1, magic=b"KSB1", zero=0):
    body = b"".join(struct.pack("<I", len(r)) + r for r in records)
    if length is None:
        length = len(body)
    return (magic + struct.pack("<HH", fmt, count) + b"\2" * 16 +
            struct.pack("<QQ", first, 1700000000000) + b"\0" * 32 + b"\3" * 8 +
            struct.pack("<II", length, zero) + body + b"\4" * 64)


put("block", "one_record", block(1, [b"record"]))
put("block", "thousand_records", block(1024, [b""] * 1024))
put("block", "count_too_many", block(1025, [b""] * 1025))
put("block", "count_zero", block(0, []))
put("block", "count_lies", block(9, [b"a", b"b"]))
put("block", "length_lies", block(1, [b"a"], length=0xFFFFFFF0))
put("block", "record_length_lies", block(1, [])[:-64] + struct.pack("<I", 0xFFFFFFFF) + b"\4" * 64)
put("block", "record_too_long", block(1, [b"x" * (32 * 1024 + 1)]))
put("block", "seq_wraps", block(3, [b"a", b"b", b"c"], first=2**64 - 2))
put("block", "seq_zero", block(1, [b"a"], first=0))
put("block", "other_format", block(1, [b"a"], fmt=2))
put("block", "zero_not_zero", block(1, [b"a"], zero=1))
put("block", "cut", block(1, [b"record"])[:-1])
put("block", "trailing", block(1, [b"record"]) + b"x")
put("block", "empty", b"")


# ---- records: u16 length (top bit: headquarters says it), bytes -------------------------
def said(records, by_hq=False):
    return b"".join(struct.pack("<H", len(r) | (0x8000 if by_hq else 0)) + r for r in records)


ID_A = b"01900000-0000-7000-8000-00000000000a"
ID_B = b"01900000-0000-7000-8000-00000000000b"
TITLE = field(6, field(1, "水素ウェビナー".encode()))


def event(id_=ID_A, extra=b""):
    return field(1, id_) + field(3, b"sfo") + field(5, b"sfo") + TITLE + extra


def revision(ev, bases=b""):
    return number(1, 5) + field(16, bases + field(2, ev))


HELD = number(19, 4) + field(16, field(1, b"2024-02"))
put("record", "event", said([revision(event(extra=HELD))]))
put("record", "event_twice", said([revision(event(extra=HELD))] * 2))
put("record", "branches", said([revision(event(extra=HELD)), revision(event(extra=field(36, b"a"))),
                                revision(event(extra=field(36, b"b")))]))
put("record", "event_field_twice",
    said([field(16, field(2, event()) + field(2, event(ID_B)))]))
put("record", "body_twice", said([field(16, field(2, event())) * 2]))
put("record", "two_bodies", said([revision(event()) + field(17, field(1, ID_A))]))
put("record", "unknown_body", said([field(99, b"newer")]))
put("record", "unknown_fields_in_event", said([revision(event(extra=field(77, b"kept") * 50))]))
put("record", "nested_deep", said([nest(16, 6000)]))
put("record", "nested_event", said([field(16, nest(2, 6000))]))
put("record", "empty_submessages", said([revision(event(extra=field(15, b"") * 10000))]))
put("record", "thousand_sessions", said([revision(event(extra=field(15, b"") * 1000))]))
put("record", "bad_utf8_title", said([revision(field(1, ID_A) + field(3, b"sfo") +
                                               field(6, field(1, b"\xed\xa0\x80")))]))
put("record", "overlong_utf8", said([revision(event(extra=field(37, b"\xc0\xaf")))]))
put("record", "nul_in_recorder", said([revision(field(1, ID_A) + field(3, b"s\0fo"))]))
put("record", "bad_date", said([revision(event(extra=field(16, field(1, b"2024-02-31"))))]))
put("record", "huge_number", said([revision(event(extra=field(20, number(1, 2**64 - 1))))]))
put("record", "negative_money", said([revision(event(extra=field(29, number(1, 2**64 - 1))))]))
put("record", "name_in_record", said([revision(event(extra=field(28, field(2, b"secret"))))]))
put("record", "short_part_hash", said([revision(event(extra=field(28, field(1, b"x" * 31))))]))
put("record", "base_of_itself", said([revision(event(), field(1, b"\0" * 32))]))
put("record", "many_holders", said([revision(event(extra=b"".join(
    field(5, b"p%03d" % i) for i in range(199))))]))
put("record", "packed_bodies", said([field(27, field(7, b"\x01" * 20000))], by_hq=True))
put("record", "review", said([field(19, field(1, ID_A) + number(3, 3))], by_hq=True))
put("record", "merge_circle", said([field(23, field(1, ID_A) + field(2, ID_B)),
                                    field(23, field(1, ID_B) + field(2, ID_A)),
                                    field(23, field(1, ID_A) + field(2, ID_A))], by_hq=True))
put("record", "reference", said([field(26, field(1, field(18, field(1, b"format") +
                                                          field(2, b"webinar") +
                                                          field(4, b"online"))))], by_hq=True))

# Readers: who is alerted of what, by mail.
DESK = b"01900000-0000-7000-8000-0000000000d1"


def subscription(extra=b"", id_=DESK):
    return field(30, field(1, id_) + field(2, b"desk") + number(3, 1) +
                 field(4, b"\7" * 32) + extra)


put("record", "subscription", said([subscription(
    field(6, b"upcoming") + field(7, b"sfo") + field(8, b"TN") + field(9, b"economy") +
    field(10, b"trade") + field(11, b"hydrogen") + field(12, varint(43200) + varint(120)) +
    field(13, number(1, 127) + number(2, 510)) + field(14, number(1, 1320) + number(2, 420)) +
    field(15, b"America/Chicago") + field(16, b"en") + field(17, b"hooks"))], by_hq=True))
put("record", "subscription_edited_removed_again", said(
    [subscription(), subscription(field(11, b"word")), field(30, field(1, DESK) + number(18, 1)),
     subscription(), subscription()], by_hq=True))
put("record", "subscription_of_a_post", said([subscription()]))
put("record", "subscription_address_in_record",
    said([subscription(field(5, b"desk@example.org"))], by_hq=True))
put("record", "subscription_removed_with_address",
    said([subscription(field(5, b"desk@example.org") + number(18, 1))], by_hq=True))
put("record", "subscription_id_twice", said([subscription(field(1, DESK[:-1]))], by_hq=True))
put("record", "subscription_short_id", said([subscription(id_=DESK[:-1])], by_hq=True))
put("record", "subscription_short_hash",
    said([field(30, field(1, DESK) + number(3, 1) + field(4, b"\7" * 31))], by_hq=True))
put("record", "subscription_no_channel", said([field(30, field(1, DESK))], by_hq=True))
put("record", "subscription_newer_channel",
    said([subscription(number(3, 2**31 - 1))], by_hq=True))
put("record", "subscription_newer_kinds",
    said([subscription(field(6, b"of-a-newer-program") * 100)], by_hq=True))
put("record", "subscription_packed_leads",
    said([subscription(field(12, b"\1" * 20000))], by_hq=True))
put("record", "subscription_lead_of_64_bits",
    said([subscription(number(12, 2**64 - 1))], by_hq=True))
put("record", "subscription_many_codes",
    said([subscription(b"".join(field(7, b"p%04d" % i) for i in range(201)))], by_hq=True))
put("record", "subscription_empty_submessages",
    said([subscription((field(13, b"") + field(14, b"")) * 5000)], by_hq=True))
put("record", "subscription_digest_past_midnight",
    said([subscription(field(13, number(1, 128) + number(2, 1440)))], by_hq=True))
put("record", "subscription_nested", said([field(30, nest(13, 6000))], by_hq=True))
put("record", "subscription_bad_utf8", said([subscription(field(11, b"\xff\xfe"))], by_hq=True))
put("record", "subscription_nul_in_zone",
    said([subscription(field(15, b"Asia\0/Tokyo"))], by_hq=True))
put("record", "subscription_zone_is_a_path",
    said([subscription(field(15, b"../../etc/passwd"))], by_hq=True))
put("record", "silence", said([field(31, field(1, DESK) + field(4, b"sfo") + field(5, b"moved") +
                                     number(6, 1) + number(7, 2**63 - 1) + field(8, b"why")),
                               field(31, field(1, DESK) + number(9, 1))], by_hq=True))
put("record", "silence_ends_before_it_begins",
    said([field(31, field(1, DESK) + number(6, 2**63 - 1) + number(7, 2**64 - 1))], by_hq=True))
put("record", "acknowledgement", said([field(32, field(1, b"report-overdue") + field(2, ID_A)),
                                       field(32, field(1, b"report-overdue") + field(2, ID_A) +
                                             number(6, 1))], by_hq=True))
put("record", "acknowledgement_newer_kind",
    said([field(32, field(1, b"of-a-newer-program") + field(2, ID_A))], by_hq=True))
put("record", "acknowledgement_long_subject",
    said([field(32, field(1, b"post-silent") + field(2, b"x" * 20000))], by_hq=True))
put("record", "truncated_varint", said([b"\x82\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"]))
put("record", "empty", said([b""]))

# ---- JSON -------------------------------------------------------------------------------
put("json", "event", '{"title":{"ja":"水素"},"statedDates":["2024-02"],"status":"HELD"}'.encode())
put("json", "nested_deep", b"[" * 20000)
put("json", "nested_objects", b'{"title":' * 5000)
put("json", "twice", b'{"title":{"ja":"a"},"title":{"ja":"b"}}')
put("json", "both_names", b'{"statedDates":[],"stated_dates":[]}')
put("json", "bad_utf8", b'{"url":"\xff"}')
put("json", "lone_surrogate", b'{"url":"\\ud800"}')
put("json", "nul", b'{"url":"a\\u0000b"}')
put("json", "huge_number", b'{"participants":{"value":99999999999999999999999}}')
put("json", "negative", b'{"participants":-1}')
put("json", "float", b'{"participants":1e400}')
put("json", "unknown_enum", b'{"status":"HOLD"}')
put("json", "wrong_type", b'{"holders":"sfo"}')
put("json", "bad_base64", b'{"people":[{"partHash":"!!!"}]}')
put("json", "remark", b'{"//title":"x"}')
put("json", "null", b'{"title":null,"sessions":null}')
put("json", "trailing", b'{} {}')
put("json", "empty", b"")

# ---- archives: segments, notes, proofs ------------------------------------------------------
def raw_frame(content, length=None):
    """A zstd frame of one uncompressed block that says its content's length."""
    length = len(content) if length is None else length
    return (b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", length) +
            (len(content) << 3 | 1).to_bytes(3, "little") + content)


def rle_frame(count, length):
    """'count' zeros in a few bytes, under a header that says 'length'."""
    return (b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", length) +
            (count << 3 | 2 | 1).to_bytes(3, "little") + b"\0")


def items(*entries, kind=0):
    return b"".join(struct.pack("<IB", len(e), kind) + e for e in entries)


def segment(frames, number_=0, leaf=0, count=None, content=None, index=None, declared=None):
    """'frames' are (packed, length of content, entries)."""
    body, rows, first = b"", b"", 0
    for packed, length, many in frames:
        rows += struct.pack("<QIIII", 144 + len(body), len(packed), length, first, many)
        body, first = body + packed, first + many
    total = sum(f[1] for f in frames) if content is None else content
    head = b"KSA1\1\0\0\0" + struct.pack(
        "<QQIIQQqqQQ", number_, leaf, first if count is None else count,
        len(frames) if declared is None else declared, 1, 1 << 20, 5, 9, total,
        144 + len(body) if index is None else index) + b"\0" * 64
    return head + body + rows + b"\4" * 32


ENTRY = struct.pack("<Qq", 1, 5) + b"block"
TWO = items(ENTRY, ENTRY)
put("segment", "two_entries", segment([(raw_frame(TWO), len(TWO), 2)]))
put("segment", "two_frames", segment([(raw_frame(TWO), len(TWO), 2)] * 2))
put("segment", "bomb_hidden", segment([(rle_frame(1 << 17, 1 << 17), len(TWO), 2)]))
put("segment", "bomb_owned_up_to", segment([(rle_frame(1 << 17, 0xFFFFFFFF), 0xFFFFFFFF, 2)]))
put("segment", "bomb_lies_of_length", segment([(rle_frame(1 << 17, len(TWO)), len(TWO), 2)]))
put("segment", "zeros_in_a_frame", segment([(rle_frame(1 << 17, 1 << 17), 1 << 17, 2)]))
put("segment", "frame_longer", segment([(raw_frame(TWO, 1 << 30), len(TWO), 2)]))
put("segment", "skippable", segment([(b"\x50\x2a\x4d\x18\0\0\0\0", len(TWO), 2)]))
put("segment", "frame_then_junk", segment([(raw_frame(TWO) + b"x", len(TWO), 2)]))
put("segment", "two_in_one", segment([(raw_frame(TWO) * 2, 2 * len(TWO), 4)]))
put("segment", "entry_cut", segment([(raw_frame(TWO[:-1]), len(TWO) - 1, 2)]))
put("segment", "entry_length_lies", segment([(raw_frame(b"\xff\xff\xff\xff\0" + ENTRY),
                                              5 + len(ENTRY), 1)]))
put("segment", "entry_unknown_kind", segment([(raw_frame(items(ENTRY, kind=1)),
                                               5 + len(ENTRY), 1)]))
put("segment", "entry_without_block", segment([(raw_frame(items(ENTRY[:16])), 21, 1)]))
put("segment", "count_lies", segment([(raw_frame(TWO), len(TWO), 2)], count=3))
put("segment", "count_huge", segment([(raw_frame(TWO), len(TWO), 2)], count=0xFFFFFFFF))
put("segment", "frames_huge", segment([(raw_frame(TWO), len(TWO), 2)], declared=0xFFFFFFFF))
put("segment", "content_huge", segment([(raw_frame(TWO), len(TWO), 2)], content=2**64 - 1))
put("segment", "index_beyond", segment([(raw_frame(TWO), len(TWO), 2)], index=2**64 - 24))
put("segment", "index_in_header", segment([(raw_frame(TWO), len(TWO), 2)], index=24))
put("segment", "row_entries_wrap", segment([(raw_frame(TWO), len(TWO), 0xFFFFFFFF),
                                            (raw_frame(TWO), len(TWO), 3)], count=2))
put("segment", "leaf_wraps", segment([(raw_frame(TWO), len(TWO), 2)], leaf=2**64 - 1))
put("segment", "header_only", segment([])[:144])
put("segment", "empty", b"")

ROOT = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
HEAD = (b"kusanone/hq\n12\n" + ROOT + b"\nposition 90\nhq_ms 1711929600000\nhq " + b"5f" * 16 +
        b" " + ROOT + b"\n")
SIGNED = b"\n\xe2\x80\x94 kusanone/hq " + b"A" * 91 + b"=\n"
put("checkpoint", "text", HEAD)
put("checkpoint", "note", HEAD + SIGNED)
put("checkpoint", "sixty_five_signatures", HEAD + b"\n" + SIGNED[1:] * 65)
put("checkpoint", "no_name", HEAD + b"\n\xe2\x80\x94  AAAAAAAA\n")
put("checkpoint", "two_empty_lines", HEAD + b"\n\n" + SIGNED)
put("checkpoint", "only_signatures", SIGNED)
put("checkpoint", "carriage_returns", (HEAD + SIGNED).replace(b"\n", b"\r\n"))
put("checkpoint", "bad_utf8", HEAD + b"\xed\xa0\x80\n" + SIGNED)
put("checkpoint", "nul", HEAD + b"a\0b\n" + SIGNED)
put("checkpoint", "size_huge", HEAD.replace(b"\n12\n", b"\n99999999999999999999\n"))
put("checkpoint", "size_padded", HEAD.replace(b"\n12\n", b"\n012\n"))
put("checkpoint", "lines_twice", HEAD + HEAD)
put("checkpoint", "high_bits_in_base64", HEAD.replace(b"AAAA", b"\xc1\x81AA"))
put("checkpoint", "key", b"kusanone/hq+c8b4f5fc+AUi0MBZ5Hdv2GA6uCo77g4EUgxToBlvCa/JrgrvIkgZg")
put("checkpoint", "many_lines", b"o\n1\n" + ROOT + b"\n" + b"x\n" * 20000)
put("checkpoint", "empty", b"")

PROVED = b"c2sp.org/tlog-proof@v1\nextra AQAAAAAAAAAFAAAAAAAAAGJsb2Nr\nindex 5\n"
put("proof", "entry", PROVED + (ROOT + b"\n") * 4 + b"\n" + HEAD + SIGNED)
put("proof", "no_hashes", PROVED + b"\n" + HEAD + SIGNED)
put("proof", "sixty_six_hashes", PROVED + (ROOT + b"\n") * 66 + b"\n" + HEAD + SIGNED)
put("proof", "hash_short", PROVED + b"AAAA\n\n" + HEAD + SIGNED)
put("proof", "index_huge", PROVED.replace(b"index 5", b"index 4611686018427387904") + b"\n")
put("proof", "extra_long", PROVED.replace(b"extra ", b"extra " + b"AAAA" * 22000) + b"\n")
put("proof", "growth", b"kusanone consistency proof v1\n" + (ROOT + b"\n") * 3 + b"\n" + HEAD +
    SIGNED + b"\n" + HEAD + SIGNED)
put("proof", "growth_one_note", b"kusanone consistency proof v1\n\n" + HEAD + SIGNED)
put("proof", "growth_of_nothing", b"kusanone consistency proof v1\n\n\n\n\n")
put("proof", "other_title", b"c2sp.org/tlog-proof@v2\n")
put("proof", "empty", b"")
