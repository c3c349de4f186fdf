/* SPDX-License-Identifier: MIT */
/* The certificate that a TLS server shows, against packet time and the name that was asked for.
 * Only of TLS: DTLS-SRTP certificates are self-signed by design. */
#include "analyzer/diagnose/profile_site.h"
#include "analyzer/diagnose/rules.h"
#include "analyzer/diagnose/rules_handshake.h"
#include "analyzer/diagnose/scope.h"
#include "analyzer/diagnose/site_blame.h"
#include "dissectors/tls/record.h"

enum { WEAK_RSA_BITS = 2048 };

static const struct certificate_chain *chain_of(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (handshake->protocol == HANDSHAKE_DTLS || !handshake_matters(context))
        return NULL;
    const struct certificate_chain *chain = handshakes_chain(context->state->handshakes, handshake);
    return chain != NULL && chain->kept > 0 ? chain : NULL;
}

static const struct certificate_facts *leaf_of(const struct rule_context *context)
{
    const struct certificate_chain *chain = chain_of(context);
    return chain != NULL ? &chain->certificates[0] : NULL;
}

static void check_self_signed(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && leaf->is_self_signed)
        site_blame_administration(context, raise_about_handshake(context));
}

static void check_expired(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && leaf->not_after < context->event->time)
        rule_doubt_clock(context, raise_about_handshake(context));
}

static void check_not_yet_valid(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && leaf->not_before > context->event->time)
        rule_doubt_clock(context, raise_about_handshake(context));
}

static void check_default(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && leaf->is_default)
        site_blame_administration(context, raise_about_handshake(context));
}

static bool holds_web_bridge(const struct profile *profile, const struct certificate_facts *leaf)
{
    return profile != NULL && profile->site.webbridge_url[0] != '\0' &&
           certificate_matches_name(leaf, profile->site.webbridge_url);
}

enum name_fit { NAME_FITS, NAME_MISSING, NAME_OTHER };

/* No alternative names at all; or those of the Expressway itself, but not the web bridge's: the
 * guide's third case. Anything else is the certificate of another server. */
static enum name_fit fit_of(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    const struct profile *profile = context->state->profile;
    const char *name = context->event->handshake->server_name;
    if (leaf == NULL || name[0] == '\0' || leaf->san_kept < leaf->san_total ||
        certificate_matches_name(leaf, name))
        return NAME_FITS;
    if (leaf->san_total == 0)
        return NAME_MISSING;
    if (holds_web_bridge(profile, leaf))
        return NAME_OTHER;
    for (size_t i = 0; profile != NULL && i < profile->expressway.hostname.count; i++)
        if (certificate_matches_name(leaf, profile->expressway.hostname.items[i]))
            return NAME_MISSING;
    return NAME_OTHER;
}

static void check_name(const struct rule_context *context)
{
    if (fit_of(context) == (enum name_fit)context->rule->parameter)
        site_blame_administration(context, raise_about_handshake(context));
}

/* The certificate says where its issuer's is to be fetched, so the issuer is no root that the
 * client could have. */
static void check_chain_incomplete(const struct rule_context *context)
{
    const struct certificate_chain *chain = chain_of(context);
    if (chain != NULL && chain->intermediate_missing &&
        chain->certificates[0].names_issuer_location)
        raise_about_handshake(context);
}

/* The client does not know who issued the only certificate that it was sent: the one between is
 * missing, or the client lacks a root that signs servers itself. */
static void check_chain_refused(const struct rule_context *context)
{
    const struct handshake_alert *alert = &context->event->handshake->alert;
    const struct certificate_chain *chain = chain_of(context);
    if (chain == NULL || !chain->intermediate_missing || chain->certificates[0].is_self_signed ||
        alert->inferred || alert->from != HANDSHAKE_CLIENT ||
        alert->description != TLS_ALERT_UNKNOWN_CA)
        return;
    struct finding *finding = raise_about_handshake(context);
    if (finding != NULL)
        finding_add_evidence(finding, &context->event->handshake->certificate);
}

/* A root's own signature proves nothing, and nobody looks at it. */
static bool is_weak(const struct certificate_facts *facts)
{
    bool key = strncmp(facts->key, "RSA", 3) == 0 && facts->key_bits > 0 &&
               facts->key_bits < WEAK_RSA_BITS;
    bool signature =
        strcmp(facts->signature_digest, "SHA1") == 0 || strcmp(facts->signature_digest, "MD5") == 0;
    return key || (signature && !facts->is_self_signed);
}

static void check_weak(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && is_weak(leaf))
        raise_about_handshake(context);
}

static const char *const chain_remedy[CATALOGUE_REMEDIES] = {
    "Install the authority's current intermediate certificates, up to the root, together with the "
    "server's own certificate; remove from the file what the authority no longer gives out.",
    "On Expressway-E: they stand in the file uploaded under Maintenance > Security > Server "
    "certificate.",
    "On CMS: give them as the certificate bundle of the MMP command webbridge certs.",
    "On the client: check that its list of authorities is up to date.",
};

/* Clients look for a way to a root that they trust, and others than the one sent may lead there:
 * what is wrong above the server's own certificate matters when one refused. */
static const char *flaw_above_leaf(const struct certificate_chain *chain, int64_t time)
{
    for (size_t i = 1; i < chain->kept; i++)
        if (chain->certificates[i].not_after < time)
            return "The server's own certificate is in date, but one that the server sends above "
                   "it had expired: clients that know no other way to a root refuse.";
    for (size_t i = 1; i < chain->kept; i++)
        if (is_weak(&chain->certificates[i]))
            return "One of the certificates that the server sends above its own is signed with "
                   "SHA-1 or MD5, or has a short key, which current clients refuse.";
    return NULL;
}

/* Who opens an address has no name to send. */
static bool asked_for_address(const struct handshake *handshake,
                              const struct certificate_facts *leaf)
{
    char address[IP_ADDRESS_TEXT];
    return handshake->hello_seen && !handshake->hello_cut && handshake->server_name[0] == '\0' &&
           leaf->san_kept == leaf->san_total &&
           !certificate_matches_name(leaf, ip_address_text(&handshake->server.ip, address));
}

/* Chromium says certificate_unknown whatever it finds wrong. Where name, dates, purpose and key are
 * right it is what an onlooker cannot see. */
static bool leaves_authority(const struct handshake *handshake,
                             const struct certificate_chain *chain)
{
    const struct certificate_facts *leaf = &chain->certificates[0];
    return handshake->alert.description == TLS_ALERT_CERTIFICATE_UNKNOWN &&
           handshake->server_name[0] != '\0' &&
           certificate_matches_name(leaf, handshake->server_name) && leaf->allows_server &&
           !leaf->is_authority && !leaf->is_self_signed && !is_weak(leaf) &&
           leaf->not_before <= handshake->hello_time && leaf->not_after >= handshake->hello_time;
}

static const char authority_unknown[] =
    "Name, dates, purpose and key of the certificate are right. What is left is an authority that "
    "the client does not know, an intermediate certificate that the server does not send, or a "
    "revocation; Chromium and browsers made from it say certificate_unknown to all of these.";

/* What may have made the client refuse, where the certificate itself is a good one. */
static void explain_refusal(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    const struct certificate_chain *chain = chain_of(context);
    struct finding *finding =
        findings_find(context->findings, context->rule->finding, &handshake->client.ip,
                      &handshake->server, handshake->server_name);
    if (chain == NULL || finding == NULL || finding->note != NULL ||
        handshake->alert.from != HANDSHAKE_CLIENT)
        return;
    finding->note = flaw_above_leaf(chain, context->event->time);
    if (finding->note != NULL)
        finding->remedy = chain_remedy;
    else if (asked_for_address(handshake, &chain->certificates[0]))
        finding->note = "The client named no server (SNI), as when an address is opened instead of "
                        "a name, and the certificate is not for that address.";
    else if (leaves_authority(handshake, chain))
        finding->note = authority_unknown;
    if (finding->note != NULL)
        finding_add_evidence(finding, &handshake->certificate);
}

static void check_purpose(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf != NULL && (!leaf->allows_server || (leaf->is_authority && !leaf->is_self_signed)))
        raise_about_handshake(context);
}

/* The same name and address, and an issuer other than before. */
static void check_interception(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    if (!handshake->issuer_changed || handshake->server_name[0] == '\0')
        return;
    const struct certificate_facts *leaf = leaf_of(context);
    if (leaf == NULL)
        return;
    char authority[CERTIFICATE_NAME];
    certificate_authority(leaf, authority);
    const struct evidence *before =
        issuers_other(&context->state->handshakes->issuers, &handshake->server,
                      handshake->server_name, authority);
    struct finding *finding = before != NULL ? raise_about_handshake(context) : NULL;
    if (finding != NULL)
        finding_add_evidence(finding, before);
}

/* Made up for the very name that the client wants, by who has no business to issue it. */
static void check_inspection(const struct rule_context *context)
{
    const struct certificate_facts *leaf = leaf_of(context);
    const char *name = context->event->handshake->server_name;
    if (leaf == NULL || !leaf->is_inspection || name[0] == '\0' ||
        !certificate_matches_name(leaf, name))
        return;
    struct finding *finding = raise_about_handshake(context);
    if (finding != NULL && finding->note == NULL)
        finding->note = "The certificate comes from a product that opens TLS to look inside: that "
                        "stands between the client and the server, or runs on the client.";
}

/* The client went on: what it was shown did not stop it. */
static void check_tolerated(const struct rule_context *context)
{
    const struct handshake *handshake = context->event->handshake;
    for (unsigned code = FINDING_TLS_CERTIFICATE_SELF_SIGNED;
         code <= FINDING_TLS_CERTIFICATE_DEFAULT; code++) {
        if (context->findings->kinds[code] == 0)
            continue;
        struct finding *finding =
            findings_find(context->findings, (enum finding_code)code, &handshake->client.ip,
                          &handshake->server, handshake->server_name);
        if (finding != NULL)
            finding->tolerated = true;
    }
}

static const struct rule rules[] = {
    {FINDING_TLS_CERTIFICATE_SELF_SIGNED, EVENT_TLS_CERTIFICATE, check_self_signed, 0},
    {FINDING_TLS_CERTIFICATE_NAME_MISMATCH, EVENT_TLS_CERTIFICATE, check_name, NAME_OTHER},
    {FINDING_TLS_CERTIFICATE_SAN_MISSING, EVENT_TLS_CERTIFICATE, check_name, NAME_MISSING},
    {FINDING_TLS_CERTIFICATE_EXPIRED, EVENT_TLS_CERTIFICATE, check_expired, 0},
    {FINDING_TLS_CERTIFICATE_NOT_YET_VALID, EVENT_TLS_CERTIFICATE, check_not_yet_valid, 0},
    {FINDING_TLS_CERTIFICATE_CHAIN_INCOMPLETE, EVENT_TLS_CERTIFICATE, check_chain_incomplete, 0},
    {FINDING_TLS_CERTIFICATE_CHAIN_INCOMPLETE, EVENT_TLS_ALERT, check_chain_refused, 0},
    {FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT, EVENT_TLS_ALERT, explain_refusal, 0},
    {FINDING_TLS_CERTIFICATE_WEAK, EVENT_TLS_CERTIFICATE, check_weak, 0},
    {FINDING_TLS_CERTIFICATE_PURPOSE, EVENT_TLS_CERTIFICATE, check_purpose, 0},
    {FINDING_TLS_CERTIFICATE_DEFAULT, EVENT_TLS_CERTIFICATE, check_default, 0},
    {FINDING_TLS_INTERCEPTION, EVENT_TLS_CERTIFICATE, check_interception, 0},
    {FINDING_TLS_INTERCEPTION, EVENT_TLS_CERTIFICATE, check_inspection, 0},
    {FINDING_NONE, EVENT_TLS_ESTABLISHED, check_tolerated, 0},
};

const struct rule_family rules_certificate = {rules, sizeof rules / sizeof rules[0], false};
