#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image: installs Python, the autograder and its libraries.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}

python=
for version in 3.13 3.12 3.11; do
    if apt-get install -y "python$version" "python$version-venv"; then
        python=python$version
        break
    fi
done
if [ -z "$python" ]; then
    echo "This image has no Python 3.11 or later: choose a newer Ubuntu for the assignment." >&2
    exit 1
fi
apt-get install -y libseccomp2 || true # a layer of isolation; without it the report says so

"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install --requirement "$root/source/requirements.txt" "$root"/source/*.whl
