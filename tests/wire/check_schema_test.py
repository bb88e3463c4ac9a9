#!/usr/bin/python3
"""check_schema.py finds each kind of violation, and lets pass what is allowed."""
import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_schema.py")

GOOD = """syntax = "proto3";
package kusanone.v1;
enum Status {
  STATUS_UNSPECIFIED = 0;
  STATUS_HELD = 1;
  STATUS_GONE = 2;
}
message Text {
  string ja = 1;
  string en = 2;
}
message Event {
  reserved 7, 20 to 29;
  reserved "old_name";
  string id = 1;
  repeated Text texts = 2;
  Status status = 3;
  sint32 offset = 4;
  map<string, int64> counts = 5;
  oneof body {
    string word = 10;
    Text text = 11;
  }
  message Inner {
    bytes hash = 1;
  }
  Inner inner = 6;
}
"""

# (what is planted, what is replaced, by what, what must be said). None: all is well.
RULES = [
    ("the good schema passes", "", "", None),
    ("a field that is not lower_snake_case", "string id = 1", "string eventId = 1",
     "eventId: right is lower_snake_case"),
    ("an optional field", "sint32 offset", "optional sint32 offset", "offset: is optional"),
    ("a field that protobuf-c cannot hold", "string id", "string base", "begin with a member"),
    ("an enum whose zero is not UNSPECIFIED", "STATUS_UNSPECIFIED = 0", "STATUS_NONE = 0",
     "its first value must be STATUS_UNSPECIFIED"),
    ("an enum value without the enum's name", "STATUS_GONE", "GONE",
     "GONE must begin with STATUS_"),
    ("a message that holds itself", "string ja = 1;", "string ja = 1; Text more = 3;",
     "Text: reaches itself"),
    ("a message that reaches itself through others", "string ja = 1;",
     "string ja = 1; repeated Event events = 3;", "reaches itself"),
    ("a message that reaches itself from within", "bytes hash = 1;",
     "bytes hash = 1; Event outer = 2;", "reaches itself"),
    ("a map of messages", "map<string, int64>", "map<string, Text>",
     "is a map with messages as its values"),
    ("proto2", GOOD, 'syntax = "proto2"; package kusanone.v1;'
     ' message Text { required string ja = 1; }', "right is proto3"),
    ("a required field", GOOD, 'syntax = "proto2"; package kusanone.v1;'
     ' message Text { required string ja = 1; }', "Text.ja: is string required"),
    ("a package without a version", "package kusanone.v1", "package kusanone",
     "package kusanone; right is its folder"),
    ("nesting deeper than a reader takes", "string ja = 1;", "string ja = 1; N1 n = 3; }"
     + "".join(f" message N{i} {{ N{i + 1} n = 1; }}" for i in range(1, 20))
     + " message N20 { string s = 1;", "readers allow 16"),
]
RELEASES = [
    ("a new field, message, enum and value pass", "  STATUS_GONE = 2;\n}\n",
     "  STATUS_GONE = 2;\n  STATUS_LATE = 3;\n}\n"
     "enum Kind { KIND_UNSPECIFIED = 0; }\nmessage Added { string a = 1; Kind b = 2; }\n",
     None),
    ("a new field in a oneof passes", "    string word = 10;",
     "    string word = 10;\n    Text other = 12;", None),
    ("a deletion that reserves number and name passes", "sint32 offset = 4;",
     'reserved 4; reserved "offset";', None),
    ("another order in the file passes", "string ja = 1;\n  string en = 2;",
     "string en = 2;\n  string ja = 1;", None),
    ("a changed number", "string en = 2", "string en = 3", "Text.en = 2: is gone"),
    ("two swapped numbers", "string ja = 1;\n  string en = 2;",
     "string ja = 2;\n  string en = 1;", "its name was ja, is en"),
    ("a changed name", "sint32 offset", "sint32 shift", "its name was offset, is shift"),
    ("a changed type", "sint32 offset", "int32 offset", "its type was sint32, is int32"),
    ("a changed message type", "Inner inner = 6", "Text inner = 6",
     "its type_name was .kusanone.v1.Event.Inner, is .kusanone.v1.Text"),
    ("a field that becomes repeated", "Status status", "repeated Status status",
     "its label was single, is repeated"),
    ("a field that becomes single", "repeated Text texts", "Text texts",
     "its label was repeated, is single"),
    ("a field that moves into a oneof", "string word = 10;",
     "string word = 10; sint32 offset = 4;", "its oneof was none, is body"),
    ("a changed JSON name", "sint32 offset = 4",
     'sint32 offset = 4 [json_name = "shift"]', "its json_name was offset, is shift"),
    ("a deletion without a reservation", "sint32 offset = 4;", "",
     "its number is not reserved"),
    ("a deletion that reserves only the number", "sint32 offset = 4;", "reserved 4;",
     "its name is not reserved"),
    ("a deletion that reserves only the name", "sint32 offset = 4;", 'reserved "offset";',
     "its number is not reserved"),
    ("a reserved number that is taken", "reserved 7, 20 to 29;",
     "reserved 20 to 29; string taken = 7;", "taken: takes reserved number 7"),
    ("a reservation that is taken back", "20 to 29", "20 to 28",
     "20 to 29 is no longer reserved"),
    ("a reserved name that is taken back", '  reserved "old_name";\n', "",
     "the name old_name is no longer reserved"),
    ("a removed enum value", "  STATUS_GONE = 2;\n", "", "STATUS_GONE = 2 is gone"),
    ("a renumbered enum value", "STATUS_GONE = 2", "STATUS_GONE = 3",
     "STATUS_GONE = 2 is gone or has changed"),
    ("a renamed enum value", "STATUS_GONE", "STATUS_LOST", "STATUS_GONE = 2 is gone"),
    ("a removed message", "message Inner {\n    bytes hash = 1;\n  }\n  Inner inner = 6;",
     'reserved 6; reserved "inner";', "Event.Inner: is gone"),
]


def compiled(folder, name, source):
    path = os.path.join(folder, name, "kusanone", "v1")
    os.makedirs(path)
    with open(os.path.join(path, "a.proto"), "w") as file:
        file.write(source)
    out = os.path.join(folder, name + ".fds")
    subprocess.run(["protoc", "-I", os.path.join(folder, name), "kusanone/v1/a.proto",
                    "--descriptor_set_out=" + out], check=True)
    return out


def offset_in_oneof(source):
    """Planted in the oneof, the field must leave its old place."""
    head, _, tail = source.partition("  sint32 offset = 4;\n")
    return head + tail if source.count("offset = 4") == 2 else source


def run_case(folder, number, case, released):
    what, before, after, expected = case
    if before not in GOOD:
        return f"the test is wrong: {before!r} is not in the schema"
    new = compiled(folder, f"new{number}", offset_in_oneof(GOOD.replace(before, after)
                                                           if before else GOOD))
    args = [sys.executable, CHECK, new] + (["--against", released] if released else [])
    result = subprocess.run(args, capture_output=True, text=True)
    said = (result.stdout + result.stderr).strip().replace("\n", " | ")
    if expected is None:
        return "" if result.returncode == 0 and not said else f"refused: {said}"
    if result.returncode != 1:
        return f"not found (exit {result.returncode}): {said}"
    return "" if expected in said else f"found, but the words are: {said}"


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        released = compiled(folder, "released", GOOD)
        cases = [(c, None) for c in RULES] + [(c, released) for c in RELEASES]
        for number, (case, against) in enumerate(cases):
            wrong = run_case(folder, number, case, against)
            name = f"schema: {case[0]}" if case[3] is None else f"schema: finds {case[0]}"
            print(f"FAIL {name}: {wrong}" if wrong else f"ok {name}", flush=True)
            bad += bool(wrong)
    return 1 if bad else 0


sys.exit(main())
