/* SPDX-License-Identifier: MIT */
#include "analyzer/capture/source.h"

#include "dissectors/packet/packet.h"

/* libpcap's own mapping is not exported. Only the values that differ between systems need one; the
 * others are the same in both registries (https://www.tcpdump.org/linktypes.html). 12 is raw IP
 * except on OpenBSD, where it is DLT_LOOP and 14 is raw IP; both occur in files as they are. */
uint32_t link_type_of_dlt(int dlt)
{
    if (dlt == DLT_LOOP)
        return LINK_TYPE_LOOP;
    if (dlt == DLT_RAW || dlt == 12 || dlt == 14)
        return LINK_TYPE_RAW;
    return (uint32_t)dlt;
}
