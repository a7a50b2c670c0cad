#!/bin/sh
# Install the Debian packages that are missing; without the right to, say which and stop.
# usage: debian.sh PACKAGE…
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "Il manque des paquets Debian :$missing" >&2
    echo "Installez-les puis relancez : sudo apt-get install$missing" >&2
    exit 2
fi
echo "Installation des paquets Debian :$missing"
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
