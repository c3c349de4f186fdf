#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The layering test can fail: each forbidden thing is found, and what is allowed is not."""
import sys
import unittest

sys.dont_write_bytecode = True

import layering  # noqa: E402


def violations(path, code):
    licence = "/* SPDX-License-Identifier: MIT */\n"
    return layering.violations(path, licence + code, lambda header: not header.endswith("gone.h"))


class Layering(unittest.TestCase):
    def test_rejected(self):
        for path, code, words in [
                ("dissectors/a.c", '#include "analyzer/flow/flow.h"', "dissectors/a.c:2: analyzer/"),
                ("dissectors/a.c", '\n\n  # include "ui/cli/options.h"', "dissectors/a.c:4: ui/"),
                ("analyzer/a.h", '#include "ui/report/report.h"', "points up"),
                ("analyzer/track/a.c", '#include "analyzer/diagnose/rules.h"', "points up"),
                ("analyzer/flow/a.c", '#include "analyzer/track/stun.h"', "points up"),
                ("analyzer/crypto/a.h", '#include "analyzer/engine.h"', "points up"),
                ("analyzer/track/a.c", '#include "analyzer/content_tls.h"', "points up"),
                ("analyzer/a.h", '#include "a.h"', "path from the root"),
                ("analyzer/a.h", '#include "analyzer/gone.h"', "path from the root"),
                ("ui/a.c", '#include "tests/support/hex.h"', "path from the root"),
                ("analyzer/flow/a.c", "#include <pcap.h>", "belongs to analyzer/capture/"),
                ("analyzer/flow/a.c", "#include <pcap/pcap.h>", "belongs to analyzer/capture/"),
                ("ui/cli/a.c", "#include <openssl/evp.h>", "belongs to analyzer/crypto/"),
                ("analyzer/track/a.c", "#include <nghttp2/nghttp2.h>", "belongs to analyzer/http/"),
                ("ui/cli/a.c", "#include <jansson.h>", "belongs to ui/report/"),
                ("ui/report/a.c", "#include <curses.h>", "belongs to ui/tui/"),
                ("ui/report/a.c", "#include <ncursesw/ncurses.h>", "belongs to ui/tui/"),
                ("dissectors/a.c", "#include <stdlib.h>", "more of the system"),
                ("dissectors/a.c", "void *p = malloc(3);", "do not allocate"),
                ("dissectors/a.c", "now = time(NULL);", "know no clock"),
                ("analyzer/a.c", 'printf("x");', "only ui prints"),
                ("analyzer/a.c", "exit(1);", "ends the program"),
                ("ui/a.c", "strcpy (to, from);", "without a bound")]:
            with self.subTest(code):
                found = violations(path, code)
                self.assertEqual(len(found), 1, found)
                self.assertIn(words, found[0])

    def test_accepted(self):
        for path, code in [
                ("dissectors/a.c", '#include "dissectors/bytes.h"\n#include <string.h>'),
                ("dissectors/a.c", "/* malloc(3), printf() */ // exit(1)"),
                ("dissectors/a.c", 's = "time()"; lifetime(3); packet->time (3); p.read(3);'),
                ("dissectors/a.c", "snprintf(text, size, format);"),
                ("analyzer/track/a.c", '#include "analyzer/crypto/aead.h"'),
                ("analyzer/track/a.c", '#include "analyzer/event.h"'),
                ("analyzer/engine.h", '#include "analyzer/diagnose/rules.h"'),
                ("analyzer/capture/a.c", "#include <pcap.h>\n#include <zstd.h>"),
                ("analyzer/crypto/a.c", "#include <openssl/evp.h>"),
                ("ui/report/a.c", '#include "analyzer/engine.h"\n#include <jansson.h>'),
                ("ui/tui/a.c", "#include <curses.h>"),
                ("ui/cli/main.c", 'fprintf(stderr, "x"); exit(2);')]:
            with self.subTest(code):
                self.assertEqual(violations(path, code), [])

    def test_leaks(self):
        texts = {"analyzer/crypto/a.h": "#include <openssl/evp.h>",
                 "analyzer/crypto/a.c": '#include "analyzer/crypto/a.h"',
                 "analyzer/track/a.h": '#include "analyzer/crypto/a.h"\n#include <stdint.h>',
                 "ui/tui/a.c": '#include "analyzer/track/a.h"'}
        self.assertEqual(list(layering.leaks(texts)), [
            "analyzer/track/a.h: sees <openssl/evp.h> through analyzer/crypto/a.h",
            "ui/tui/a.c: sees <openssl/evp.h> through analyzer/crypto/a.h"])

    def test_licence(self):
        self.assertEqual(layering.violations("ui/a.c", "int a;\n", None),
                         ["ui/a.c:1: the first line is not the SPDX licence line"])


if __name__ == "__main__":
    unittest.main()
