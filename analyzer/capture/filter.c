/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/filter.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* IPv4 fragments but the first, which has the ports and matches by itself. IPv6 fragments all of
 * them: "port" does not look behind the fragment header (RFC 8200 section 4.5, next header 44). */
#define FRAGMENTS "(ip[6:2] & 0x1fff != 0) or (ip6[6] = 44)"

/* Behind these words, offsets count from behind the encapsulation, for all that follows in the
 * text: "or" does not take that back. */
static const char *const shifting_words[] = {"vlan", "mpls", "pppoes", "pppoed", "geneve", "vxlan"};

static bool is_word_at(const char *text, const char *at, const char *word)
{
    size_t length = strlen(word);
    bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
    return begins && !(isalnum((unsigned char)at[length]) || at[length] == '_');
}

static bool has_word(const char *text, const char *word)
{
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        if (is_word_at(text, at, word))
            return true;
    return false;
}

static bool shifts_offsets(const char *filter)
{
    for (size_t i = 0; i < sizeof shifting_words / sizeof shifting_words[0]; i++)
        if (has_word(filter, shifting_words[i]))
            return true;
    return false;
}

/* What does not shift comes first, then what stands behind one tag, then behind two. */
#define ONCE FRAGMENTS " or (%s)"
static const char tagged[] = ONCE " or (vlan and (" ONCE " or (vlan and (" ONCE "))))";
/* The cooked link types of "any" cannot look behind a tag: all tagged packets pass. */
static const char cooked[] = ONCE " or (ether proto 0x8100) or (ether proto 0x88a8)";
static const char untagged[] = ONCE;

/* The user's own shift applies to the fragments named behind it. */
static const char shifted[] = ONCE " or " FRAGMENTS;

static int compile(pcap_t *pcap, struct bpf_program *program, const char *text)
{
    return pcap_compile(pcap, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0 ? 0 : -1;
}

/* The format takes the filter up to three times; surplus arguments are ignored. */
static int compile_as(pcap_t *pcap, struct bpf_program *program, const char *format,
                      const char *filter)
{
    size_t size = strlen(format) + 3 * strlen(filter) + 1;
    char *text = malloc(size);
    if (text == NULL)
        return -1;
    /* cppcheck-suppress wrongPrintfScanfArgNum ; surplus arguments are what it complains of */
    (void)snprintf(text, size, format, filter, filter, filter);
    int status = compile(pcap, program, text);
    free(text);
    return status;
}

/* A link type may know neither IP nor tags; the filter as it was given is the last resort. */
static int widen(pcap_t *pcap, struct bpf_program *program, const char *filter)
{
    if (shifts_offsets(filter))
        return compile_as(pcap, program, shifted, filter);
    if (compile_as(pcap, program, tagged, filter) == 0 ||
        compile_as(pcap, program, cooked, filter) == 0)
        return 0;
    return compile_as(pcap, program, untagged, filter);
}

int filter_compile(pcap_t *pcap, struct bpf_program *program, const char *filter)
{
    struct bpf_program plain;
    if (compile(pcap, &plain, filter) != 0)
        return -1;
    if (widen(pcap, program, filter) == 0)
        pcap_freecode(&plain);
    else
        *program = plain;
    return 0;
}
