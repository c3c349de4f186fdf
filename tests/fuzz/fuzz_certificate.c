/* SPDX-License-Identifier: MIT */
#include "analyzer/crypto/certificate.h"
#include "tests/fuzz/fuzz.h"

static void require_text(const char *text, size_t size)
{
    fuzz_require(memchr(text, '\0', size) != NULL);
}

static void read_names(const struct certificate_facts *facts)
{
    struct certificate_san san;
    char name[256];
    size_t count = 0;
    while (certificate_san(facts, count, &san)) {
        count++;
        /* What stands in the certificate and is a plain name matches it. */
        bool plain = !san.is_address && san.name.length > 0 && san.name.data[0] != '*' &&
                     memchr(san.name.data, '\0', san.name.length) == NULL;
        if (!plain)
            continue;
        memcpy(name, san.name.data, san.name.length);
        name[san.name.length] = '\0';
        struct ip_address address;
        if (!ip_address_parse(&address, name) && name[san.name.length - 1] != '.')
            fuzz_require(certificate_matches_name(facts, name));
    }
    fuzz_require(count == facts->san_kept && count <= facts->san_total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct certificate_chain chain;
    struct bytes copy = exact_copy(bytes_of(data, size));
    struct bytes ders[2] = {copy, copy};
    if (certificate_chain_parse(&chain, ders, 2, 2)) {
        const struct certificate_facts *facts = &chain.certificates[0];
        require_text(facts->subject, sizeof facts->subject);
        require_text(facts->issuer, sizeof facts->issuer);
        require_text(facts->common_name, sizeof facts->common_name);
        fuzz_require(facts->is_self_issued || !facts->is_self_signed);
        fuzz_require(facts->is_self_issued == chain.in_order);
        (void)certificate_matches_name(facts, "www.example.com");
        (void)certificate_matches_name(facts, "192.0.2.1");
        read_names(facts);
    }
    fuzz_free(copy);
    return 0;
}
