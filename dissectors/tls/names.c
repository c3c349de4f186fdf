/* SPDX-License-Identifier: MIT */
#include "dissectors/tls/names.h"

#include "dissectors/names.h"

static const struct id_name versions[] = {
    {0x0002, "SSL 2.0"},          {0x0300, "SSL 3.0"},
    {0x0301, "TLS 1.0"},          {0x0302, "TLS 1.1"},
    {0x0303, "TLS 1.2"},          {0x0304, "TLS 1.3"},
    {0x7f0e, "TLS 1.3 draft 14"}, {0x7f0f, "TLS 1.3 draft 15"},
    {0x7f10, "TLS 1.3 draft 16"}, {0x7f11, "TLS 1.3 draft 17"},
    {0x7f12, "TLS 1.3 draft 18"}, {0x7f13, "TLS 1.3 draft 19"},
    {0x7f14, "TLS 1.3 draft 20"}, {0x7f15, "TLS 1.3 draft 21"},
    {0x7f16, "TLS 1.3 draft 22"}, {0x7f17, "TLS 1.3 draft 23"},
    {0x7f18, "TLS 1.3 draft 24"}, {0x7f19, "TLS 1.3 draft 25"},
    {0x7f1a, "TLS 1.3 draft 26"}, {0x7f1b, "TLS 1.3 draft 27"},
    {0x7f1c, "TLS 1.3 draft 28"}, {0x0100, "DTLS 1.0 (OpenSSL before 0.9.8f)"},
    {0xfeff, "DTLS 1.0"},         {0xfefd, "DTLS 1.2"},
    {0xfefc, "DTLS 1.3"},
};

static const struct id_name groups[] = {
    {1, "sect163k1"},
    {3, "sect163r2"},
    {6, "sect233k1"},
    {7, "sect233r1"},
    {9, "sect283k1"},
    {10, "sect283r1"},
    {11, "sect409k1"},
    {12, "sect409r1"},
    {13, "sect571k1"},
    {14, "sect571r1"},
    {18, "secp192k1"},
    {19, "secp192r1"},
    {20, "secp224k1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {41, "curveSM2"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {512, "MLKEM512"},
    {513, "MLKEM768"},
    {514, "MLKEM1024"},
    {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
    {4589, "SecP384r1MLKEM1024"},
    {16696, "CECPQ2"},
    {25497, "X25519Kyber768Draft00"},
    {25498, "SecP256r1Kyber768Draft00"},
};

/* RFC 8446 6, RFC 5246 7.2, RFC 6066 9, RFC 7301 3.2, RFC 7507; 121 draft-ietf-tls-esni. */
static const struct id_name alerts[] = {
    {0, "close_notify"},
    {1, "end_of_early_data"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {52, "too_many_cids_requested"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {117, "general_error"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};

static const struct id_name alert_levels[] = {
    {1, "warning"},
    {2, "fatal"},
};

static const struct id_name handshake_types[] = {
    {0, "HelloRequest"},       {1, "ClientHello"},         {2, "ServerHello"},
    {3, "HelloVerifyRequest"}, {4, "NewSessionTicket"},    {5, "EndOfEarlyData"},
    {6, "HelloRetryRequest"},  {8, "EncryptedExtensions"}, {11, "Certificate"},
    {12, "ServerKeyExchange"}, {13, "CertificateRequest"}, {14, "ServerHelloDone"},
    {15, "CertificateVerify"}, {16, "ClientKeyExchange"},  {17, "ClientCertificateRequest"},
    {20, "Finished"},          {21, "CertificateURL"},     {22, "CertificateStatus"},
    {23, "SupplementalData"},  {24, "KeyUpdate"},          {25, "CompressedCertificate"},
    {67, "NextProtocol"},      {203, "ChannelID"},         {254, "MessageHash"},
};

static const struct id_name extensions[] = {
    {0, "server_name"},
    {1, "max_fragment_length"},
    {2, "client_certificate_url"},
    {3, "trusted_ca_keys"},
    {4, "truncated_hmac"},
    {5, "status_request"},
    {6, "user_mapping"},
    {7, "client_authz"},
    {8, "server_authz"},
    {9, "cert_type"},
    {10, "supported_groups"},
    {11, "ec_point_formats"},
    {12, "srp"},
    {13, "signature_algorithms"},
    {14, "use_srtp"},
    {15, "heartbeat"},
    {16, "application_layer_protocol_negotiation"},
    {17, "status_request_v2"},
    {18, "signed_certificate_timestamp"},
    {19, "client_certificate_type"},
    {20, "server_certificate_type"},
    {21, "padding"},
    {22, "encrypt_then_mac"},
    {23, "extended_master_secret"},
    {24, "token_binding"},
    {25, "cached_info"},
    {26, "tls_lts"},
    {27, "compress_certificate"},
    {28, "record_size_limit"},
    {34, "delegated_credential"},
    {35, "session_ticket"},
    {41, "pre_shared_key"},
    {42, "early_data"},
    {43, "supported_versions"},
    {44, "cookie"},
    {45, "psk_key_exchange_modes"},
    {47, "certificate_authorities"},
    {48, "oid_filters"},
    {49, "post_handshake_auth"},
    {50, "signature_algorithms_cert"},
    {51, "key_share"},
    {52, "transparency_info"},
    {54, "connection_id"},
    {55, "external_id_hash"},
    {56, "external_session_id"},
    {57, "quic_transport_parameters"},
    {58, "ticket_request"},
    {59, "dnssec_chain"},
    {13172, "next_protocol_negotiation"},
    {17513, "application_settings"},
    {17613, "application_settings_new"},
    {30031, "channel_id_old"},
    {30032, "channel_id"},
    {64768, "ech_outer_extensions"},
    {65037, "encrypted_client_hello"},
    {65281, "renegotiation_info"},
    {65445, "quic_transport_parameters_draft"},
    {65486, "encrypted_server_name"},
};

const char *tls_version_name(uint16_t version)
{
    return ID_NAME(versions, version);
}

const char *tls_group_name(uint16_t group)
{
    return ID_NAME(groups, group);
}

const char *tls_alert_name(uint8_t description)
{
    return ID_NAME(alerts, description);
}

const char *tls_alert_level_name(uint8_t level)
{
    return ID_NAME(alert_levels, level);
}

const char *tls_handshake_type_name(uint8_t type)
{
    return ID_NAME(handshake_types, type);
}

const char *tls_extension_name(uint16_t extension)
{
    return ID_NAME(extensions, extension);
}
