/* SPDX-License-Identifier: MIT */
#include "dissectors/stun/message.h"
#include "tests/fuzz/fuzz.h"

static void read_attribute(const struct stun_message *message,
                           const struct stun_attribute *attribute)
{
    struct transport_address address;
    uint64_t number;
    const uint8_t *end = message->raw.data + message->raw.length;
    fuzz_require(attribute->value.length <= attribute->length);
    fuzz_require(attribute->value.data >= message->raw.data);
    fuzz_require(attribute->value.data + attribute->value.length <= end);
    (void)stun_attribute_address(message, attribute, &address);
    (void)stun_address(message, attribute->type, &address);
    (void)stun_number(message, attribute->type, &number);
    (void)stun_value(message, attribute->type);
    (void)stun_attribute_name_in(message->dialect, attribute->type);
}

static void decode(struct bytes bytes, bool cut)
{
    struct stun_message message;
    unsigned code;
    struct bytes reason;
    enum dissect_status status = stun_decode(&message, bytes, cut);
    fuzz_require(cut ? status != DISSECT_INCOMPLETE : status != DISSECT_CUT_SHORT);
    if (status == DISSECT_NOT_MINE || status == DISSECT_INCOMPLETE)
        return;
    fuzz_require(message.raw.length >= STUN_HEADER_LENGTH && message.raw.length <= bytes.length);
    fuzz_require(message.attribute_count <= STUN_ATTRIBUTES_KEPT);
    for (size_t i = 0; i < message.attribute_count; i++)
        read_attribute(&message, &message.attributes[i]);
    (void)stun_error_code(&message, &code, &reason);
    (void)stun_fingerprint(&message);
    (void)stun_method_name(message.method);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size));
    decode(copy, false);
    decode(copy, true);
    fuzz_free(copy);
    return 0;
}
