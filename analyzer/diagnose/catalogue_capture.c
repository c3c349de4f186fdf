/* SPDX-License-Identifier: MIT */
/* capture.* and analyzer.*: what limits this diagnosis. None of them is a fault of the call. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_CAPTURE_SNAPLEN,
        .name = "capture.snaplen",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NONE,
        .title = "The capture keeps only the beginning of each packet",
        .explanation =
            "Packets are longer on the wire than in the file: the capture was made with a small "
            "snapshot length. What was cut off is not known, and nothing is concluded from its "
            "absence. Passwords, certificates and checksums may not be checkable.",
        .remedy =
            {
                "Capture again with whole packets: -s 0 with turnscope and tcpdump.",
            },
        .reference = "pcap(3PCAP), snapshot length; draft-ietf-opsawg-pcap, packet record",
        .evidence = "Packet records whose captured length is smaller than their original length.",
    },
    {
        .code = FINDING_CAPTURE_ONE_SIDED,
        .name = "capture.one-sided",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NONE,
        .title = "The capture shows one direction only",
        .explanation =
            "Packets go one way on connections that cannot work one way: data is acknowledged, yet "
            "the acknowledging side is not in the capture. The mirror port or filter lost a "
            "direction. Silence is therefore not read as a fault here.",
        .remedy =
            {
                "Mirror both directions of the port (rx and tx), or capture on the machine itself.",
                "Filter by host alone; a filter on src or dst keeps one direction.",
                "Where traffic takes two ways, capture on both and give both files with -r.",
            },
        .reference = "turnscope(1), CAPTURING",
        .evidence = "TCP connections with data and acknowledgements from one side only, in every "
                    "conversation between two hosts.",
        .raise_certainty = "A capture on the client or the server itself, without a filter.",
    },
    {
        .code = FINDING_CAPTURE_DROPS,
        .name = "capture.drops",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NONE,
        .title = "The capture itself lost packets",
        .explanation =
            "The capturing machine could not keep up and dropped packets, so they are missing from "
            "the capture though they were on the wire. An unanswered request may have been "
            "answered. The network is not to blame for these losses.",
        .remedy =
            {
                "Enlarge the capture buffer with -B, and narrow the filter to the hosts in "
                "question.",
                "Write to a file with -w and analyse it afterwards.",
            },
        .reference = "pcap_stats(3PCAP)",
        .evidence = "The drop counter of the interface, or of the interface statistics block of a "
                    "pcapng file.",
    },
    {
        .code = FINDING_CAPTURE_NO_SIGNALLING,
        .name = "capture.no-signalling",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NONE,
        .title = "The beginning of the call is not in the capture",
        .explanation =
            "The capture holds relayed media or connectivity checks, but not the DNS lookup, the "
            "TLS handshake or the allocation that came before. It was started during the call, or "
            "filtered. What is not seen is not counted as missing.",
        .remedy =
            {
                "Start the capture first, then open a new private browser window and join the "
                "call.",
                "Leave out port filters: the call needs DNS, TCP 443, TURN and the media ports.",
            },
        .reference = "turnscope(1), CAPTURING",
        .evidence = "ChannelData, Send or Data indications, or RTP, without the exchanges that "
                    "precede them.",
    },
    {
        .code = FINDING_CAPTURE_CLOCK,
        .name = "capture.clock",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NONE,
        .title = "The times in the capture cannot be trusted",
        .explanation = "Packet times jump, run backwards, or lie far from what the packets "
                       "themselves say. The capturing machine's clock was wrong or was set during "
                       "the capture, or files of machines with different clocks were merged. "
                       "Verdicts on expiry and time-outs may be wrong by as much.",
        .remedy =
            {
                "Set the clock of each capturing machine with NTP before capturing again.",
                "Give each machine's file by itself to see which one is off.",
            },
        .reference = "pcap-tstamp(7)",
        .evidence = "Frames whose time is earlier than that of the frame before, a response before "
                    "its request, or a time before any certificate seen was issued.",
        .raise_certainty = "A capture from a second machine whose clock is known to be right.",
    },
    {
        .code = FINDING_ANALYZER_STATE_EVICTED,
        .name = "analyzer.state-evicted",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NONE,
        .title = "The analyzer had to forget older conversations",
        .explanation =
            "More conversations ran at once than the analyzer keeps, so the ones unused for "
            "longest were dropped. Findings already made stand. What was forgotten may be missing "
            "from the lists, and late packets of it may look like the middle of a call.",
        .remedy =
            {
                "Analyse one client at a time: add a filter such as host 192.0.2.1 at the end.",
                "Split the capture by time, for example with editcap -i 600.",
                "Let the analysis take more memory, for example with --memory 1024.",
            },
        .reference = "turnscope(1), CAVEATS",
        .evidence = "The counters under analyzer.evicted of the diagnosis document.",
    },
};

const struct catalogue_family catalogue_capture = {rows, sizeof rows / sizeof rows[0]};
