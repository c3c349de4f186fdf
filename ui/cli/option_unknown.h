/* SPDX-License-Identifier: MIT */
/* What is said of an option that there is not, and which one may have been meant. */
#ifndef TURNSCOPE_UI_CLI_OPTION_UNKNOWN_H
#define TURNSCOPE_UI_CLI_OPTION_UNKNOWN_H

/* Of a letter, such as 'x' of "-x". Fills `error` (OPTIONS_ERROR octets). */
void option_unknown_letter(char letter, char *error);

/* Of a word as it was typed, such as "--jsn" or "--profle=site.ini". Fills `error` (OPTIONS_ERROR
 * octets). */
void option_unknown_word(const char *word, char *error);

#endif
