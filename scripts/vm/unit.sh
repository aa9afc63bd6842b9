# shellcheck shell=bash
# The variables are those of guest.
# shellcheck disable=SC2154,SC2034,SC2004
# Sourced by guest: the sample unit scripts/buildbox@.service, and what of systemd's hardening it has to leave out.

# The unit file that comes with buildbox, word for word.
check_hardened() {
    local installed=/usr/local/lib/buildbox state=/var/lib/buildbox unit=/etc/systemd/system
    useradd --system --no-create-home buildbox
    mkdir -p -- "$installed"
    cp -R -t "$installed" -- "$release"/{buildbox,buildbox-launcher} "$repository"/{sandbox-profiles,toolchain}
    cp -R -T -- "$projects/hello-intree" /srv/hello-intree
    cp -t "$unit" -- "$repository/scripts/buildbox@.service"
    mkdir -- "$unit/buildbox@.service.d" "$unit/buildbox@doctor.service.d"
    printf '[Service]\nStandardOutput=file:%s\nStandardError=file:%s\n' "$work/$mode/json" "$work/$mode/errors" \
        >"$unit/buildbox@.service.d/output.conf"
    printf '[Service]\nExecStart=\nExecStart=%s doctor --json\n' "$installed/buildbox" \
        >"$unit/buildbox@doctor.service.d/doctor.conf"
    systemctl daemon-reload

    begin
    systemctl start buildbox@doctor.service || problem 'its unit failed'
    understand doctor
    got[exit]=$(systemctl show --property ExecMainStatus --value buildbox@doctor.service)
    expect full yes
    verdict 'in the sample unit builds are at full strength'

    begin
    systemctl start buildbox@srv-hello\\x2dintree.service || problem 'its unit failed'
    understand result
    expect exit 0
    expect layers "$all_layers"
    [[ -n $(find "$state/out" -name '*.whl') ]] || problem 'no wheel was delivered'
    conclude 'the sample unit builds a project'

    check_masked_proc
    [[ -z $1 ]] || check_settings
    mode=hardened
}

# ProtectKernelTunables= mounts over parts of /proc, and the kernel then refuses a new one in a user namespace, unless
# another that is whole is still there. systemd 252, which is Debian 12's, moves its new root over the old one, whose
# /proc stays: builds are at full strength. Where nothing whole is left they are not, which is tried by hand.
check_masked_proc() {
    mode=tunables
    install -d -o "$user" "$work/$mode"
    properties=(--property=ProtectKernelTunables=yes)
    examine
    expect exit 0
    expect full yes
    conclude 'ProtectKernelTunables of this systemd leaves builds at full strength'
    properties=()

    mode=masked
    install -d -o "$user" "$work/$mode"
    examine
    expect_lacking procfs '/proc is masked (/proc/sys)' 'ProtectKernelTunables=no'
    verdict 'a masked /proc is named as the cause, and ProtectKernelTunables=no as the remedy'
}

# A setting alone, in a unit with Delegate=yes; and behind the colon what it takes from builds, where it does. Those
# of /proc take nothing away with this guest's systemd (252); see check_masked_proc.
settings=(
    NoNewPrivileges=yes: CapabilityBoundingSet=: ProtectSystem=strict: ProtectHome=yes: ProtectHome=read-only:
    PrivateTmp=yes: PrivateDevices=yes: PrivateIPC=yes: PrivateNetwork=yes: PrivateUsers=yes: ProtectClock=yes:
    ProtectKernelModules=yes:lock-isolation ProtectKernelTunables=yes: ProtectKernelLogs=yes: ProtectProc=invisible: ProcSubset=pid:
    RestrictRealtime=yes: LockPersonality=yes: MemoryDenyWriteExecute=yes: KeyringMode=private: RemoveIPC=yes:
    SystemCallArchitectures=native: UMask=0077:
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK:'
    'SystemCallFilter=~@clock @cpu-emulation @debug @module @obsolete @raw-io @reboot @swap:'
    SystemCallFilter=@system-service:mount-namespace RestrictNamespaces=yes:user-namespace
    RestrictSUIDSGID=yes:openat2 ProtectHostname=yes:uts-namespace ProtectControlGroups=yes:cgroup-memory
)

check_settings() {
    local setting
    mode=setting
    install -d -o "$user" "$work/$mode"
    for setting in "${settings[@]}"; do
        properties=("--property=${setting%:*}")
        # It is for the state folder alone that it has to be writable.
        [[ $setting != ProtectSystem=* ]] || properties+=("--property=ReadWritePaths=$work")
        examine
        if [[ -z ${setting##*:} ]]; then
            expect full yes
            verdict "${setting%:*} takes nothing away"
        else
            [[ ,${got[lacking]:-}, == *",${setting##*:},"* ]] || problem "lacking is '${got[lacking]:-}'"
            verdict "${setting%:*} takes ${setting##*:} away"
        fi
    done
    properties=()
    mode=hardened
}
