#!/bin/sh
# Makes .venv with artgate and all it needs, by version and hash; does nothing where that is done already.
# Usage: install.sh PYTHON VARIANT, where VARIANT is cpu or cuda. What is empty is as .venv has it, else python3 and cpu.
set -eu

venv=.venv
stamp=$venv/.artgate-installed
here=$(pwd -P)
python=$1
variant=$2
had=
if [ -e $stamp ]; then
    had=$(cut -d ' ' -f 2 $stamp)
    : "${python:=$($venv/bin/python -c 'import sys; print(sys._base_executable)' 2>/dev/null || true)}"
fi
: "${python:=python3}" "${variant:=${had:-cpu}}"
case $variant in
cpu) lock=requirements.lock ;;
cuda) lock=requirements-cuda.lock ;;
*) echo "TORCH is $variant: say cpu or cuda" >&2; exit 2 ;;
esac

stop() { echo "make install: $1" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
    stop "there is no $python here: install Python 3.11, 3.12 or 3.13, or name it, as in \`make install PYTHON=python3.12\`"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
3.11 | 3.12 | 3.13) ;;
*) stop "$python is Python $version, but the locked packages are for 3.11, 3.12 and 3.13: name one of these, as in \`make install PYTHON=python3.12\`" ;;
esac

wanted="$version $variant $(cat "$lock" pyproject.toml deploy/packaging/install.sh | sha256sum | cut -d ' ' -f 1) $here"
if [ -x $venv/bin/artgate ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

# A virtual environment of another Python, or of another place, can't be mended; and where PyTorch for the CPU is,
# pip is content with it when asked for the other build of that version.
is=$($venv/bin/python -c 'import sys; print("%d.%d %s" % (*sys.version_info[:2], sys.prefix))' 2>/dev/null || true)
if [ -e $venv ] && [ "$is ${had:-$variant}" != "$version $here/$venv $variant" ]; then
    echo "make install: $venv is of another Python, PyTorch or place, so it is made anew"
    rm -rf $venv
fi

pip="$venv/bin/python -m pip"
if ! $pip --version >/dev/null 2>&1; then
    # Debian and Ubuntu ship Python without ensurepip; then the system's own pip can fill the environment.
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv $venv
    elif "$python" -m pip --python "$python" --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip $venv
        pip="$python -m pip --python $venv/bin/python"
    else
        stop "this Python can't make virtual environments with pip: \`apt-get install python3-venv\` (or python$version-venv) and run it again"
    fi
fi

echo "$version $variant unfinished" >$stamp
echo "make install: packages of $lock for Python $version into $venv"
bar=off
[ -t 1 ] && bar=on
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_NO_INPUT=1
export PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT
# The index of PyTorch is asked for every package; without retries it costs nothing where it is out of reach.
$pip install --require-hashes --no-deps --only-binary :all: --retries 0 --progress-bar "$bar" -r "$lock" ||
    stop "not every package of $lock could be installed, see above; what was downloaded is kept, so run it again.
Where torch is what can't be found, https://download.pytorch.org is out of reach: docs/install.md says what to do"
$pip install --quiet --no-deps --no-index --no-build-isolation --editable .
$pip check
echo "$wanted" >$stamp
echo "make install: done; .venv/bin/artgate --help"
