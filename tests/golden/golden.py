#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one sample and compares the diagnosis with its expected.json.

usage: golden.py TURNSCOPE SAMPLE_FOLDER [SCHEMA]     one sample
       golden.py --coverage TURNSCOPE SAMPLES_FOLDER  every finding code has a sample

expected.json is partial, see samples/make/sample.py: an object matches when each of its members
does; a list when each of its elements matches some element of the actual list, in any order."""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys

TIMEOUT_SECONDS = 60
UNKNOWN_OPTION, SKIPPED = 2, 77
# What no capture alone can show: lines of an event log.
WITHOUT_CAPTURE = {"webbridge.link-failed", "relay.candidate-timeout", "ice.unauthorized"}


def matches(expected, actual):
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and matches(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and all(
            any(matches(each, other) for other in actual) for each in expected)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return expected == actual


def mismatches(expected, actual, path=""):
    """One line for each place where `actual` is not what `expected` says."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name not in actual:
                yield f"{path}.{name}: missing, expected {json.dumps(value)}"
            else:
                yield from mismatches(value, actual[name], f"{path}.{name}")
    elif not matches(expected, actual):
        yield f"{path}: expected {json.dumps(expected)}, is {json.dumps(actual)}"


class Diagnosis:
    """The document, with finding ids resolved to codes."""

    def __init__(self, document):
        self.document = document
        self.findings = document["findings"]
        self.codes = {finding["id"]: finding["code"] for finding in self.findings}

    def code(self, identifier):
        return None if identifier is None else self.codes.get(identifier, f"no such {identifier}")


def compare_verdict(expected, diagnosis):
    verdict = diagnosis.document["verdict"]
    if "verdict" in expected and verdict["status"] != expected["verdict"]:
        yield f"verdict: expected {expected['verdict']}, is {verdict['status']}"
    if "root_cause" in expected and diagnosis.code(verdict["root_cause"]) != expected["root_cause"]:
        yield f"root_cause: expected {expected['root_cause']}, " \
            f"is {diagnosis.code(verdict['root_cause'])}"


def compare_cases(expected, diagnosis):
    statuses = {case["id"]: case["status"] for case in diagnosis.document["cases"]}
    for name, status in expected.get("cases", {}).items():
        if statuses.get(name) != status:
            yield f"case {name}: expected {status}, is {statuses.get(name)}"


def finding_mismatches(entry, finding, diagnosis):
    wanted = {name: value for name, value in entry.items()
              if name not in ("evidence_frames", "caused_by")}
    yield from mismatches(wanted, finding, entry["code"])
    if "caused_by" in entry and diagnosis.code(finding["caused_by"]) != entry["caused_by"]:
        yield f"{entry['code']}.caused_by: expected {entry['caused_by']}, " \
            f"is {diagnosis.code(finding['caused_by'])}"
    frames = {evidence["frame"] for evidence in finding["evidence"]}
    missing = sorted(set(entry.get("evidence_frames", [])) - frames)
    if missing:
        yield f"{entry['code']}.evidence: frames {missing} missing, has {sorted(frames)}"


def compare_present(expected, diagnosis):
    for entry in expected.get("findings", {}).get("present", []):
        candidates = [list(finding_mismatches(entry, finding, diagnosis))
                      for finding in diagnosis.findings if finding["code"] == entry["code"]]
        if not candidates:
            yield f"finding {entry['code']}: absent, there are {sorted(diagnosis.codes.values())}"
        else:
            yield from min(candidates, key=len)


def covers(pattern, code):
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def compare_absent(expected, diagnosis):
    findings = expected.get("findings", {})
    for finding in diagnosis.findings:
        if any(covers(pattern, finding["code"]) for pattern in findings.get("absent", [])):
            yield f"finding {finding['code']}: must not appear"
        if finding["severity"] in findings.get("quiet", []):
            yield f"finding {finding['code']}: {finding['severity']}, but all is well here"


def attempt_matches(entry, attempt, diagnosis):
    client = attempt["client"]
    wanted = {name: value for name, value in entry.items() if name not in ("client", "root_cause")}
    return matches(wanted, attempt) \
        and ("client" not in entry or client == entry["client"]
             or client.startswith(entry["client"] + ":")) \
        and ("root_cause" not in entry
             or diagnosis.code(attempt["root_cause"]) == entry["root_cause"])


def compare_attempts(expected, diagnosis):
    attempts = diagnosis.document["attempts"]
    for entry in expected.get("attempts", []):
        if not any(attempt_matches(entry, attempt, diagnosis) for attempt in attempts):
            yield f"attempt {json.dumps(entry)}: not among {json.dumps(attempts)}"


def compare(expected, document):
    """All differences, one line each."""
    diagnosis = Diagnosis(document)
    for part in (compare_verdict, compare_cases, compare_present, compare_absent,
                 compare_attempts):
        yield from part(expected, diagnosis)
    yield from mismatches(expected.get("expect", {}), document, "document")


def schema_errors(document, schema):
    try:
        import jsonschema
    except ImportError:
        return []
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    return [f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator.iter_errors(document)]


def run(binary, folder, expected):
    capture = expected.get("capture", "capture.pcap")
    return subprocess.run([binary, "-r", capture, "--json", *expected.get("arguments", [])],
                          cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS,
                          check=False)


def check_sample(binary, folder, schema):
    expected = json.loads((folder / "expected.json").read_text())
    result = run(binary, folder, expected)
    differences = []
    allowed = [expected["exit_status"]] if "exit_status" in expected else [0, 1]
    if result.returncode not in allowed:
        differences.append(f"exit status: expected {allowed}, is {result.returncode}")
    try:
        document = json.loads(result.stdout)
    except ValueError as error:
        return differences + [f"no JSON document: {error}",
                              result.stderr.decode(errors="replace")[-2000:]]
    if schema and schema.exists():
        differences += schema_errors(document, schema)
    return differences + list(compare(expected, document))


def covered_codes(samples):
    """Codes that some sample expects: its findings.present."""
    for path in sorted(samples.glob("*/expected.json")):
        for entry in json.loads(path.read_text()).get("findings", {}).get("present", []):
            yield entry["code"]


def check_coverage(binary, samples):
    result = subprocess.run([binary, "--list-findings"], capture_output=True, check=False,
                            text=True, timeout=TIMEOUT_SECONDS)
    if result.returncode == UNKNOWN_OPTION:
        sys.exit(SKIPPED)
    codes = set(re.findall(r"^\s*([a-z]+\.[a-z0-9-]+)", result.stdout, re.MULTILINE))
    if not codes:
        return ["--list-findings lists nothing"]
    return [f"no sample expects {code}"
            for code in sorted(codes - set(covered_codes(samples)) - WITHOUT_CAPTURE)]


def check_all(binary, samples, schema, passed_over):
    """All samples but those passed over, two at a time: one interpreter for all of them."""
    folders = [path.parent for path in sorted(samples.glob("*/expected.json"))
               if path.parent.name not in passed_over]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda folder: check_sample(binary, folder, schema), folders)
        return [f"{folder.name}: {difference}"
                for folder, differences in zip(folders, results)
                for difference in differences]


def main(arguments):
    if arguments[0] == "--coverage":
        problems = check_coverage(arguments[1], pathlib.Path(arguments[2]))
    elif arguments[0] == "--all":
        problems = check_all(str(pathlib.Path(arguments[1]).resolve()), pathlib.Path(arguments[2]),
                             pathlib.Path(arguments[3]), set(arguments[4:]))
    else:
        schema = pathlib.Path(arguments[2]) if len(arguments) > 2 else None
        problems = check_sample(str(pathlib.Path(arguments[0]).resolve()),
                                pathlib.Path(arguments[1]), schema)
    print("\n".join(problems) or "as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
