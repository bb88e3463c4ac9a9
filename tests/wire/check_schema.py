#!/usr/bin/python3
"""The rules of the wire's schema, checked on a descriptor set (protoc --descriptor_set_out).

    check_schema.py NEW.fds                    the rules that hold at any time
    check_schema.py NEW.fds --against OLD.fds  and nothing of a released schema is broken

At any time: proto3; a folder is a package is a version; lower_snake_case; an enum's zero is
ENUM_UNSPECIFIED and its values carry its name; no "optional", which protoc-c does not know;
no message that reaches itself, so that nesting has an end; no map whose values are
messages, since its bytes have no one order.

Against a release: no field changes its number, name, type, label or oneof; what goes leaves
its number and its name reserved; no reservation is taken back; no enum value goes or
changes. The descriptor set is read by hand (descriptor.proto has not changed these numbers
since 2008), so that Python's own library is all that is needed.
"""
import re
import sys

MAX_DEPTH = 16  # UNPACK_MAX_DEPTH of lib/base/unpack_wire.h.
TYPES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64",
         7: "fixed32", 8: "bool", 9: "string", 10: "group", 11: "message", 12: "bytes",
         13: "uint32", 14: "enum", 15: "sfixed32", 16: "sfixed64", 17: "sint32",
         18: "sint64"}
LABELS = {1: "single", 2: "required", 3: "repeated"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """{number: [values]} of one message: integers, and bytes for what has a length."""
    at = 0
    found = {}
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at:at + size], at + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def text(message, number):
    return message.get(number, [b""])[-1].decode()


def number_of(message, number, default=0):
    value = message.get(number, [default])[-1]
    return value - (1 << 64) if value >= 1 << 63 else value


class Field:
    def __init__(self, data, oneofs):
        f = fields(data)
        self.name = text(f, 1)
        self.number = number_of(f, 3)
        self.label = LABELS[number_of(f, 4, 1)]
        self.type = TYPES[number_of(f, 5)]
        self.type_name = text(f, 6)
        self.json_name = text(f, 10)
        self.oneof = oneofs[number_of(f, 9)] if 9 in f else ""
        self.optional = number_of(f, 17) != 0


class Message:
    def __init__(self, name, data):
        m = fields(data)
        oneofs = [text(fields(o), 1) for o in m.get(8, [])]
        self.name = name
        self.fields = {f.number: f for f in (Field(d, oneofs) for d in m.get(2, []))}
        ranges = [fields(r) for r in m.get(9, [])]
        # The end of a message's reserved range is not in it.
        self.ranges = [(number_of(r, 1), number_of(r, 2) - 1) for r in ranges]
        self.names = {n.decode() for n in m.get(10, [])}
        self.is_map = 7 in m and number_of(fields(m[7][-1]), 7) != 0
        self.inner = [(text(fields(d), 1), d) for d in m.get(3, [])]
        self.enums = m.get(4, [])


class Enum:
    def __init__(self, name, data):
        e = fields(data)
        values = [fields(v) for v in e.get(2, [])]
        self.name = name
        self.values = [(text(v, 1), number_of(v, 2)) for v in values]


class Schema:
    def __init__(self, path):
        self.files, self.messages, self.enums = [], {}, {}
        with open(path, "rb") as file:
            data = file.read()
        for one in fields(data).get(1, []):
            f = fields(one)
            package = text(f, 2)
            self.files.append((text(f, 1), package, text(f, 12)))
            todo = [("." + package, text(fields(d), 1), d) for d in f.get(4, [])]
            enums = [("." + package, d) for d in f.get(5, [])]
            while todo:
                scope, name, body = todo.pop()
                message = Message(f"{scope}.{name}", body)
                self.messages[message.name] = message
                todo += [(message.name, n, d) for n, d in message.inner]
                enums += [(message.name, d) for d in message.enums]
            for scope, body in enums:
                enum = Enum(f"{scope}.{text(fields(body), 1)}", body)
                self.enums[enum.name] = enum


def upper_snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def check_names(schema):
    for name, package, syntax in schema.files:
        folder = name.rpartition("/")[0].replace("/", ".")
        if syntax != "proto3":
            yield f"{name}: is {syntax or 'proto2'}; right is proto3"
        if folder != package or not re.fullmatch(r"[a-z][a-z0-9_.]*\.v[1-9][0-9]*", package):
            yield f"{name}: package {package}; right is its folder, ending in a version"
        if not re.fullmatch(r"[a-z0-9_]+\.proto", name.rpartition("/")[2]):
            yield f"{name}: right is lower_snake_case.proto"
    for message in schema.messages.values():
        for f in message.fields.values():
            if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", f.name):
                yield f"{message.name}.{f.name}: right is lower_snake_case"
            if f.name == "base":
                yield f"{message.name}.{f.name}: protobuf-c's structs begin with a member base"
            if f.optional:
                yield (f"{message.name}.{f.name}: is optional, which protoc-c does not know;"
                       " right is a message or a oneof")
            if f.type == "group" or f.label == "required":
                yield f"{message.name}.{f.name}: is {f.type} {f.label}"
    for enum in schema.enums.values():
        prefix = upper_snake(enum.name.rpartition(".")[2]) + "_"
        if not enum.values or enum.values[0] != (prefix + "UNSPECIFIED", 0):
            yield f"{enum.name}: its first value must be {prefix}UNSPECIFIED = 0"
        for value, _ in enum.values:
            if not value.startswith(prefix):
                yield f"{enum.name}: {value} must begin with {prefix}"


def check_nesting(schema):
    """No message reaches itself; no path is longer than the reader allows."""
    depth = {}  # None while its fields are being visited.
    for root in schema.messages:
        path = [(root, None)]
        while path:
            name, rest = path.pop()
            if rest is None:
                if depth.get(name):
                    continue
                depth[name] = None
                rest = [f.type_name for f in schema.messages[name].fields.values()
                        if f.type == "message"]
            waiting = [n for n in rest if depth.get(n, 0) is None]
            if waiting:
                yield f"{name}: reaches itself through {waiting[0]}"
                rest = [n for n in rest if n not in waiting]
            todo = [n for n in rest if n not in depth]
            if todo:
                path += [(name, rest), (todo[0], None)]
            else:
                depth[name] = 1 + max((depth[n] or 0 for n in rest), default=0)
    for name, levels in sorted(depth.items()):
        if levels > MAX_DEPTH:
            yield f"{name}: nests {levels} deep; readers allow {MAX_DEPTH}"


def check_maps(schema):
    for message in schema.messages.values():
        if message.is_map and message.fields[2].type == "message":
            yield f"{message.name}: is a map with messages as its values"


def check_message(new, old):
    for number, was in sorted(old.fields.items()):
        now = new.fields.get(number)
        where = f"{old.name}.{was.name} = {number}"
        if now is None:
            if not any(a <= number <= b for a, b in new.ranges):
                yield f"{where}: is gone, and its number is not reserved"
            if was.name not in new.names:
                yield f"{where}: is gone, and its name is not reserved"
            continue
        for what in ("name", "json_name", "label", "type", "type_name", "oneof"):
            before, after = getattr(was, what), getattr(now, what)
            if before != after:
                yield f"{where}: its {what} was {before or 'none'}, is {after or 'none'}"
    for first, last in old.ranges:
        for number in sorted(new.fields):
            if first <= number <= last and number not in old.fields:
                yield f"{old.name}.{new.fields[number].name}: takes reserved number {number}"
        if not any(a <= first and last <= b for a, b in new.ranges):
            yield f"{old.name}: {first} to {last} is no longer reserved"
    for name in sorted(old.names - new.names):
        yield f"{old.name}: the name {name} is no longer reserved"


def check_against(new, old):
    for name, package, _ in old.files:
        if (name, package) not in [(n, p) for n, p, _ in new.files]:
            yield f"{name}: is gone"
    for name, message in sorted(old.messages.items()):
        if name not in new.messages:
            yield f"{name}: is gone"
        else:
            yield from check_message(new.messages[name], message)
    for name, enum in sorted(old.enums.items()):
        if name not in new.enums:
            yield f"{name}: is gone"
            continue
        for value in enum.values:
            if value not in new.enums[name].values:
                yield f"{name}: {value[0]} = {value[1]} is gone or has changed"


def main(args):
    if len(args) not in (1, 3) or (len(args) == 3 and args[1] != "--against"):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    new = Schema(args[0])
    if not new.messages:
        print(f"{args[0]}: holds no message", file=sys.stderr)
        return 2
    mistakes = [*check_names(new), *check_nesting(new), *check_maps(new)]
    if len(args) == 3:
        mistakes += check_against(new, Schema(args[2]))
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
