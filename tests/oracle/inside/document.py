#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the certificates, protocols, alerts and QUIC packets of a diagnosis document with what
tshark shows of the same capture, and openssl of its certificates.

usage: document.py TURNSCOPE CAPTURE KEYLOG [CAPTURE KEYLOG ...]    KEYLOG may be "-": none

Certificates are those of the server's first Certificate message of each connection, up to four.
tshark decrypts with the same key log, and gives their octets; openssl reads them. Prints each
difference. Exit status 1 when there is one."""

import collections
import datetime
import json
import re
import subprocess
import sys
import tempfile

KEPT = 4
SERVER_HELLO, ENCRYPTED_EXTENSIONS = "2", "8"
FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport",
          "udp.dstport", "tls.handshake.type", "tls.handshake.certificate",
          "tls.handshake.extensions_alpn_str", "quic.short", "quic.header_form", "quic.packet_number",
          "quic.key_phase"]
KINDS = ["certificates", "protocol", "1-RTT packets"]
CURVES = {"prime256v1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def run(command, **more):
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


def tshark(capture, keylog):
    """A dictionary of lists for each frame with handshake messages or 1-RTT packets. Ports say
    nothing about what a flow carries, and segments may be out of order."""
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=a", "-E",
               "aggregator=,", "-E", "separator=/t", "-Y", "(tls.handshake || quic.short) && !dtls",
               "-o", "tcp.reassemble_out_of_order:TRUE", "-d", "tcp.port==3478,tls"]
    if keylog != "-":
        command += ["-o", f"tls.keylog_file:{keylog}"]
    for field in FIELDS:
        command += ["-e", field]
    for line in run(command, text=True).splitlines():
        columns = (line.split("\t") + [""] * len(FIELDS))[:len(FIELDS)]
        yield {field: column.split(",") if column else []
               for field, column in zip(FIELDS, columns)}


def iso(text):
    time = datetime.datetime.strptime(text, "%b %d %H:%M:%S %Y GMT")
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def key_of(text):
    bits = re.search(r"Public-Key: \((\d+) bit\)", text)
    curve = re.search(r"ASN1 OID: (\S+)", text)
    if "Public Key Algorithm: rsaEncryption" in text:
        return f"RSA {bits[1]}"
    if curve:
        return f"EC {CURVES.get(curve[1], curve[1])}"
    return re.search(r"Public Key Algorithm: (\S+)", text)[1].capitalize()


def certificate(der):
    """What openssl says of it, in our words."""
    arguments = ["openssl", "x509", "-inform", "DER", "-noout"]
    lines = run(arguments + ["-subject", "-issuer", "-nameopt", "RFC2253", "-startdate", "-enddate",
                             "-serial", "-fingerprint", "-sha256"], input=der).decode()
    said = dict(line.split("=", 1) for line in lines.splitlines())
    text = run(arguments + ["-text"], input=der).decode()
    names = re.search(r"Subject Alternative Name:.*\n\s+(.*)", text)
    names = re.findall(r"(?:DNS|IP Address):([^,\s]+)", names[1]) if names else []
    return {"subject": said["subject"], "issuer": said["issuer"], "serial": said["serial"],
            "fingerprint_sha256": said["sha256 Fingerprint"].replace(":", "").lower(),
            "sans": names, "not_before": iso(said["notBefore"]), "not_after": iso(said["notAfter"]),
            "key": key_of(text),
            "signature": re.search(r"Signature Algorithm: (\S+)", text)[1],
            "self_signed": is_self_signed(said, der)}


def is_self_signed(said, der):
    """Its own key has signed it: it is its own trust anchor, whose signature is checked, too."""
    if said["subject"] != said["issuer"]:
        return False
    with tempfile.NamedTemporaryFile(suffix=".pem") as anchor:
        anchor.write(run(["openssl", "x509", "-inform", "DER"], input=der))
        anchor.flush()
        return subprocess.run(["openssl", "verify", "-no_check_time", "-auth_level", "0",
                               "-check_ss_sig", "-CAfile", anchor.name, anchor.name],
                              capture_output=True).returncode == 0


def addresses(frame):
    """(source, destination), IPv4 or IPv6, as the document writes them."""
    protocol = "tcp" if frame["tcp.srcport"] else "udp"
    hosts = [frame["ip.src"], frame["ip.dst"]] if frame["ip.src"] else [
        [f"[{frame[name][0]}]"] for name in ("ipv6.src", "ipv6.dst")]
    ports = [frame[f"{protocol}.srcport"], frame[f"{protocol}.dstport"]]
    return tuple(f"{host[0]}:{port[0]}" for host, port in zip(hosts, ports))


def theirs(capture, keylog):
    """Certificates and chosen protocols by (client, server), and decrypted 1-RTT packets by (source,
    destination)."""
    certificates, protocols, packets = {}, {}, collections.defaultdict(list)
    servers = set()
    for frame in tshark(capture, keylog):
        source, destination = addresses(frame)
        ends = destination, source
        if {SERVER_HELLO, ENCRYPTED_EXTENSIONS} & set(frame["tls.handshake.type"]):
            servers.add(ends)
            if frame["tls.handshake.extensions_alpn_str"]:
                protocols[ends] = frame["tls.handshake.extensions_alpn_str"][0]
        if ends in servers and frame["tls.handshake.certificate"] and ends not in certificates:
            certificates[ends] = [certificate(bytes.fromhex(der))
                                  for der in frame["tls.handshake.certificate"][:KEPT]]
        numbers = frame["quic.packet_number"]
        # Of the packets of a datagram the short one is always the last.
        if frame["quic.short"] and len(numbers) == len(frame["quic.header_form"]):
            packets[source, destination].append((int(numbers[-1]), frame["quic.key_phase"][-1]))
    return certificates, protocols, {who: count(each) for who, each in packets.items()}


def count(packets):
    return {"packets": len(packets), "highest_number": max(number for number, _ in packets),
            "key_updates": sum(one != two for (_, one), (_, two) in zip(packets, packets[1:]))}


def handshakes(turnscope, capture, keylog):
    command = [turnscope, "--json", "-r", capture] + (["--keylog", keylog] if keylog != "-" else [])
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode > 1:
        sys.exit(f"{capture}: {result.stderr}")
    return [each for each in json.loads(result.stdout)["tls"]["handshakes"]
            if each["protocol"] != "dtls"]


def ours(turnscope, capture, keylog):
    """The same three, of the document."""
    certificates, protocols, packets = {}, {}, {}
    for each in handshakes(turnscope, capture, keylog):
        client, server = each["client"], each["server"]
        if each["certificates"]:
            certificates.setdefault((client, server), each["certificates"])
        if each["alpn_selected"]:
            protocols[client, server] = each["alpn_selected"]
        for ends, side in (((client, server), "client"), ((server, client), "server")):
            if each["quic"] and each["quic"][side]["packets"]:
                packets[ends] = each["quic"][side]
    return certificates, protocols, packets


def compare(capture, kind, mine, other):
    """How many are the same, and how many are not."""
    same = different = 0
    for who in sorted(mine.keys() | other.keys()):
        if mine.get(who) == other.get(who):
            same += 1
            continue
        different += 1
        print(f"{capture}: {kind} of {who}:\n  ours   {mine.get(who)}\n  theirs {other.get(who)}")
    return same, different


def main(arguments):
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        sys.exit(__doc__)
    turnscope, *files = arguments
    total, differences = collections.Counter(), 0
    for capture, keylog in zip(files[::2], files[1::2]):
        mine = ours(turnscope, capture, keylog)
        for kind, one, two in zip(KINDS, mine, theirs(capture, keylog)):
            same, different = compare(capture, kind, one, two)
            total[kind] += same
            differences += different
    print(", ".join(f"{kind} of {count} connections" for kind, count in total.items()),
          f"are the same, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
