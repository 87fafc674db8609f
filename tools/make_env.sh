#!/bin/sh
# Usage: sh tools/make_env.sh REQUIREMENTS
# Makes .venv with a Python 3.11 or newer, if it is not there yet, and installs a requirements file and the course into it.
# PYTHON=/path/to/python chooses the Python; otherwise the first that will do is taken.
set -eu
requirements=$1

find_python() {
    without_venv=
    # Sphinx 7 was tested up to Python 3.13, so a newer one is only the second choice.
    for newest in 13 99; do
        for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python3.15 python}; do
            version=$("$python" -c 'import sys; print("%d %d" % sys.version_info[:2])' 2>/dev/null) || continue
            [ "${version%% *}" -eq 3 ] && [ "${version##* }" -ge 11 ] && [ "${version##* }" -le "$newest" ] || continue
            if "$python" -c 'import ensurepip, venv' 2>/dev/null; then return; fi
            without_venv=$python
        done
    done
    if [ -n "$without_venv" ]; then
        echo "$without_venv has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv), then run make again." >&2
    elif [ -n "${PYTHON:-}" ]; then
        echo "PYTHON=$PYTHON is not a Python 3.11 or newer: name one that is, or leave PYTHON out." >&2
    else
        echo "No Python 3.11 or newer was found: install one (python.org, or your system's packages), then run make again." >&2
    fi
    exit 1
}

if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    find_python
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi
echo "Installing $requirements into .venv (a minute or two the first time) ..."
# uv needs a few seconds where pip needs half a minute, but only for packages locked with hashes. pip does the rest, and
# everything where uv cannot: on a system it is not built for, or with an index that only pip's settings name.
# -qq: errors only. A warning about a package index is none of the reader's business.
with_pip() { .venv/bin/python -m pip install -qq --disable-pip-version-check "$@"; }
with_uv() {
    sed -n '/^uv==/,/[^\\]$/p' requirements.txt | with_pip -r /dev/stdin &&
        .venv/bin/python -m uv pip install -q --system-certs --require-hashes --python .venv/bin/python "$@"
}
if ! { with_uv -r "$requirements" 2>/dev/null || with_pip -r "$requirements"; } ||
    ! with_pip --no-deps --no-build-isolation -e .; then
    echo "The packages of $requirements could not be installed: pip says why above. Mend that, then run make again." >&2
    exit 1
fi
