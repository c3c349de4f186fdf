# SPDX-License-Identifier: MIT
"""A sample: its capture and what a diagnosis of it must and must not say.

expected.json is partial: what it does not mention is not checked.

  capture      the capture's file name; when absent capture.pcap
  arguments    after `-r CAPTURE --json`, run in the sample's folder
  exit_status  0, 1 or 2; when absent 0 or 1
  verdict      verdict.status
  root_cause   the code of the finding that verdict.root_cause names, or null
  cases        id -> status, those that matter here
  findings     present: code and whatever else must hold (certainty, severity, case, caused_by as a
               code, subjects in part, evidence_frames among the finding's evidence);
               absent: codes that must not appear ("dtls.*" for a family);
               quiet: severities of which there must be no finding at all
  attempts     in part: client (its address), outcome, broken_step, root_cause as a code
  expect       any part of the diagnosis document
"""
import json

PROFILE = ["--profile", "../octavio.ini"]
VERIFIED = PROFILE + ["--turn-password-file", "../turn.secret"]
TROUBLE = ["error", "warning"]


def finding(code, case=None, *evidence, **more):
    """One entry of findings.present. `evidence` are frames; `more` are further fields."""
    entry = {"code": code, **more}
    if case:
        entry["case"] = case
    if evidence:
        entry["evidence_frames"] = list(evidence)
    return entry


class Sample:
    """`check` is what shows the sample to a reader through tshark: a display filter and fields.
    `flaws` says why tshark finds something wrong, where that is the point of the sample."""

    flaws = ""
    cut = 0  # octets missing at the end of the file
    octets = None  # of the file, where it is not pcap
    file = "capture.pcap"
    credentials = "turnuser:turnuser:cisco"

    def __init__(self, capture, check, arguments=PROFILE, files=None, **expected):
        self.capture, self.check = capture, check
        self.files = files or {}
        self.expected = {"arguments": list(arguments), **expected}

    def contents(self):
        """File name -> octets, of all that is generated."""
        octets = self.octets or self.capture.pcap()
        return {self.file: octets[:len(octets) - self.cut], "expected.json": self._expected_text(),
                **{name: text.encode() for name, text in self.files.items()}}

    def _expected_text(self):
        if self.file != "capture.pcap":
            self.expected = {"capture": self.file, **self.expected}
        for entry in self.expected.get("findings", {}).get("present", []):
            frames = entry.get("evidence_frames", [])
            entry["evidence_frames"] = sorted(self.capture.number(frame) for frame in frames)
            if not frames:
                del entry["evidence_frames"]
        return (json.dumps(self.expected, indent=2) + "\n").encode()


def failing(capture, check, code, *evidence, case="connect-timeout", absent=(), cases=None,
            files=None, arguments=PROFILE, attempts=None, expect=None, **more):
    """A sample whose one root cause is `code`, in `case`."""
    return Sample(capture, check, arguments, files, exit_status=1, verdict="fail", root_cause=code,
                  cases={case: "matched", **(cases or {})} if case else (cases or {}),
                  findings={"present": [finding(code, case, *evidence, **more)],
                            "absent": list(absent)},
                  **optional(attempts=attempts, expect=expect))


def warning(capture, check, code, *evidence, case=None, absent=(), cases=None, files=None,
            arguments=PROFILE, verdict="warn", root_cause=None, expect=None, attempts=None, **more):
    """A sample with a finding that broke nothing seen."""
    return Sample(capture, check, arguments, files, exit_status=0, verdict=verdict,
                  root_cause=code if verdict == "warn" else root_cause, cases=cases or {},
                  findings={"present": [finding(code, case, *evidence, **more)],
                            "absent": list(absent), "quiet": ["error"]},
                  **optional(expect=expect, attempts=attempts))


def silent(capture, check, absent=(), cases=None, files=None, arguments=PROFILE, present=(),
           **more):
    """A sample in which nothing is wrong: no finding of severity error or warning."""
    return Sample(capture, check, arguments, files, exit_status=0, root_cause=None,
                  cases=cases or {},
                  findings={"present": list(present), "absent": list(absent), "quiet": TROUBLE},
                  **more)


def optional(**entries):
    return {name: value for name, value in entries.items() if value is not None}
