#!/bin/sh
# Makes .venv with artgate and all it needs, by version and hash; does nothing where that is done already.
# Usage: install.sh PYTHON VARIANT, where VARIANT is cpu or cuda.
set -eu

python=$1
variant=$2
venv=.venv
here=$(pwd -P)
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
stamp=$venv/.artgate-installed
if [ -x $venv/bin/artgate ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

# A virtual environment of another Python, or of another place, can't be mended.
if [ -e $venv ] && [ "$($venv/bin/python -c 'import sys; print("%d.%d %s" % (*sys.version_info[:2], sys.prefix))' 2>/dev/null)" != "$version $here/$venv" ]; then
    echo "make install: $venv is of another Python or place, so it is made anew"
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

rm -f $stamp
echo "make install: packages of $lock for Python $version into $venv"
bar=off
[ -t 1 ] && bar=on
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_NO_INPUT=1
export PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT
# The index of PyTorch is asked for every package; without retries it costs nothing where it is out of reach.
$pip install --require-hashes --no-deps --only-binary :all: --retries 0 --progress-bar "$bar" -r "$lock" ||
    stop "not every package of $lock could be installed, see above; what was downloaded is kept, so run it again"
$pip install --quiet --no-deps --no-index --no-build-isolation --editable .
$pip check
echo "$wanted" >$stamp
echo "make install: done; .venv/bin/artgate --help"
