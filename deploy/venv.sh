#!/bin/sh
# Make the virtual environment from a lock file: exact versions, each checked by its hash.
# usage: venv.sh PYTHON FOLDER LOCK
set -eu
python=$1 folder=$2 lock=$3

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Ardoise demande Python 3.11 ou plus récent ; « $python » ne convient pas." >&2
    echo "Installez-le, ou dites lequel prendre : make run PYTHON=python3.12" >&2
    exit 2
fi
# Debian ships venv apart from Python.
"$python" -c 'import ensurepip' 2>/dev/null || [ -x "$folder/bin/pip" ] ||
    sh deploy/debian.sh python3-venv

[ -x "$folder/bin/pip" ] || "$python" -m venv "$folder"
echo "Installation des dépendances ($lock), une seule fois, une à deux minutes…"
"$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$lock"
# The build back-end is in the lock: nothing unlocked is fetched to install the checkout itself.
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
