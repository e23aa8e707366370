#!/usr/bin/env bash
# Makes, in a folder: ca.pem (a CA of its own), server.pem (certificate and key for localhost and
# 127.0.0.1), other.pem (by the same CA, for another name) and expired.pem (as server.pem, of the year
# 2020).
#
#   certificates.sh FOLDER
set -euo pipefail
cd "$1"

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

new_key ca
openssl req -x509 -new -key ca.key -subj "/CN=takt test CA" -days 2 -out ca.pem \
  -addext keyUsage=critical,keyCertSign
touch index.txt
cat >ca.cnf <<'END'
[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
copy_extensions = copy
[any]
commonName = supplied
END

sign() {  # name, subjectAltName, dates
  local name=$1 names=$2
  shift 2
  new_key "$name"
  openssl req -new -key "$name.key" -subj "/CN=$name" -addext "subjectAltName=$names" -out "$name.csr"
  openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in "$name.csr" -out "$name.crt" "$@"
  cat "$name.crt" "$name.key" >"$name.pem"
}

sign server DNS:localhost,IP:127.0.0.1 -days 1
sign other DNS:example.org -days 1
sign expired DNS:localhost,IP:127.0.0.1 -startdate 20200101000000Z -enddate 20200201000000Z
