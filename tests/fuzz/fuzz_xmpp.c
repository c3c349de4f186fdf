/* SPDX-License-Identifier: MIT */
#include "dissectors/xmpp/tag.h"
#include "tests/fuzz/fuzz.h"

static void require_inside(struct bytes part, struct bytes whole)
{
    fuzz_require(part.length == 0 ||
                 (part.data >= whole.data && part.data + part.length <= whole.data + whole.length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes copy = exact_copy(bytes_of(data, size)), rest = copy;
    struct xmpp_tag tag;
    size_t before = rest.length;
    (void)xmpp_recognise(copy);
    while (xmpp_tag_next(&tag, &rest) == DISSECT_OK) {
        fuzz_require(rest.length < before);
        before = rest.length;
        require_inside(tag.name, copy);
    }
    require_inside(rest, copy);
    fuzz_free(copy);
    return 0;
}
