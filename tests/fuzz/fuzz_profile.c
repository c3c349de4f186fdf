/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/profile.h"
#include "analyzer/diagnose/profile_site.h"
#include "tests/fuzz/fuzz.h"

/* Everything that rules may ask of a profile that was accepted. */
static void ask(const struct profile *profile)
{
    struct ip_address address;
    (void)ip_address_parse(&address, "172.16.84.124");
    (void)profile_role(profile, &address);
    (void)profile_is_relayed_address(profile, &address);
    (void)profile_is_turn_udp_port(profile, 3478);
    (void)profile_is_turn_tcp_port(profile, 443);
    (void)profile_is_webbridge(profile, "cmsweb.octavio.com.");
    (void)profile_is_internal_webbridge(profile, "");
    (void)profile_is_expressway_e_name(profile, ".");
    (void)profile_is_external_name(profile, "a.octavio.com");
    (void)profile_is_internal_name(profile, "octavio.local");
    (void)profile_unauthenticated_binding(profile);
    (void)profile_nat_reflection_required(profile);
    (void)profile_xmpp_enabled(profile);
    (void)profile_turn_probe(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profile profile;
    char error[PROFILE_ERROR_TEXT];
    struct bytes text = exact_copy(bytes_of(data, size));
    int status = profile_parse(&profile, text, "sites/a.ini", error);
    fuzz_require((status == 0) == (error[0] == '\0'));
    fuzz_require(strlen(error) < sizeof error);
    if (status == 0)
        ask(&profile);
    fuzz_free(text);
    return 0;
}
