/* SPDX-License-Identifier: MIT */
/* STUN messages that are damaged, altered on the way, or that betray a NAT. */
#include "analyzer/crypto/integrity.h"
#include "analyzer/diagnose/rules.h"

static void check_plain(const struct rule_context *context)
{
    rule_raise(context);
}

/* A server passes over what it cannot read. */
static void check_malformed_unanswered(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (!transaction->malformed || transaction->method != STUN_ALLOCATE)
        return;
    struct finding *finding = rule_raise(context);
    if (finding != NULL)
        finding->fatal = true;
}

/* Only when the request was signed with the configured password: then whoever answered, or altered
 * the answer, does not have it. */
static void check_integrity_mismatch(const struct rule_context *context)
{
    const struct transaction *transaction = context->event->transaction;
    if (transaction->integrity == INTEGRITY_VERIFIED &&
        transaction->response_integrity == INTEGRITY_MISMATCH)
        rule_raise(context);
}

/* A middlebox that rewrites addresses in payloads finds MAPPED-ADDRESS and not the XORed one. */
static void check_alg_tampering(const struct rule_context *context)
{
    struct transport_address plain, xored;
    const struct stun_message *answer = context->event->message;
    /* In [MS-TURN] MAPPED-ADDRESS is the relayed address. */
    if (answer->dialect == STUN_DIALECT_RFC8489 &&
        stun_address(answer, STUN_MAPPED_ADDRESS, &plain) &&
        stun_address(answer, STUN_XOR_MAPPED_ADDRESS, &xored) &&
        !transport_address_equal(&plain, &xored))
        rule_raise(context);
}

/* RFC 8489 section 9.2: the nonce says that the server offers PASSWORD-ALGORITHMS; without the
 * attribute somebody took it out. Bit 0 stands leftmost in section 18.1 and rightmost in the
 * vectors of appendix B: either is taken. */
static bool nonce_offers_algorithms(struct bytes nonce)
{
    static const char cookie[] = "obMatJos2";
    if (nonce.length < sizeof cookie - 1 + 4 || memcmp(nonce.data, cookie, sizeof cookie - 1) != 0)
        return false;
    const uint8_t *features = nonce.data + sizeof cookie - 1;
    return memcmp(features, "gAAA", 4) == 0 || memcmp(features, "AAAB", 4) == 0 ||
           memcmp(features, "AAAD", 4) == 0 || memcmp(features, "wAAA", 4) == 0;
}

static void check_bid_down(const struct rule_context *context)
{
    const struct stun_message *answer = context->event->message;
    if (!stun_is_cut(answer) && nonce_offers_algorithms(stun_value(answer, STUN_NONCE)) &&
        stun_find(answer, STUN_PASSWORD_ALGORITHMS) == NULL)
        rule_raise(context);
}

static const struct rule rules[] = {
    {FINDING_STUN_MALFORMED, EVENT_STUN_MALFORMED, check_plain, 0},
    {FINDING_STUN_MALFORMED, EVENT_STUN_UNANSWERED, check_malformed_unanswered, 0},
    {FINDING_STUN_FINGERPRINT_WRONG, EVENT_STUN_FINGERPRINT, check_plain, 0},
    {FINDING_STUN_NAT_REBINDING, EVENT_STUN_MAPPING_CHANGED, check_plain, 0},
    {FINDING_STUN_SYMMETRIC_NAT, EVENT_STUN_MAPPING_DIFFERS, check_plain, 0},
    {FINDING_STUN_INTEGRITY_MISMATCH, EVENT_STUN_SUCCEEDED, check_integrity_mismatch, 0},
    {FINDING_STUN_ALG_TAMPERING, EVENT_STUN_SUCCEEDED, check_alg_tampering, 0},
    {FINDING_STUN_BID_DOWN, EVENT_STUN_CHALLENGED, check_bid_down, 0},
    {FINDING_STUN_BID_DOWN, EVENT_STUN_REFUSED, check_bid_down, 0},
};

const struct rule_family rules_stun = {rules, sizeof rules / sizeof rules[0], false};
