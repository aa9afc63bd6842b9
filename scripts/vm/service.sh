# shellcheck shell=bash
# The variables are those of guest.
# shellcheck disable=SC2154,SC2034,SC2004
# Sourced by guest: the service as scripts/install leaves it, used by curl alone.

service_url=http://127.0.0.1:8750

check_service() {
    local folder=$work/service
    say_installed
    check_service_starts
    check_posted_build "$folder"
    check_client "$folder"
    check_restart "$folder"
    check_kill "$folder"
    check_uninstalled
}

say_installed() {
    begin
    BUILDBOX_BINARIES=$release BUILDBOX_TOOLCHAIN=$repository/toolchain \
        "$repository/scripts/install" >"$work/$mode/errors" 2>&1 || problem 'scripts/install failed'
    # A second call changes nothing, and fails nowhere.
    BUILDBOX_BINARIES=$release BUILDBOX_TOOLCHAIN=$repository/toolchain \
        "$repository/scripts/install" >>"$work/$mode/errors" 2>&1 || problem 'a second scripts/install failed'
    id --user buildbox >/dev/null 2>&1 || problem 'there is no user buildbox'
    [[ $(/usr/local/bin/buildbox --version) == [0-9]* ]] || problem '/usr/local/bin/buildbox does not start'
    conclude 'scripts/install installs, twice'
}

check_service_starts() {
    begin
    systemctl start buildbox.service || problem 'its unit failed'
    await_ready
    [[ $(systemctl show --property User --value buildbox.service) == buildbox ]] || problem 'it runs as another user'
    [[ $(stat --format '%U %a' /var/lib/buildbox) == 'buildbox 700' ]] || problem 'its state is not its own'
    service_words
    conclude 'the service starts, and says that it is ready'
}

# curl goes on until the service listens and its sandbox holds.
await_ready() {
    curl --silent --show-error --fail --retry 60 --retry-delay 2 --retry-all-errors --max-time 30 \
        "$service_url/readyz" >"$work/$mode/json" 2>>"$work/$mode/errors" || problem 'it is not ready'
}

# post FILE SETTINGS: the id of a new job.
post() {
    curl --silent --show-error --fail --form "request={\"wheel\":true,\"config_settings\":{$2}};type=application/json" \
        --form "source=@$1" "$service_url/v1/builds" 2>>"$work/$mode/errors" | member id
}

# member NAME...: of the JSON document on standard input.
member() {
    python3 -I -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[int(name) if isinstance(value, list) else name]
print(value)' "$@" 2>>"$work/$mode/errors"
}

job() { curl --silent --show-error --fail "$service_url/v1/builds/$1" 2>>"$work/$mode/errors"; }

# Events until the server ends the stream, which it does after the last one; a service that goes down ends it before.
follow() {
    curl --silent --show-error --no-buffer --max-time 600 "$service_url/v1/builds/$1/events" 2>>"$work/$mode/errors" || true
}

# follow_to_end JOB: over as many connections as it takes.
follow_to_end() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        follow "$1" >"$work/$mode/events"
        ! grep -q '^event: end' "$work/$mode/events" || return 0
        sleep 1
    done
    problem 'no last event came'
}

# await_state JOB STATE
await_state() {
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        [[ $(job "$1" | member state) != "$2" ]] || return 0
        sleep 0.2
    done
    problem "it never was $2"
}

# await_line JOB TEXT: in its log.
await_line() {
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        ! curl --silent "$service_url/v1/builds/$1/log" | grep -q -- "$2" || return 0
        sleep 0.2
    done
    problem "its log never said $2"
}

check_posted_build() {
    local id name digest
    begin
    mkdir -p -- "$1"
    tar -czf "$1/hello.tar.gz" -C "$projects/hello-intree" .
    tar -czf "$1/talker.tar.gz" -C "$projects/talker" .
    id=$(post "$1/hello.tar.gz" '')
    follow_to_end "$id"
    job "$id" >"$1/job"
    [[ $(member state <"$1/job") == succeeded ]] || problem "it ended as $(member state <"$1/job")"
    [[ $(member result sandbox missing <"$1/job") == '[]' ]] || problem 'layers are missing'
    name=$(member result artifacts 0 name <"$1/job")
    digest=$(member result artifacts 0 sha256 <"$1/job")
    curl --silent --show-error --fail --output "$1/$name" "$service_url/v1/builds/$id/artifacts/$name" 2>>"$work/$mode/errors"
    [[ $(sha256sum <"$1/$name") == "$digest  -" ]] || problem "$name is not what its result tells"
    python3 -I -m zipfile -t "$1/$name" >/dev/null 2>&1 || problem "$name is no wheel"
    service_words
    conclude 'curl posts a project, follows it and fetches the wheel, built with every layer'
}

check_client() {
    begin
    install -d -- "$1/out"
    BUILDBOX_URL=$service_url /usr/local/bin/buildbox submit --follow --wheel -o "$1/out" "$projects/hello-intree" \
        >"$work/$mode/json" 2>"$work/$mode/errors" || problem "buildbox submit --follow ended with $?"
    [[ $(<"$work/$mode/json") == "$1/out/hello_intree-1.0-py3-none-any.whl" && -s $(<"$work/$mode/json") ]] ||
        problem "it printed $(<"$work/$mode/json")"
    conclude 'buildbox submit --follow builds a folder there'
}

check_restart() {
    local id
    begin
    id=$(post "$1/talker.tar.gz" '"say":"tick","lines":"40","every":"0.25"')
    await_line "$id" 'tick 3'
    systemctl restart buildbox.service || problem 'the restart failed'
    await_ready
    follow_to_end "$id"
    job "$id" >"$1/job"
    [[ $(member state <"$1/job") == succeeded ]] || problem "it ended as $(member state <"$1/job")"
    [[ $(member attempt <"$1/job") == 1 ]] || problem "it took $(member attempt <"$1/job") attempts"
    service_words
    conclude 'a restart lets the running build end'
}

check_kill() {
    local id
    begin
    id=$(post "$1/talker.tar.gz" '"say":"tick","lines":"40","every":"0.25"')
    await_line "$id" 'tick 3'
    systemctl kill --kill-whom=main --signal=SIGKILL buildbox.service || problem 'it could not be killed'
    await_ready
    follow_to_end "$id"
    job "$id" >"$1/job"
    [[ $(member state <"$1/job") == succeeded ]] || problem "it ended as $(member state <"$1/job")"
    [[ $(member attempt <"$1/job") == 2 ]] || problem "it took $(member attempt <"$1/job") attempts"
    [[ $(systemctl show --property NRestarts --value buildbox.service) == 1 ]] || problem 'systemd did not start it again'
    service_words
    conclude 'after kill -9 the build runs again, and ends'
}

check_uninstalled() {
    begin
    "$repository/scripts/install" --uninstall >"$work/$mode/errors" 2>&1 || problem 'scripts/install --uninstall failed'
    [[ ! -e /usr/local/lib/buildbox && ! -L /usr/local/bin/buildbox ]] || problem 'files are still there'
    ! systemctl cat buildbox.service >/dev/null 2>&1 || problem 'systemd still knows the unit'
    [[ -d /var/lib/buildbox ]] || problem 'the state is gone'
    got[left]=$(leftovers | paste --serial --delimiters=,)
    expect_nothing_left
    conclude 'scripts/install --uninstall removes it, and nothing is left of its builds'
}

# For a check that failed: what the service said last.
service_words() {
    ((${#problems[@]} == 0)) || journalctl --unit buildbox.service --no-pager --lines 12 --output cat \
        >>"$work/$mode/errors" 2>/dev/null || true
}
