# shellcheck shell=bash
# Sourced by scripts/buildbox and scripts/test: brings a machine from a fresh Debian with Swift on PATH to built release
# binaries. Everything here writes to stderr only: the stdout of buildbox is for artifact paths.
# The sourcing script has resolved its own path, so this one's is free of symbolic links.

repository=${BASH_SOURCE[0]%/scripts/lib.sh}
release=$repository/.build/release
ticker=
scratch=()

trap clean_up EXIT

clean_up() {
    stop_ticker
    ((${#scratch[@]} == 0)) || rm -rf -- "${scratch[@]}"
}

say() { printf '==> %s\n' "$*" >&2; }

# die CODE LINE...: the exit codes are those of `buildbox run`: 4 for what the machine lacks, 9 for what failed here.
die() {
    local code=$1
    shift
    printf 'buildbox: %s\n' "$1" >&2
    (($# == 1)) || printf '          %s\n' "${@:2}" >&2
    exit "$code"
}

# step WHAT COMMAND...: says what happens and how long it takes. The output is shown when the command fails, or as it
# comes with BUILDBOX_VERBOSE=1. A shell function given as COMMAND must chain with &&: its caller tests the status of
# the step, and bash ignores `set -e` inside of a tested command.
step() {
    if [[ ${BUILDBOX_VERBOSE:-} == 1 ]]; then
        step_live "$@" >&2
        return
    fi
    local what=$1 status=0 start=$SECONDS log
    shift
    log=$(mktemp)
    scratch+=("$log")
    start_ticker "$what"
    # Standard input belongs to the command that the caller wants to run in the end.
    "$@" </dev/null >"$log" 2>&1 || status=$?
    stop_ticker
    ((status == 0)) || cat -- "$log" >&2
    rm -f -- "$log"
    end_step "$what" "$status" $((SECONDS - start))
}

# step_live WHAT COMMAND...: the same, with the output of the command shown as it comes.
step_live() {
    local what=$1 status=0 start=$SECONDS
    shift
    say "$what"
    "$@" </dev/null || status=$?
    end_step "$what" "$status" $((SECONDS - start))
}

end_step() {
    local what=$1 status=$2 seconds=$3
    if ((status == 0)); then
        say "$what: done in $seconds s"
    else
        say "$what: failed after $seconds s"
    fi
    return "$status"
}

start_ticker() {
    if [[ ! -t 2 ]]; then
        say "$1"
        return
    fi
    tick "$1" &
    ticker=$!
}

# Ends by itself when the script is killed in a way that runs no trap.
tick() {
    local start=$SECONDS
    while kill -0 $$ 2>/dev/null; do
        printf '\r==> %s (%d s)' "$1" $((SECONDS - start)) >&2
        sleep 1
    done
}

stop_ticker() {
    [[ -n $ticker ]] || return 0
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    ticker=
    printf '\r\033[K' >&2
}

# with_lock FILE WHAT COMMAND...: one process at a time; FILE and its folder are made. The commands started inside
# inherit the lock, so that one which outlives a killed script keeps others out for as long as it writes. COMMAND runs
# under `set -e`: do not test it.
with_lock() {
    local file=$1 what=$2 lock
    shift 2
    { mkdir -p -- "${file%/*}" && exec {lock}>>"$file"; } 2>/dev/null ||
        die 9 "cannot write $file" "Run this as the owner of that folder, once."
    flock --nonblock "$lock" || step "waiting for another start that is $what" flock "$lock"
    "$@"
    exec {lock}>&-
}

# need_packages PACKAGE...: installs those that are missing, or says how to and exits 4.
need_packages() {
    local missing
    if ! command -v dpkg-query >/dev/null; then
        say "this is not a Debian system: make sure that it has what Debian calls $*"
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} > 0)) || return 0

    ((EUID == 0)) || sudo -n true 2>/dev/null || die_of_packages 'these packages are missing:' "${missing[@]}"
    step "installing ${missing[*]}" install_packages "${missing[@]}" ||
        die_of_packages 'apt-get, whose output is above, could not install' "${missing[@]}"
}

missing_packages() {
    local installed package
    # It exits 1 when it knows nothing of one of the packages, which is an answer.
    installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package; do
        [[ $'\n'$installed$'\n' == *$'\n'"$package installed"$'\n'* ]] || printf '%s\n' "$package"
    done
}

die_of_packages() {
    local how='as root' sudo=
    if ((EUID != 0)) && command -v sudo >/dev/null; then
        how='with your password' sudo='sudo '
    fi
    die 4 "$1 ${*:2}" \
        "Install them $how, then run this again:" \
        "    ${sudo}apt-get update && ${sudo}apt-get install --yes --no-install-recommends ${*:2}"
}

# The package lists are fetched only when they do not know a package, or name files that the archive has replaced since.
install_packages() {
    apt-cache show "$@" >/dev/null 2>&1 || as_root apt-get update
    apt_install "$@" || { as_root apt-get update && apt_install "$@"; }
}

apt_install() { as_root apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"; }

as_root() {
    local command=(env DEBIAN_FRONTEND=noninteractive "$@")
    ((EUID == 0)) || command=(sudo -n "${command[@]}")
    "${command[@]}"
}

# read_whole VARIABLE FILE: without the fork of $(<FILE), one of the few costs at a start that can be spared.
read_whole() { IFS= read -rd '' "$1" <"$2" || true; }

# Swift comes as an archive, which brings neither the libraries that it runs with nor those that it links with.
need_swift() {
    command -v swift >/dev/null ||
        die 4 "swift is not on PATH" \
            "Install Swift 6.2 or later (https://www.swift.org/install/linux/) and put its usr/bin on PATH."
    need_packages g++ git ca-certificates
    swift build --version >/dev/null 2>&1 || need_packages libcurl4 libncurses6 libxml2
    swift build --version >/dev/null || die 4 "swift does not run; the reason is above."
}

# prepare_toolchain: exports BUILDBOX_TOOLCHAIN, a folder with what buildbox runs of its own (frontend, bin/uv, python,
# archives, versions). Its name is a digest of all that decides what is in it, so an upgrade makes a new one beside the old.
prepare_toolchain() {
    [[ -x /usr/bin/python3 ]] || need_packages python3 python3-venv

    [[ -n ${BUILDBOX_HOME:-}${XDG_CACHE_HOME:-}${HOME:-} ]] ||
        die 9 "no folder for the toolchain: BUILDBOX_HOME, XDG_CACHE_HOME and HOME are all unset"
    local home=${BUILDBOX_HOME:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/buildbox} key python pins
    [[ $home == /* ]] || home=$PWD/$home
    python=$(/usr/bin/python3 --version)
    read_whole pins "$repository/scripts/requirements/toolchain.txt"
    key=$(sha256sum <<<"layout 2, $HOSTTYPE, $python"$'\n'"$pins")

    export BUILDBOX_TOOLCHAIN=$home/toolchain/${key:0:16}
    [[ ! -e $BUILDBOX_TOOLCHAIN/versions ]] || return 0

    need_packages python3 python3-venv
    (umask go-w && mkdir -p -- "$home/toolchain") || die 9 "cannot make $home/toolchain" "Set BUILDBOX_HOME to a folder you can write."
    with_lock "$home/toolchain/.lock" "installing the toolchain" install_toolchain
}

# Runs under the lock: every `.new.` folder but its own was left by an install that is dead.
install_toolchain() {
    local parent=${BUILDBOX_TOOLCHAIN%/*} new
    [[ ! -e $BUILDBOX_TOOLCHAIN/versions ]] || return 0
    rm -rf -- "$parent"/.new.*
    new=$(mktemp -d -- "$parent/.new.XXXXXX") || die 9 "cannot write to $parent" "Run this as its owner."
    scratch+=("$new")

    step "downloading the toolchain (build, uv, zstd)" \
        pip_install "$new/pip" "$repository/scripts/requirements/toolchain.txt" ||
        die_of_pip "build and uv"
    step "putting it into $BUILDBOX_TOOLCHAIN" arrange_toolchain "$new" ||
        die 9 "the toolchain does not work in $parent; the reason is above." \
            "If that file system is full or mounted noexec, set BUILDBOX_HOME to a folder on another one."
    mv -T -- "$new" "$BUILDBOX_TOOLCHAIN"
}

# pip_install FOLDER REQUIREMENTS: installs into FOLDER/site, with a pip that is nobody's. -I keeps the current folder
# and PYTHON* out of it; the configuration of the user's pip (index, certificates, proxy) counts.
pip_install() (
    umask 022 &&
        /usr/bin/python3 -I -m venv -- "$1/venv" &&
        "$1/venv/bin/python" -I -m pip install --require-hashes --only-binary :all: --no-deps --no-compile --no-user \
            --no-input --disable-pip-version-check --target "$1/site" --requirement "$2"
)

# prepare_tools NAME: sets `tools` to a folder under .build whose `site` holds what scripts/requirements/NAME.txt pins.
prepare_tools() {
    tools=$repository/.build/tools/$1-$(sha256sum <"$repository/scripts/requirements/$1.txt" | head -c 16)
    [[ -d $tools ]] || with_lock "$repository/.build/buildbox.lock" "installing what $1.txt pins" install_tools "$1" "$tools"
}

install_tools() {
    [[ ! -d $2 ]] || return 0
    rm -rf -- "$2.new"
    mkdir -p -- "$2.new"
    step "installing what $1.txt pins" pip_install "$2.new" "$repository/scripts/requirements/$1.txt" || die_of_pip "What $1.txt pins"
    mv -T -- "$2.new" "$2"
}

die_of_pip() {
    die 9 "$1 could not be installed; the reason is above." \
        "The network: pip needs a package index. For a mirror or a proxy set what pip itself reads" \
        "(PIP_INDEX_URL, PIP_CERT, PIP_PROXY or pip.conf), then run this again." \
        "A hash: the index serves other files than those pinned in scripts/requirements. Do not trust it." \
        "The disk: set BUILDBOX_HOME to a folder on a file system with 200 MB to spare."
}

import_zstd='
try:
    from compression import zstd
except ImportError:
    from backports import zstd
print("zstd", zstd.zstd_version)
'

# What may be importable by the frontend is moved one by one: no *.dist-info, or the frontend's check of a project's
# requirements would find its own packages; no compiled modules, so that it is the same for every interpreter. What reads
# zstd is compiled, for the system's Python alone, and lies apart: nothing imports from there unless it is told to.
arrange_toolchain() (
    umask 022 &&
        cd -- "$1" &&
        chmod 755 . &&
        mkdir frontend bin archives &&
        mv -t frontend pip/site/build pip/site/pyproject_hooks pip/site/packaging pip/site/tomli &&
        mv -t bin pip/site/bin/uv &&
        { [[ ! -d pip/site/backports ]] || mv -t archives pip/site/backports; } &&
        rm -rf pip &&
        find frontend -name '*.so' -delete &&
        /usr/bin/python3 -I -m compileall -q --invalidation-mode unchecked-hash frontend archives &&
        ln -s /usr/bin/python3 python &&
        bin/uv --version &&
        (cd frontend && ../python -E -s -m build --version) &&
        (cd archives && ../python -E -s -c "$import_zstd") &&
        sed -n 's/^\([^ #]*==[^ ]*\).*/\1/p' "$repository/scripts/requirements/toolchain.txt" >versions &&
        # A power cut after the rename must not leave a folder with empty files.
        sync --file-system versions
)

# One build for what is shipped and for its tests: what is tested is what is shipped.
release_flags=(--configuration release -Xswiftc -enable-testing)
release_products=(buildbox buildbox-launcher)
release_stamp=$repository/.build/buildbox.stamp

# What `swift build` needs besides the compiler.
build_packages=(libseccomp-dev libcap-dev libsqlite3-dev zlib1g-dev)

# build_release: makes the release binaries, unless they are already made from these sources.
build_release() {
    ! release_is_current "$(digest_sources)" || return 0
    need_swift
    need_packages "${build_packages[@]}"
    with_lock "$repository/.build/buildbox.lock" "building buildbox" make_release
}

make_release() {
    local digest product
    digest=$(digest_sources)
    ! release_is_current "$digest" || return 0
    # A build that fails half-way leaves binaries that belong to no one state of the sources.
    rm -f -- "$release_stamp"
    for product in "${release_products[@]}"; do
        swift_build "$product" --product "$product"
    done
    release_state "$digest" >"$release_stamp.new"
    mv -- "$release_stamp.new" "$release_stamp"
}

# build_tests: the release binaries and the tests that are run on them.
build_tests() {
    need_swift
    need_packages "${build_packages[@]}"
    swift_build everything --build-tests
    build_release
}

# swift_build WHAT ARGUMENTS...
swift_build() {
    step "building $1 (minutes the first time)" \
        swift build --package-path "$repository" "${release_flags[@]}" "${@:2}" ||
        die 9 "swift build failed; its output is above."
}

# need_binary: sets BUILDBOX_BINARY to the release build's, which is made first, unless the caller has set it.
need_binary() {
    [[ -n ${BUILDBOX_BINARY:-} ]] || build_release
    export BUILDBOX_BINARY=${BUILDBOX_BINARY:-$release/buildbox}
}

# The compiler comes last, so that without one on PATH the binaries that are there can be run all the same.
release_is_current() {
    local product stamp
    for product in "${release_products[@]}"; do
        [[ -x $release/$product ]] || return 1
    done
    [[ -r $release_stamp ]] || return 1
    read_whole stamp "$release_stamp"
    [[ $stamp == "$(release_state "$1")"* ]]
}

# The compiler is known by its file: asking for `swift --version` takes longer than everything else at a start. `hash`
# looks it up on PATH.
release_state() {
    hash swift 2>/dev/null || true
    printf '%s\n' "$1"
    stat --dereference --format '%s %.9Y' -- "${release_products[@]/#/$release/}" ${BASH_CMDS[swift]+"${BASH_CMDS[swift]}"}
}

# Contents, not time stamps: a copy or a checkout can bring older ones, and a file that was removed has none. One
# process reads them all, in the order of the C locale.
digest_sources() (
    LC_ALL=C
    shopt -s globstar nullglob
    cd -- "$repository" || exit
    files=()
    for file in Package.swift Sources/**; do
        [[ ! -f $file || $file == *.pyc ]] || files+=("$file")
    done
    printf '%s\n' "${release_flags[*]}"
    sha256sum -- "${files[@]}"
)
