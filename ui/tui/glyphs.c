/* SPDX-License-Identifier: MIT */
#include "ui/tui/glyphs.h"

static const struct {
    const char *unicode;
    const char *ascii;
} rows[] = {
    [GLYPH_HORIZONTAL] = {"─", "-"},  [GLYPH_VERTICAL] = {"│", "|"},
    [GLYPH_CROSSING] = {"┼", "+"},    [GLYPH_ARROW_LEFT] = {"◀", "<"},
    [GLYPH_ARROW_RIGHT] = {"▶", ">"}, [GLYPH_LOST] = {"✗", "x"},
    [GLYPH_DASH] = {"╌", "."},        [GLYPH_ELLIPSIS] = {"…", "~"},
    [GLYPH_WORKED] = {"✓", "+"},      [GLYPH_FAILED] = {"✗", "x"},
    [GLYPH_TRIED] = {"?", "?"},       [GLYPH_UNSEEN] = {"·", "."},
    [GLYPH_MARKED] = {"●", "*"},      [GLYPH_POINTER] = {"▸", ">"},
    [GLYPH_UP] = {"▲", "^"},          [GLYPH_DOWN] = {"▼", "v"},
    [GLYPH_BAR_FULL] = {"█", "#"},    [GLYPH_BAR_EMPTY] = {"░", "."},
    [GLYPH_FROM] = {"←", "<"},        [GLYPH_TO] = {"→", ">"},
};

const char *glyph_text(enum glyph glyph, bool ascii)
{
    return ascii ? rows[glyph].ascii : rows[glyph].unicode;
}

const char *glyph_spark(unsigned level, bool ascii)
{
    static const char *const unicode[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {" ", "_", ".", "-", "-", "=", "=", "#", "#"};
    unsigned known = level <= SPARK_LEVELS ? level : SPARK_LEVELS;
    return ascii ? plain[known] : unicode[known];
}

const char *glyph_transliteration(unsigned character)
{
    static const struct {
        unsigned character;
        const char *ascii;
    } known[] = {
        {0xa7, "sec. "}, {0xb7, "."}, {0x2013, "-"},   {0x2014, "-"},
        {0x2019, "'"},   {0xb5, "u"}, {0x2026, "..."}, {0x2192, "->"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].character == character)
            return known[i].ascii;
    return NULL;
}
