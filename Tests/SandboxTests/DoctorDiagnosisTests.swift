import Glibc
import SandboxProtocol
import Testing

@testable import Sandbox

@Suite struct DoctorDiagnosisTests {
    @Test func aSoundHostIsAtFullStrength() {
        #expect(HostFacts.sound.fullStrength)
        #expect(Diagnosis(facts: .sound).findings().allSatisfy { $0.state == .good && $0.cause == nil })
    }

    @Test(arguments: [EPERM, EACCES])
    func ubuntusAppArmorRestrictionIsNamedAndLiftedForTheLauncherAlone(errno: Int32) throws {
        var facts = HostFacts.withoutUserNamespace(step: "write /proc/self/gid_map", errno: errno)
        facts.settings["kernel.apparmor_restrict_unprivileged_userns"] = "1"
        let finding = try #require(facts.finding("user-namespace"))
        #expect(finding.state == .missing)
        #expect(try #require(finding.cause).contains("AppArmor"))
        let remedy = try #require(finding.remedy)
        #expect(remedy.contains("/opt/buildbox/buildbox-launcher") && remedy.contains("userns,"))
        #expect(!remedy.contains("sysctl"))
        #expect(facts.finding("procfs")?.remedy == "see user-namespace")
        #expect(!facts.fullStrength)
    }

    @Test func whatTheLauncherAloneMayHaveIsThere() {
        var facts = HostFacts.withoutUserNamespace(errno: EPERM)
        facts.settings["kernel.apparmor_restrict_unprivileged_userns"] = "1"
        facts.rehearsal = .passed(LayerSet(Layer.allCases))
        #expect(facts.finding("user-namespace")?.state == .good)
        #expect(facts.fullStrength)
    }

    @Test func aSysctlThatAllowsNoUserNamespacesIsNamed() {
        var facts = HostFacts.withoutUserNamespace(errno: ENOSPC)
        facts.settings["user.max_user_namespaces"] = "0"
        #expect(facts.finding("user-namespace")?.cause == "user.max_user_namespaces is 0: nobody may have one")
        #expect(facts.finding("user-namespace")?.remedy == "sudo sysctl -w user.max_user_namespaces=15000")
    }

    @Test func debiansSysctlIsNamed() {
        var facts = HostFacts.withoutUserNamespace(errno: EPERM)
        facts.settings["kernel.unprivileged_userns_clone"] = "0"
        #expect(facts.finding("user-namespace")?.remedy == "sudo sysctl -w kernel.unprivileged_userns_clone=1")
    }

    @Test(arguments: [
        (Surroundings.docker, "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ..."),
        (.podman, "podman run --security-opt seccomp=unconfined --security-opt label=disable ..."),
    ])
    func aContainersFilterIsNamedWithItsEnginesOption(engine: Surroundings, remedy: String) throws {
        var facts = HostFacts.withoutUserNamespace(errno: EPERM)
        facts.surroundings = engine
        facts.filtered = true
        facts.settings["kernel.apparmor_restrict_unprivileged_userns"] = "1"
        let finding = try #require(facts.finding("user-namespace"))
        #expect(try #require(finding.cause).contains("seccomp filter"))
        #expect(finding.remedy == remedy)
    }

    @Test func rootOfADefaultContainerLacksCapabilities() throws {
        var facts = HostFacts.sound
        facts.user = 0
        facts.surroundings = .docker
        facts.filtered = true
        facts.capabilities = 0xa804_25fb
        facts.refuse(.mountNamespace, EPERM)
        let remedy = try #require(facts.finding("mount-namespace")?.remedy)
        #expect(remedy.contains("--cap-add SYS_ADMIN") && remedy.contains("seccomp=unconfined"))
    }

    @Test func rootOfAUserNamespaceLacksTheIds() throws {
        var facts = HostFacts.withoutUserNamespace(errno: EINVAL)
        facts.user = 0
        facts.hasSandboxIDs = false
        #expect(try #require(facts.finding("user-namespace")?.remedy).contains("as an ordinary user"))
    }

    @Test func aContainersMaskedProcIsNamed() throws {
        var facts = HostFacts.sound
        facts.surroundings = .docker
        facts.mounts = MountPoint.parse(
            """
            22 27 0:21 / /proc rw,nosuid - proc proc rw
            23 22 0:21 /sys /proc/sys ro,nosuid - proc proc rw
            24 22 0:5 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw
            25 22 0:9 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw
            """)
        facts.refuse(.procfs, EPERM)
        let finding = try #require(facts.finding("procfs"))
        #expect(try #require(finding.cause).contains("(/proc/sys, /proc/kcore)"))
        #expect(finding.remedy == "docker run --security-opt systempaths=unconfined ...")
    }

    @Test func aServiceThatProtectsTunablesIsToldItsSetting() throws {
        var facts = HostFacts.sound
        facts.surroundings = .service
        facts.unit = "ci.service"
        facts.mounts += MountPoint.parse("23 22 0:21 /sys /proc/sys ro,nosuid - proc proc rw")
        facts.refuse(.procfs, EPERM)
        let remedy = try #require(facts.finding("procfs")?.remedy)
        #expect(remedy.contains("systemctl edit ci.service") && remedy.contains("ProtectKernelTunables=no"))
    }

    @Test(arguments: [(Primitive.openat2, "RestrictSUIDSGID=no"), (.utsNamespace, "ProtectHostname=no")])
    func aServicesFilterThatTakesOneThingAwayIsToldItsOwnSetting(primitive: Primitive, setting: String) throws {
        var facts = HostFacts.sound
        facts.surroundings = .service
        facts.unit = "ci.service"
        facts.filtered = true
        facts.refuse(primitive, ENOSYS)
        #expect(try #require(facts.finding(primitive.rawValue)?.remedy).contains(setting))
        facts.trials[.mountNamespace] = .failed(step: "try it", errno: EPERM)
        #expect(try #require(facts.finding(primitive.rawValue)?.remedy).contains("RestrictNamespaces=no"))
    }

    @Test func aServicesSeccompFilterIsToldItsSetting() throws {
        var facts = HostFacts.withoutUserNamespace(errno: EPERM)
        facts.surroundings = .service
        facts.unit = "ci.service"
        facts.filtered = true
        #expect(try #require(facts.finding("user-namespace")?.remedy).contains("RestrictNamespaces=no"))
    }

    @Test func anOldKernelIsNamedWithWhatItLacks() throws {
        var facts = HostFacts.sound
        facts.kernel = KernelRelease("5.10.0-33-amd64")
        facts.refuse(.mountTree, ENOSYS)
        facts.refuse(.landlock, ENOSYS)
        #expect(facts.finding("kernel")?.state == .missing)
        #expect(try #require(facts.finding("kernel")?.cause).contains("mount_setattr"))
        #expect(facts.finding("mount-tree")?.cause == "it came with Linux 5.12, and this is Linux 5.10.0-33-amd64")
        #expect(try #require(facts.finding("landlock")?.cause).contains("came with Linux 5.19"))
        #expect(!facts.fullStrength)
    }

    @Test func statisticsThatAKernelLacksAreAdviceOnly() {
        var facts = HostFacts.sound
        facts.kernel = KernelRelease("5.15.0")
        #expect(facts.finding("kernel")?.state == .limited)
        #expect(facts.fullStrength)
    }

    @Test func landlockThatIsNotSwitchedOnIsToldTheKernelsParameter() {
        var facts = HostFacts.sound
        facts.securityModules = ["lockdown", "yama"]
        facts.trials[.landlock] = .failed(step: "try it", errno: EOPNOTSUPP)
        #expect(facts.finding("landlock")?.remedy?.hasSuffix("lsm=landlock,lockdown,yama") == true)
        #expect(!facts.fullStrength)
    }

    @Test func locksThatCannotBeIsolatedAreNotFullStrength() throws {
        var facts = HostFacts.sound
        facts.trials[.lockIsolation] = .failed(step: "mount an overlay over /usr", errno: EINVAL)
        #expect(facts.finding("lock-isolation")?.state == .good, "a contained command had it")
        facts.rehearsal = .passed(LayerSet(Layer.allCases).subtracting(LayerSet(.lockIsolation)))
        #expect(facts.finding("lock-isolation")?.state == .missing)
        #expect(try #require(facts.finding("lock-isolation")?.cause).contains("mounted below it"))
        facts.user = 0
        #expect(try #require(facts.finding("lock-isolation")?.cause).contains("an overlay on an overlay"))
        #expect(!facts.fullStrength)
    }

    @Test func sourceFoldersThatAreCopiedAreAdviceOnly() {
        var facts = HostFacts.sound
        facts.trials[.overlayfs] = .failed(step: "try it", errno: EPERM)
        #expect(facts.finding("overlayfs")?.state == .limited)
        #expect(facts.fullStrength)
    }

    @Test func aTrialThatHangsIsNotTakenForARefusal() throws {
        var facts = HostFacts.sound
        facts.rehearsal = .notTried("the launcher is not in order")
        facts.trials[.procfs] = .timedOut(seconds: 5)
        #expect(facts.finding("procfs")?.tried == "no answer within 5 s")
        #expect(facts.finding("procfs")?.state == .missing)
    }
}
