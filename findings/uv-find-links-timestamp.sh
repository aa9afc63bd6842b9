#!/usr/bin/env bash
# uv 0.13.9: what is installed from a folder of links says when the wheel's file was put there.
#
# Installed from an index, six 1.16.0 has no file `uv_cache.json` in its .dist-info. Installed with `--no-index
# --find-links FOLDER`, the very same wheel (its hash is required) has one, listed in RECORD, with the time of the last
# change of the file's inode (ctime, so no archive or copy keeps it) to the nanosecond. Two installations of one wheel then differ, which a cache of environments that is
# keyed by hashes, or a comparison of two installations, does not expect.
#
# Fails if that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
tools/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest links six==1.16.0
printf 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n' >lock.txt

# install TARGET OPTION...: with a cache of its own each time.
install() {
    UV_CACHE_DIR=$folder/cache-$1 tools/bin/uv --no-config pip install --quiet --no-deps --require-hashes --target "$1" \
        --requirements lock.txt "${@:2}"
}

install index ${PIP_INDEX_URL:+--default-index "$PIP_INDEX_URL"}
install first --no-index --find-links links
touch --date='2020-01-01 00:00:00.123456789' links/six-1.16.0-py2.py3-none-any.whl
install second --no-index --find-links links

note=six-1.16.0.dist-info/uv_cache.json
failed=
[[ ! -e index/$note ]] || failed="an installation from an index has $note, too"
[[ -e first/$note && -e second/$note ]] || failed="an installation from a folder of links has no $note"
[[ -n $failed ]] || ! cmp --silent "first/$note" "second/$note" || failed="$note is the same after a change of the inode"
[[ -n $failed ]] || grep --quiet "^$note,sha256=" first/six-1.16.0.dist-info/RECORD || failed="RECORD does not list $note"
if [[ -n $failed ]]; then
    printf 'changed: %s\n' "$failed" >&2
    exit 1
fi
printf 'uv 0.13.9, from a folder of links: %s\n' "$(cat "second/$note")"
printf 'from an index: no such file\n'
