/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/grading.h"

#include "analyzer/diagnose/at_server.h"
#include "analyzer/diagnose/catalogue.h"
#include "analyzer/diagnose/overcome.h"
#include "analyzer/diagnose/portal.h"
#include "analyzer/diagnose/resolution.h"
#include "analyzer/diagnose/stranger.h"
#include "analyzer/diagnose/web_bridge.h"

static enum finding_code code_of(const struct finding *finding)
{
    return (enum finding_code)finding->key.code;
}

/* A note that was right may not be so any more; one that a rule gave goes before. */
static void note_if(struct finding *finding, const char *note, bool holds)
{
    if (finding->note == note)
        finding->note = NULL;
    if (finding->note == NULL && holds)
        finding->note = note;
}

/* What failed and then worked broke nothing that lasted. */
static void grade_resolution(struct finding *finding, const struct state *state)
{
    static const char resolved[] = "It was resolved for the same client later in this capture.";
    if (finding->note == resolved)
        finding->note = NULL;
    if (!resolved_later(state, finding))
        return;
    finding->severity = SEVERITY_INFO;
    finding->note = resolved;
}

static void note_replaced_path(struct finding *finding)
{
    static const char replaced[] =
        "By then the same address had gone on by another path, which works: what it lost is the "
        "old one.";
    note_if(finding, replaced, code_of(finding) == FINDING_ICE_CONSENT_LOST && finding->found_path);
}

/* Address translation hides how many clients there are. */
static void note_shared_address(struct finding *finding, const struct state *state)
{
    static const char others[] =
        "Another user got a relay from the same address: several clients seem to share it (address "
        "translation), and what is listed as an attempt of that address is of all of them. A "
        "capture on the client itself tells them apart.";
    static const char either[] =
        "The same user got a relay from the same address, too. Either the client came back with "
        "the right credentials, or several clients share the address and this one stayed out: a "
        "capture on the client itself tells which.";
    bool refused = code_of(finding) == FINDING_TURN_INTEGRITY_FAILURE ||
                   code_of(finding) == FINDING_TURN_CREDENTIALS_EXPIRED;
    bool other = finding_is_of_another(finding, state);
    note_if(finding, others, other);
    note_if(finding, either, !other && refused && finding->user_got_relay);
}

/* Of whom nothing else is seen nobody can say that it wanted in. */
static void grade_stranger(struct finding *finding, const struct state *state)
{
    static const char scanner[] =
        "Nothing else of this address is in the capture, and it did what scanners of the Internet "
        "do. If it is a client's, capture what it does before, too.";
    bool stranger =
        finding->severity == SEVERITY_ERROR && finding_may_be_of_stranger(finding, state);
    note_if(finding, scanner, stranger);
    if (stranger)
        finding->severity = SEVERITY_WARNING;
}

/* What is refused to one of several addresses matters only if the others lead nowhere. */
static void note_alternative(struct finding *finding)
{
    static const char relay[] =
        "The same client got a relay of the other family, or from another server: this matters "
        "only to a far side that the relay which it got cannot reach.";
    static const char peer[] =
        "The far side has several addresses, and another of them was permitted: this one matters "
        "only if the far side can be reached nowhere else. Many servers refuse private addresses, "
        "and relays reach only addresses of their own IP version.";
    bool family = finding->subjects.error_code == 440;
    note_if(finding, relay, finding->alternative_granted && family);
    note_if(finding, peer, finding->alternative_granted && !family);
}

/* Two more things to mend, and either helps. */
static void note_closed_tls(struct finding *finding)
{
    static const char closed[] =
        "The client also opened a TLS connection to the same address without wanting a page, as "
        "for TURN over TLS, and the server closed it as soon as the client had said something. So "
        "does a web server, or a web proxy, that is spoken to in TURN: on that port there seems to "
        "be no TURN server for clients to fall back to.";
    note_if(finding, closed, finding->tls_closed);
}

/* The capture lacked it, not the network. */
static void grade_refuted(struct finding *finding)
{
    if (finding->refuted)
        finding->severity = SEVERITY_INFO;
}

static void grade(struct finding *finding, const struct state *state)
{
    finding->severity = finding->fatal ? SEVERITY_ERROR : catalogue_row(code_of(finding))->severity;
    finding->caused_by = 0;
    grade_resolution(finding, state);
    grade_refuted(finding);
    if (finding->severity == SEVERITY_ERROR && finding_broke_nothing(finding, state))
        finding->severity = SEVERITY_WARNING;
    grade_stranger(finding, state);
    if (finding_is_aside(finding, state))
        finding->severity = SEVERITY_INFO;
    portal_grade(finding, state);
    web_bridge_grade(finding, state);
    at_server_grade(finding, state);
    note_shared_address(finding, state);
    note_replaced_path(finding);
    note_alternative(finding);
    note_closed_tls(finding);
}

/* The same server over TCP or TLS, at whatever port. */
static bool fails_over_tcp(const struct findings *findings, const struct finding *silent)
{
    for (const struct finding *f = findings_next(findings, NULL); f != NULL;
         f = findings_next(findings, f))
        if ((code_of(f) == FINDING_TURN_TCP_NO_ANSWER || code_of(f) == FINDING_TURN_TCP_REFUSED ||
             code_of(f) == FINDING_TURN_RESET_AFTER_ALLOCATE) &&
            f->severity == silent->severity &&
            ip_address_equal(&f->key.client, &silent->key.client) &&
            ip_address_equal(&f->key.server.ip, &silent->key.server.ip))
            return true;
    return false;
}

/* TCP is what is left to clients whose firewall has no hole for UDP. */
static void note_no_way_round(const struct findings *findings, struct finding *finding)
{
    static const char note[] =
        "The client tried this server over TCP, too, and did not get through there either: that "
        "has a finding of its own. One of the two ways is enough.";
    if (code_of(finding) == FINDING_TURN_NO_ANSWER) /* over UDP */
        note_if(finding, note,
                finding->severity == SEVERITY_ERROR && fails_over_tcp(findings, finding));
}

void grading_grade(struct findings *findings, const struct state *state)
{
    struct finding *f = NULL;
    while ((f = findings_next(findings, f)) != NULL)
        grade(f, state);
    while ((f = findings_next(findings, f)) != NULL)
        note_no_way_round(findings, f);
}
