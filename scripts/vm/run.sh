# shellcheck shell=bash
# The variables are those of guest.
# shellcheck disable=SC2154,SC2034,SC2004
# Sourced by guest: one run as a situation has it, what is found out about it, and the line that says so.

# start COMMAND...: as the situation wants it.
start() {
    local unit=("${properties[@]}") scope=()
    case $mode in
    root) ;;
    delegated | tunables | setting) unit+=("--property=User=$user" --property=Delegate=yes) ;;
    scope)
        unit+=("--property=User=$user" "--setenv=XDG_RUNTIME_DIR=/run/user/$(id --user "$user")")
        scope=(systemd-run --user --scope --quiet --property=Delegate=yes)
        ;;
    masked)
        scope=(unshare --mount --propagation private sh -c 'mount --bind -o ro /proc/sys /proc/sys && exec "$@"' sh
            setpriv "--reuid=$user" "--regid=$user" --init-groups --)
        ;;
    # PAM makes it a session, as login and ssh do.
    ordinary) unit+=("--property=User=$user" --property=PAMName=su-l) ;;
    esac
    systemd-run --quiet --wait --pipe --collect "${unit[@]}" --setenv="BUILDBOX_HOME=$work/$mode/home" \
        --setenv="BUILDBOX_TOOLCHAIN=$repository/toolchain" --setenv=PIP_NO_INDEX=1 \
        --setenv="PIP_FIND_LINKS=$repository/wheels" "${scope[@]}" "$@"
}

begin() {
    problems=()
    got=()
    rm -f -- "$work/$mode"/{json,errors}
}

# build OPTION...: one build. What it left is looked for before systemd clears its unit away.
build() {
    local before=("${properties[@]}")
    begin
    properties+=("--property=ExecStopPost=+$self --leftovers")
    # What is left is to be seen. A session is no part of its unit, which has to be killed as a whole.
    [[ $mode == ordinary ]] || properties+=(--property=KillMode=process)
    start "$release/buildbox" run --json --outdir "$work/$mode/out" "$@" \
        >"$work/$mode/json" 2>"$work/$mode/errors" || true
    properties=("${before[@]}")
    understand result
}

examine() {
    local status=0
    begin
    start "$release/buildbox" doctor --json >"$work/$mode/json" 2>"$work/$mode/errors" || status=$?
    understand doctor
    got[exit]=$status
}

# understand KIND: reads the document, which what was left follows.
understand() {
    local name value
    got=()
    [[ -s $work/$mode/json ]] || : >"$work/$mode/json"
    while IFS='=' read -r name value; do got[$name]=$value; done < <(
        python3 -I "$repository/scripts/vm/facts.py" "$1" <"$work/$mode/json" 2>"$work.facts"
    )
    ((${#got[@]} > 0)) || problem "there is no document: $(tail -n 1 "$work.facts")"
}

# What a build could leave: control groups, processes of the users that commands run as, mounts.
leftovers() {
    local file name id
    find /sys/fs/cgroup -type d -name 'buildbox-*' ! -name buildbox-supervisor -printf 'group %p\n'
    for file in $(grep -lsE '^(Name:.buildbox|Uid:.[0-9]{4,})' /proc/[0-9]*/status || true); do
        { read -r _ name && read -r id; } < <(grep -sE '^(Name|Pid):' "$file") || continue
        # The user's own systemd comes with a scope of its own, and stays.
        [[ $name =~ ^(systemd|\(sd-pam\)|dbus-daemon)$ ]] || printf 'process %s, %s\n' "$name" "${id//$'\t'/ }"
    done
    sed -nE 's/.* - (overlay|tmpfs) (overlay|buildbox) .*/mount \2/p' /proc/1/mountinfo
}

expect() { [[ ${got[$1]:-} == "$2" ]] || problem "$1 is '${got[$1]:-}', not '$2'"; }

# expect_lacking FINDING CAUSE REMEDY: the doctor's verdict, and words of what it says of one finding.
expect_lacking() {
    expect exit 4
    expect full no
    [[ ${got[cause-$1]:-} == *"$2"* ]] || problem "the cause of $1 is '${got[cause-$1]:-}'"
    [[ ${got[remedy-$1]:-} == *"$3"* ]] || problem "the remedy for $1 is '${got[remedy-$1]:-}'"
}

expect_figures() {
    local name
    for name in memory pids cpu; do
        ((${got[$name]:-0} > 0)) || problem "no figure for $name"
    done
}

# expect_processors LEAST MOST: in percent of one.
expect_processors() {
    local percent=$((${got[cpu]:-0} * 100 / ${got[wall]:-1}))
    ((percent >= $1 && percent <= $2)) || problem "$percent % of a processor were used, not $1 to $2 %"
}

expect_nothing_left() { expect left ''; }

problem() { problems+=("$1"); }

# verdict WHAT: the line of a check of the doctor's, and its word for the table.
verdict() {
    verdicts[$mode]="exit ${got[exit]:-?}, full strength"
    [[ ${got[full]:-} == yes ]] || verdicts[$mode]="exit ${got[exit]:-?}, lacks ${got[lacking]:-everything}"
    conclude "$1${got[lacking]:+ (it lacks ${got[lacking]})}"
}

# conclude WHAT: the line of a check; where it failed, with the end of what the build said.
conclude() {
    local word=pass figures=
    ((${#problems[@]} == 0)) || word=FAIL
    [[ -z ${got[wall]:-} ]] || figures=$(printf ': %d ms, cpu %d ms, memory %d KiB, pids %d%s' "${got[wall]}" \
        "${got[cpu]}" $((got[memory] >> 10)) "${got[pids]}" "${got[observed]:+, observed ${got[observed]}}")
    printf '%s  %s%s%s\n' "$word" "${mode:+$mode: }" "$1" "$figures"
    ((${#problems[@]} > 0)) || return 0
    printf '      %s\n' "${problems[@]}" ${got[message]:+"${got[message]}"}
    [[ ! -s $work/$mode/errors ]] || tail -n 15 -- "$work/$mode/errors" | cut -c -300 | sed 's/^/      | /'
    problems=()
}
