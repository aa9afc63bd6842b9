# shellcheck shell=bash
# Sourced behind lib.sh by scripts that work on the public corpus: finds it, chooses from it and fetches it. The scratch
# folder is one that scripts/parity can share.

corpus=${CORPUS_HARNESS:-${repository%/*}/shared/corpus}
scratch_folder=$repository/.build/corpus
interpreter=
# Keys of the harness (NAME, NAME@git, NAME@wheel), and the lines of projects.txt that they stand for.
projects=()
requirements=()

check_corpus() {
    local file
    for file in fetch.py parity.py projects.txt; do
        [[ -r $corpus/$file ]] || die 2 "there is no $file in $corpus" \
            "Name the corpus' folder with --corpus DIR or in CORPUS_HARNESS."
    done
    corpus=$(readlink -f -- "$corpus")
}

# choose_projects [PROJECT]...: fills `projects` and `requirements`, with the whole corpus where none is named.
choose_projects() {
    local line name project
    local -A pinned=()
    local -a names=()
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%%#*}
        line=${line//[[:space:]]/}
        [[ -n $line ]] || continue
        name=$(normalized "${line%%[=<>~!;]*}")
        names+=("$name")
        pinned[$name]=$line
    done <"$corpus/projects.txt"
    (($# > 0)) || set -- "${names[@]}"
    for project; do
        name=$(normalized "${project%%@*}")
        [[ -n ${pinned[$name]-} ]] || die 2 "$project is not in $corpus/projects.txt"
        [[ $project =~ ^[^@]+(@(git|wheel))?$ ]] || die 2 "$project: a variant is NAME@git or NAME@wheel"
        requirements+=("${pinned[$name]}")
        projects+=("$name${project#"${project%%@*}"}")
    done
}

normalized() {
    local name=${1,,}
    printf '%s\n' "${name//[_.]/-}"
}

# The default lies inside a checkout, and backends look upwards for git and its ignore files. An empty .git ends the
# search of those that look themselves, the variable that of git.
make_scratch() {
    mkdir -p -- "$scratch_folder/.git" || die 9 "cannot write to $scratch_folder" "Name another with --scratch DIR."
    scratch_folder=$(readlink -f -- "$scratch_folder")
    export CORPUS_DIR=$scratch_folder GIT_CEILING_DIRECTORIES=$scratch_folder
    export CORPUS_PYTHON=$scratch_folder/venv/bin/python
}

# A contained build sees nothing of the caller's environment, so neither may a bare one: PYTHONDONTWRITEBYTECODE alone
# changes what is in a source distribution. What says where to download from, and where to write, stays.
clear_environment() {
    local name
    while IFS= read -r name; do
        case $name in
            PATH | HOME | USER | TMPDIR | XDG_* | BUILDBOX_* | CORPUS_* | GIT_CEILING_DIRECTORIES) ;;
            PIP_* | UV_* | SSL_CERT_* | REQUESTS_CA_BUNDLE | *_proxy | *_PROXY) ;;
            *) unset -v "$name" ;;
        esac
    done < <(compgen -e)
    export LANG=C.UTF-8
    umask 022
}

# The frontend is the very one that buildbox runs, from the same pins.
make_venv() {
    local pins=$repository/scripts/requirements/toolchain.txt stamp=$scratch_folder/venv/parity.stamp state named
    if [[ -z $interpreter && -e $stamp ]]; then
        read_whole state "$stamp"
        interpreter=${state%%$'\n'*}
    fi
    named=${interpreter:-python3}
    interpreter=$(command -v -- "$named") || die 4 "there is no $named" "Name another interpreter with --python."
    # What is behind a shim or an environment: it must not change with the folder that it is started in.
    interpreter=$(cd / && "$interpreter" -I -c 'import os, sys; print(os.path.realpath(sys._base_executable))') ||
        die 4 "the interpreter does not run; the reason is above." "Name another with --python."
    "$interpreter" -I -c 'import sys; sys.exit(sys.version_info < (3, 11, 4))' ||
        die 4 "$interpreter is older than Python 3.11.4, which the harness needs" "Name another with --python."
    state=$interpreter$'\n'$(sha256sum <"$pins")
    [[ ! -e $stamp || $(<"$stamp") != "$state" ]] || return 0

    # Results of another interpreter or frontend compare with nothing.
    rm -rf -- "$scratch_folder"/{venv,results,logs,work} "$scratch_folder/baseline.json"
    step 'making the virtual environment' install_venv "$pins" ||
        die 9 "the virtual environment could not be made; the reason is above."
    printf '%s\n' "$state" >"$stamp"
}

install_venv() {
    "$interpreter" -I -m venv -- "$scratch_folder/venv" &&
        "$CORPUS_PYTHON" -I -m pip install --require-hashes --only-binary :all: --no-deps --no-input \
            --disable-pip-version-check --requirement "$1"
}

fetch_projects() {
    step 'fetching the source distributions' fetch ||
        die 9 "a source distribution could not be fetched; the reason is above."
}

# fetch.py reports what it could not get on a line of its own, and goes on.
fetch() {
    local output
    output=$("$CORPUS_PYTHON" "$corpus/fetch.py" "${requirements[@]}" 2>&1) || {
        printf '%s\n' "$output"
        return 1
    }
    printf '%s\n' "$output"
    [[ $'\n'$output != *$'\n'ERR* && $'\n'$output != *$'\n''NO SDIST'* ]]
}
