#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the container: Python 3.11 or newer, the pinned libraries, the harness.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$source")"

python=""
for candidate in python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi

"$python" -I -m venv "$root/harness"
"$root/harness/bin/python" -I -m pip install --no-cache-dir --requirement "$source/requirements.txt"
"$root/harness/bin/python" -I -m pip install --no-cache-dir --no-deps "$source"/wheels/*.whl
