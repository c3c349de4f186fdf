#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the certificates of this folder anew (DER). Needs the openssl command, 3.0 or later.
# The private keys are thrown away: new ones give new files, and no test depends on a key's value.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

: > index.txt
mkdir new
cat > ca.cnf <<'END'
[ca]
default_ca = any
[any]
dir = .
new_certs_dir = new
database = index.txt
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
string_mask = utf8only
utf8 = yes
name_opt = ca_default
cert_opt = ca_default
preserve = yes
[anything]
organizationName = optional
organizationalUnitName = optional
commonName = optional
[req]
distinguished_name = none
string_mask = utf8only
[none]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
authorityInfoAccess = OCSP;URI:http://ocsp.example.com, caIssuers;URI:http://pki.example.com/ca.der
subjectAltName = DNS:cmsweb.example.com, DNS:*.join.example.com, DNS:xn--bcher-kva.example, IP:192.0.2.7, IP:2001:db8::7, email:someone@example.com
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
subjectAltName = DNS:cms.example.com
[plain]
[odd]
# A NUL inside a name, a lone wildcard, a wildcard that is not the whole label.
subjectAltName = DER:30:35:82:12:62:61:6e:6b:2e:63:6f:6d:00:2e:65:76:69:6c:2e:6e:65:74:82:01:2a:82:0f:77:2a:77:2e:65:78:61:6d:70:6c:65:2e:6f:72:67:82:0b:2a:2e:2a:2e:62:61:64:2e:6f:72:67
END
{
    echo '[many]'
    printf 'subjectAltName = DNS:first.example.com'
    i=0
    while [ $i -lt 200 ]; do
        printf ', DNS:host-%03d.conference.example.com' $i
        i=$((i + 1))
    done
    echo
} >> ca.cnf

# key NAME ALGORITHM [OPTION]
key() {
    openssl genpkey -quiet -algorithm "$2" ${3:+-pkeyopt "$3"} -out "$1.key" 2> /dev/null ||
        openssl genpkey -algorithm "$2" ${3:+-pkeyopt "$3"} -out "$1.key" 2> /dev/null
}

# issue NAME SUBJECT EXTENSIONS ISSUER FROM TO [DIGEST]; an issuer equal to the name: self-signed
issue() {
    openssl req -new -utf8 -config ca.cnf -key "$1.key" -subj "$2" -out "$1.csr"
    if [ "$1" = "$4" ]; then
        signer="-selfsign -keyfile $1.key"
    else
        signer="-cert $4.pem -keyfile $4.key"
    fi
    # shellcheck disable=SC2086
    openssl ca -batch -notext -config ca.cnf -extensions "$3" $signer -in "$1.csr" \
        -startdate "$5" -enddate "$6" ${7:+-md "$7"} -out "$1.pem" 2> /dev/null
    openssl x509 -in "$1.pem" -outform DER -out "$here/$1.der"
}

ec=ec_paramgen_curve
from=20240101000000Z
to=20340101000000Z
key root EC $ec:P-256
issue root '/O=Example/CN=Example Root' authority root $from $to
key intermediate EC $ec:P-384
issue intermediate '/O=Example/CN=Example Intermediate' authority root $from $to
key server RSA rsa_keygen_bits:2048
issue server '/O=Example/OU=Conferencing/CN=cmsweb.example.com' server intermediate $from 20250101000000Z
key default RSA rsa_keygen_bits:1024
issue default '/O=Temporary CA 4f1e/CN=vcse.example.com' plain default $from $to sha1
key client EC $ec:P-521
issue client '/CN=cms.example.com' client root $from $to
key other EC $ec:P-256
issue other '/CN=Bücher, "A\+B" <x>' authority other $from 99991231235959Z
key odd ED25519
issue odd '/CN=odd.example.com' odd odd 19500101000000Z 19600101000000Z default
key many EC $ec:P-256
issue many '/CN=first.example.com' many root $from $to
# Issuer and subject alike, signed by another key: self-issued, not self-signed.
cp other.key impostor-issuer.key
cp other.pem impostor-issuer.pem
key impostor EC $ec:P-256
issue impostor '/CN=Bücher, "A\+B" <x>' plain impostor-issuer $from $to
