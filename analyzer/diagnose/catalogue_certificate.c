/* SPDX-License-Identifier: MIT */
/* tls.certificate-*: who the server says it is, and who does not believe it. */
#include "analyzer/diagnose/catalogue.h"

static const struct catalogue_row rows[] = {
    {
        .code = FINDING_TLS_CERTIFICATE_SELF_SIGNED,
        .name = "tls.certificate-self-signed",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The server's certificate is self-signed",
        .explanation = "The server vouches for itself, so browsers show Not secure. A person can "
                       "click through the warning; other clients give up. Name and dates may be "
                       "right; what is missing is a signature of an authority that clients trust.",
        .remedy =
            {
                "Install a certificate of a certification authority that clients trust.",
                "On Expressway-E: make a signing request under Maintenance > Security > Server "
                "certificate, have a public authority sign it, and upload the result there.",
                "Where the authority is your own, install its root certificate on the clients.",
            },
        .reference = "RFC 5280 §3.2 and §6.1; Cisco dual-domain WebRTC guide, case 3",
        .evidence = "The first certificate of the server has the same issuer and subject, and its "
                    "signature verifies with its own key.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_NAME_MISMATCH,
        .name = "tls.certificate-name-mismatch",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The certificate is not for the name that the client asked for",
        .explanation =
            "None of the names (SAN) in the certificate matches the name that the client asked "
            "for. Clients do not look at the common name, and a wildcard stands for one label "
            "only. The certificate may be valid in every other respect.",
        .remedy =
            {
                "Order a certificate that holds the name as a SAN, or let users open a name that "
                "it holds.",
                "On Expressway-E: add the external web bridge name as a SAN of the signing request "
                "under Maintenance > Security > Server certificate.",
                "If the certificate belongs to another machine, correct DNS or address "
                "translation.",
            },
        .reference = "RFC 9525 §6.3; Cisco dual-domain WebRTC guide, case 3",
        .evidence =
            "The server name (SNI) of the ClientHello beside the SANs of the server's certificate.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_SAN_MISSING,
        .name = "tls.certificate-san-missing",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NOT_SECURE,
        .title = "The certificate lacks the web bridge name",
        .explanation =
            "The certificate holds the server's own name but not the external name of the web "
            "bridge, or it holds no alternative names at all. Browsers that open the web bridge "
            "name show Not secure. It is the right machine with a certificate that lacks a name.",
        .remedy =
            {
                "Order the certificate again with the external web bridge name as a SAN.",
                "On Expressway-E: add it to the signing request under Maintenance > Security > "
                "Server certificate, next to the names that are there already.",
            },
        .reference = "RFC 9525 §6.3, RFC 5280 §4.2.1.6; Cisco dual-domain WebRTC guide, case 3",
        .evidence = "The server's certificate has the Expressway-E host name among its SANs and "
                    "not the external web bridge name, or has no SAN.",
        .raise_certainty = "A capture of a client that opens the web bridge name itself, or the "
                           "site profile with site.webbridge_url.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_EXPIRED,
        .name = "tls.certificate-expired",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The server's certificate has expired",
        .explanation = "At the time of the capture, the certificate's validity was over. Browsers "
                       "warn, other clients give up. It is compared with the time of the packets "
                       "and not with today's date; a capture with a wrong clock would mislead.",
        .remedy =
            {
                "Renew the certificate and install it, with its chain.",
                "On Expressway-E: Maintenance > Security > Server certificate.",
                "On CMS: install the new files with the MMP commands webbridge certs or callbridge "
                "certs, and renew the trust bundle on the other side.",
                "On coturn: put the new files where cert= and pkey= point to, and restart.",
            },
        .reference = "RFC 5280 §4.1.2.5",
        .evidence = "Not After of the server's certificate is earlier than the packet.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_NOT_YET_VALID,
        .name = "tls.certificate-not-yet-valid",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The server's certificate is not valid yet",
        .explanation =
            "At the time of the capture, the certificate's validity had not begun. Mostly a clock "
            "is wrong: that of the machine which made the certificate, of the client, or of the "
            "capture. It is compared with the time of the packets and not with today's date.",
        .remedy =
            {
                "Set the clocks of all machines with NTP; on Expressway under System > Time.",
                "If the certificate was made with a wrong clock, make it again.",
            },
        .reference = "RFC 5280 §4.1.2.5",
        .evidence = "Not Before of the server's certificate is later than the packet.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_CHAIN_INCOMPLETE,
        .name = "tls.certificate-chain-incomplete",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NOT_SECURE,
        .title = "The server does not send its intermediate certificates",
        .explanation =
            "The server sends its own certificate without the one that issued it: alone, or with "
            "others that do not belong to it. Some browsers fetch or remember the missing one, "
            "others fail: it works for some users and not for others. If the issuer is itself a "
            "root that clients trust, nothing is missing.",
        .remedy =
            {
                "Install the server certificate together with its intermediate certificates, in "
                "the order from the server upwards.",
                "On Expressway-E: append them to the file uploaded under Maintenance > Security > "
                "Server certificate.",
                "On CMS: give them as the certificate bundle of the MMP command webbridge certs.",
                "On coturn: put the full chain into the file of cert=.",
            },
        .reference = "RFC 8446 §4.4.2, RFC 5246 §7.4.2",
        .evidence = "A Certificate message that does not hold the certificate of who issued the "
                    "server's own.",
        .raise_certainty = "The root certificates that the clients trust, or a capture of a client "
                           "that refuses with the alert unknown_ca.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_WEAK,
        .name = "tls.certificate-weak",
        .severity = SEVERITY_WARNING,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The certificate uses a key or signature that is too weak",
        .explanation = "The certificate has an RSA key below 2048 bits, or is signed with MD5 or "
                       "SHA-1. Current clients refuse such certificates or will soon. Older "
                       "clients accept them, so it may work for some users.",
        .remedy =
            {
                "Order a certificate with an RSA key of 2048 bits or more, or an ECDSA key, signed "
                "with SHA-256.",
                "Make a new key for it; renewing with the old key keeps the weakness.",
            },
        .reference = "RFC 9325 §4.5, RFC 8446 §4.4.2.4",
        .evidence = "Public key and signature algorithm of the server's own certificate.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_PURPOSE,
        .name = "tls.certificate-purpose",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The certificate may not be used for a server",
        .explanation =
            "The certificate names its purposes and server authentication is not among them, or it "
            "is the certificate of an authority and not of a server. Clients refuse it even if "
            "name, dates and issuer are right. It was made from the wrong template.",
        .remedy =
            {
                "Order the certificate again from a template with server authentication "
                "(serverAuth).",
                "On Expressway and CMS, keep client authentication (clientAuth) as well: they use "
                "the same certificate when they connect to each other.",
            },
        .reference = "RFC 5280 §4.2.1.12 and §4.2.1.9",
        .evidence = "Extended Key Usage of the server's certificate without serverAuth, or Basic "
                    "Constraints with CA true.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_DEFAULT,
        .name = "tls.certificate-default",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_STRONG,
        .case_id = CASE_NOT_SECURE,
        .title = "The product's factory certificate answers on this port",
        .explanation =
            "The certificate is the one that the product ships with. Either no certificate was "
            "installed, or the administration page answers on port 443 instead of the web bridge. "
            "The client reached the right machine but the wrong service on it.",
        .remedy =
            {
                "Install a certificate of a trusted authority for the external name.",
                "On Expressway-E: move the Web administrator port away from 443 under System > "
                "Administration (the guide uses 445).",
                "On Expressway-E: install the certificate under Maintenance > Security > Server "
                "certificate.",
            },
        .reference = "Cisco dual-domain WebRTC guide, Expressway-E configuration and case 3",
        .evidence = "Subject or issuer of the certificate on port 443 is the vendor's default.",
        .raise_certainty = "A capture with the TLS key log of the client: the page's content shows "
                           "which service answers.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_REJECTED_BY_CLIENT,
        .name = "tls.certificate-rejected-by-client",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NOT_SECURE,
        .title = "The client rejects the server's certificate",
        .explanation =
            "The client ended the handshake with an alert about the server's certificate. The "
            "alert gives the reason in its own words, for example unknown_ca for an authority that "
            "the client does not know. The server and the network did their part.",
        .remedy =
            {
                "unknown_ca: install the full chain on the server, or the authority's root on the "
                "client.",
                "certificate_expired, certificate_revoked: renew the certificate.",
                "bad_certificate, certificate_unknown: check the names (SAN), dates and purpose of "
                "the certificate; Chromium says certificate_unknown to an unknown authority, too.",
                "unsupported_certificate: check the key type and signature algorithm.",
            },
        .reference = "RFC 8446 §6.2, RFC 5246 §7.2.2; Cisco dual-domain WebRTC guide, case 3",
        .evidence = "A fatal alert 42 to 48 sent by the client after the server's certificate.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_REJECTED_BY_SERVER,
        .name = "tls.certificate-rejected-by-server",
        .severity = SEVERITY_ERROR,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_JOIN_CALL_MISSING,
        .title = "The server rejects the certificate of the connecting side",
        .explanation =
            "The connecting side showed a certificate, or should have, and the server ended the "
            "connection with an alert about it. Between the call bridge and the web bridge of CMS "
            "it means that the trust bundle lacks the call bridge's certificate, and the Join call "
            "button stays away. The server's own certificate is not the matter.",
        .remedy =
            {
                "Make the server trust the connecting side's certificate.",
                "On CMS: webbridge disable, webbridge trust callbridge.cer, webbridge enable; the "
                "trust bundle is the call bridge's certificate itself and not its issuer's.",
                "certificate_required: configure a client certificate on the connecting side.",
                "certificate_expired: renew the certificate of the connecting side.",
            },
        .reference = "RFC 8446 §6.2 and §4.4.2; Cisco dual-domain WebRTC guide, case 1",
        .evidence = "A fatal alert 42 to 48 or 116 sent by the server after the client's "
                    "Certificate message.",
    },
    {
        .code = FINDING_TLS_CERTIFICATE_HIDDEN,
        .name = "tls.certificate-hidden",
        .severity = SEVERITY_INFO,
        .certainty = CERTAINTY_DEFINITE,
        .case_id = CASE_NONE,
        .title = "The server's certificate cannot be seen in this capture",
        .explanation = "TLS 1.3 encrypts the certificate, and a resumed session does not send it "
                       "again. Nothing can be said here about names, dates or signatures. This is "
                       "no fault: it says how far the diagnosis reaches.",
        .remedy =
            {
                "Give the TLS session keys of the client with --keylog; browsers write them to the "
                "file named by SSLKEYLOGFILE.",
                "Or capture a first visit of a test client that is limited to TLS 1.2.",
                "Or look at the certificate from outside: openssl s_client -connect HOST:443 "
                "-servername NAME -showcerts.",
            },
        .reference = "RFC 8446 §2 and §2.2, RFC 5246 §7.3",
        .evidence =
            "A handshake of TLS 1.3, or a resumed one, without a Certificate message in the clear.",
    },
};

const struct catalogue_family catalogue_certificate = {rows, sizeof rows / sizeof rows[0]};
