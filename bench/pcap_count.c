/* SPDX-License-Identifier: MIT */
/* What reading a capture file costs at least: libpcap hands over each packet, nothing looks at it.
 *
 * usage: pcap_count FILE */
#include <pcap.h>
#include <stdio.h>

struct count {
    unsigned long long packets;
    unsigned long long bytes;
};

static void add(u_char *context, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct count *count = (struct count *)context;
    (void)bytes;
    count->packets++;
    count->bytes += header->len;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct count count = {0};
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (pcap == NULL) {
        fprintf(stderr, "%s\n", argc == 2 ? error : "usage: pcap_count FILE");
        return 1;
    }
    int status = pcap_loop(pcap, 0, add, (u_char *)&count);
    pcap_close(pcap);
    printf("%llu packets, %llu bytes\n", count.packets, count.bytes);
    return status == 0 ? 0 : 1;
}
