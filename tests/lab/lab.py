#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Recorded calls of real browsers and servers, and captures of public test corpora: what must come out.

usage: lab.py TURNSCOPE DUMP SOURCE_DIRECTORY    DUMP is the program built from tests/oracle

The captures are not part of this repository: ../shared/captures beside it, or where TURNSCOPE_CAPTURES
says. Exit status 1 when an expectation is not met, 77 when there are no captures.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77


class Expected:
    """cause: code of the root cause, None when there is none to be found; certainty: its certainty;
    cases: their status; findings: codes that must be there, too."""

    def __init__(self, name, cause, certainty=None, cases=None, findings=(), keys=False, vantage=None):
        self.name = name
        self.cause = cause
        self.certainty = certainty
        self.cases = cases or {}
        self.findings = findings
        self.keys = keys
        self.vantage = vantage


MATCHED = {"connect-timeout": "matched"}
EXPECTATIONS = [
    Expected("ok-udp", None, cases={"connect-timeout": "cleared"}),
    Expected("wrong-password", "turn.integrity-failure", "definite", MATCHED),
    Expected("legacy-431", "turn.integrity-failure", "definite", MATCHED),
    Expected("udp-dropped", "turn.no-answer", "strong", MATCHED),  # silence has more than one reason
    Expected("turn-off", "turn.port-unreachable", "definite", MATCHED),
    Expected("cert-self-signed", "tls.certificate-self-signed", "definite", {"not-secure": "matched"}),
    Expected("cert-self-signed-13", None, cases={"not-secure": "not-observable"},
             findings=["tls.certificate-hidden"]),
    Expected("cert-self-signed-13", "tls.certificate-self-signed", "definite",
             {"not-secure": "matched"}, keys=True),
    Expected("trust-bundle-12", "tls.certificate-rejected-by-server", "definite",
             {"join-call-missing": "matched"}, vantage="cms"),
    Expected("quota", "turn.quota-reached", "definite", MATCHED),
    Expected("nxdomain", "dns.nxdomain", "definite", {"prerequisites": "matched"}),
    Expected("http-400", "http.bad-request", "definite", {"bad-request": "matched"}, keys=True),
    Expected("truncated-96", "turn.integrity-failure", cases=MATCHED, findings=["capture.snaplen"]),
]


def run(command):
    """(exit status, standard output); what a sanitizer says counts as a crash."""
    result = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    errors = result.stderr.decode("utf-8", "replace")
    if "Sanitizer" in errors or "runtime error:" in errors:
        return -1, errors.encode()
    return result.returncode, result.stdout


def unmet(expected, document):
    """What of it does not hold of this diagnosis, line by line."""
    findings = {finding["id"]: finding for finding in document["findings"]}
    codes = [finding["code"] for finding in findings.values()]
    cases = {case["id"]: case["status"] for case in document["cases"]}
    cause = findings.get(document["verdict"]["root_cause"], {})
    lines = []
    if cause.get("code") != expected.cause:
        lines.append(f"root cause {cause.get('code')}, not {expected.cause}")
    if expected.certainty and cause.get("certainty") != expected.certainty:
        lines.append(f"certainty {cause.get('certainty')}, not {expected.certainty}")
    errors = [f["code"] for f in findings.values() if f["severity"] == "error"]
    if expected.cause is None and errors:
        lines.append(f"errors where there is no fault: {errors}")
    lines += [f"{case} is {cases.get(case)}, not {status}"
              for case, status in expected.cases.items() if cases.get(case) != status]
    lines += [f"no {code}" for code in expected.findings if code not in codes]
    return lines


def check_lab(turnscope, source, captures, expected):
    capture = captures / "lab" / (expected.name + ".pcap")
    command = [turnscope, "-r", capture, "--json", "--profile", source / "samples" / "octavio.ini"]
    if expected.keys:
        command += ["--keylog", capture.with_suffix(".keys")]
    if expected.vantage:
        command += ["--vantage", expected.vantage]
    where = f"{expected.name}{' with its key log' if expected.keys else ''}"
    status, output = run(command)
    wanted = 0 if expected.cause is None else 1
    if status != wanted:
        return [f"{where}: exit status {status}, not {wanted}: {output[-500:].decode('utf-8', 'replace')}"]
    return [f"{where}: {line}" for line in unmet(expected, json.loads(output))]


def is_cut(capture):
    """The file ends within a packet, or is none: then capinfos complains as well."""
    if shutil.which("capinfos") is None:
        return False
    return subprocess.run(["capinfos", "-c", capture], check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 0


def check_real(turnscope, capture):
    status, output = run([turnscope, "-r", capture, "--json"])
    if status in (0, 1):
        json.loads(output)
        return []
    if status == 2 and is_cut(capture):
        return []
    return [f"{capture.name}: exit status {status}: {output[-500:].decode('utf-8', 'replace')}"]


def check_against_tshark(dump, source, captures):
    if shutil.which("tshark") is None:
        return []
    status, output = run([sys.executable, "-B", source / "tests/oracle/fields.py", dump, "stun", *captures])
    return [] if status == 0 else output.decode("utf-8", "replace").splitlines()


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    turnscope, dump, source = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    captures = pathlib.Path(os.environ.get("TURNSCOPE_CAPTURES") or source.parent / "shared" / "captures")
    if not (captures / "lab").is_dir() or not (captures / "real").is_dir():
        print(f"no captures in {captures}")
        sys.exit(SKIPPED)
    real = sorted(path for path in (captures / "real").iterdir() if ".pcap" in path.suffix)
    failures = []
    for expected in EXPECTATIONS:
        failures += check_lab(turnscope, source, captures, expected)
    for capture in real:
        failures += check_real(turnscope, capture)
    failures += check_against_tshark(dump, source, real)
    print("\n".join(failures))
    print(f"{len(EXPECTATIONS)} expectations, {len(real)} other captures, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
