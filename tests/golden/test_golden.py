# SPDX-License-Identifier: MIT
"""golden.py must be able to fail: every kind of expectation, met and not met."""
import copy
import unittest

from golden import compare, covers, matches

DOCUMENT = {
    "verdict": {"status": "fail", "root_cause": "f1"},
    "cases": [{"id": "connect-timeout", "status": "matched"}],
    "findings": [
        {"id": "f1", "code": "turn.wrong-address", "severity": "error", "certainty": "definite",
         "caused_by": None, "subjects": {"client": "a:1"}, "evidence": [{"frame": 7}]},
        {"id": "f2", "code": "turn.no-answer", "severity": "error", "certainty": "strong",
         "caused_by": "f1", "subjects": {}, "evidence": [{"frame": 7}, {"frame": 9}]}],
    "attempts": [{"client": "a:1", "outcome": "failed", "root_cause": "f1"}],
    "turn": {"allocations": [{"state": "refused", "integrity": "mismatch"}]},
}
GOOD = {
    "verdict": "fail", "root_cause": "turn.wrong-address", "cases": {"connect-timeout": "matched"},
    "findings": {"present": [
        {"code": "turn.wrong-address", "certainty": "definite", "caused_by": None},
        {"code": "turn.no-answer", "caused_by": "turn.wrong-address", "evidence_frames": [9]}],
        "absent": ["dtls.*", "turn.filtered"], "quiet": ["warning"]},
    "attempts": [{"client": "a", "root_cause": "turn.wrong-address"}],
    "expect": {"turn": {"allocations": [{"state": "refused"}]}},
}


def changed(*path, value):
    """GOOD with the member at `path` replaced."""
    expected = copy.deepcopy(GOOD)
    place = expected
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return expected


class Compare(unittest.TestCase):
    def test_what_is_met_passes(self):
        self.assertEqual(list(compare(GOOD, DOCUMENT)), [])

    def test_each_expectation_can_fail(self):
        present = ("findings", "present")
        for expected in (
                changed("verdict", value="pass"),
                changed("root_cause", value=None),
                changed("cases", "connect-timeout", value="cleared"),
                changed("cases", "no-such-case", value="cleared"),
                changed(*present, 0, "code", value="turn.filtered"),
                changed(*present, 0, "certainty", value="hint"),
                changed(*present, 1, "caused_by", value=None),
                changed(*present, 1, "evidence_frames", value=[8, 9]),
                changed("findings", "absent", value=["turn.*"]),
                changed("findings", "quiet", value=["error"]),
                changed("attempts", 0, "client", value="b"),
                changed("attempts", 0, "root_cause", value="turn.no-answer"),
                changed("expect", "turn", "allocations", 0, "state", value="allocated"),
                changed("expect", "dns", value={})):
            self.assertEqual(len(list(compare(expected, DOCUMENT))) > 0, True, expected)

    def test_lists_match_in_any_order(self):
        self.assertTrue(matches([2, {"a": 1}], [{"a": 1, "b": 0}, 2]))
        self.assertFalse(matches([2, 3], [2]))

    def test_truth_is_not_one(self):
        self.assertFalse(matches(True, 1))
        self.assertFalse(matches(0, False))

    def test_patterns(self):
        self.assertTrue(covers("tls.*", "tls.not-tls"))
        self.assertFalse(covers("tls.not", "tls.not-tls"))


if __name__ == "__main__":
    unittest.main()
