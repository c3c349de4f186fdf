#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks docs/diagnosis.schema.json against an example written by hand.

usage: schema.py SCHEMA EXAMPLE

The example is valid; every member that is added anywhere, and every required one that is taken
away, makes it invalid; and so do wrong values. Exit status 77: jsonschema is not installed."""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

# Members that the contract lets out.
OPTIONAL = {"filter", "omitted", "lines", "malformed_packets", "tls", "http"}
WRONG_VALUES = [
    (("verdict", "status"), "failed"),
    (("verdict", "root_cause"), "1"),
    (("inputs", 0, "first"), "2017-05-20 19:52:30"),
    (("inputs", 0, "packets"), -1),
    (("cases",), []),
    (("findings", 0, "code"), "Integrity Failure"),
    (("findings", 0, "severity"), "fatal"),
    (("findings", 0, "count"), 0),
    (("findings", 0, "evidence", 0, "frame"), 0),
    (("findings", 0, "subjects", "client"), "client.example.com"),
    (("stun", "errors", "abc"), 1),
    (("turn", "allocations", 0, "state"), "asked"),
    (("tls", "handshakes", 0, "alert", "from"), "middlebox"),
]


def validator(schema, definition=None):
    if definition is not None:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    return jsonschema.Draft202012Validator(schema)


def objects(value, path=()):
    """The path of every object within `value`, itself included."""
    if isinstance(value, dict):
        yield path
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from objects(member, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def changed(example, path, change):
    document = copy.deepcopy(example)
    change(at(document, path))
    return document


def open_objects(schema, path=""):
    """Where the schema describes an object that may have members it does not name."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield path
        for key, member in schema.items():
            yield from open_objects(member, f"{path}/{key}")


def strictness(example, valid):
    for path in objects(example):
        if valid(changed(example, path, lambda o: o.update({"surprise": 1}))):
            yield f"{path}: accepts a member that is not in the contract"
        for member in set(at(example, path)) - OPTIONAL:
            if path[-2:] != ("stun", "errors") and path[-1:] != ("errors",) \
                    and valid(changed(example, path, lambda o, m=member: o.pop(m))):
                yield f"{path}: {member} may be missing"


def wrong_values(example, valid):
    for path, value in WRONG_VALUES:
        if valid(changed(example, path[:-1], lambda o, p=path, v=value: o.update({p[-1]: v}))):
            yield f"{path}: accepts {json.dumps(value)}"


def lines(example, schema):
    """A line of ndjson says its type; the document and what is in it do not."""
    line = validator(schema, "line").is_valid
    document = validator(schema).is_valid
    finding = example["findings"][0]
    checks = {
        "a finding is a line": line({"type": "finding", **finding}),
        "a diagnosis is a line": line({"type": "diagnosis", **example}),
        "a line has a type": not line(finding) and not line(example),
        "a line's type is true": not line({"type": "diagnosis", **finding}),
        "a document has no type": not document({"type": "diagnosis", **example}),
        "a finding in a document has no type":
            not document(changed(example, ("findings", 0), lambda o: o.update(type="finding"))),
    }
    yield from (f"not so: {name}" for name, holds in checks.items() if not holds)


def main(arguments):
    schema, example = (json.loads(pathlib.Path(name).read_text(encoding="utf-8"))
                       for name in arguments)
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = validator(schema).is_valid
    problems = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in validator(schema).iter_errors(example)]
    problems += [f"{path}: not closed" for path in open_objects(schema)]
    problems += strictness(example, valid)
    problems += wrong_values(example, valid)
    problems += lines(example, schema)
    print("\n".join(problems) or "as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
