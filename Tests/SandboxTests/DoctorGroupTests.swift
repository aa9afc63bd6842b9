import SandboxProtocol
import Testing

@testable import Sandbox

@Suite struct DoctorGroupTests {
    @Test func versionTwoWithoutDelegationIsToldASystemdScope() throws {
        let finding = try #require(facts { $0.places = places(writable: false) }.finding("cgroup-memory"))
        #expect(finding.state == .missing)
        #expect(try #require(finding.cause).contains("is not delegated to user 1000"))
        #expect(finding.remedy == "systemd-run --user --scope -p Delegate=yes buildbox run ...")
    }

    @Test func aServiceIsToldItsOwnSetting() {
        var facts = facts { $0.places = places(writable: false) }
        facts.surroundings = .service
        facts.unit = "ci.service"
        #expect(
            facts.finding("cgroup-pids")?.remedy
                == "sudo systemctl edit ci.service, and there: [Service] Delegate=yes")
    }

    @Test func aControllerThatWasNotDelegatedIsNamed() throws {
        let facts = facts {
            $0.granted = ["memory", "pids"]
            $0.had = []
        }
        #expect(try #require(facts.finding("cgroup-cpu")?.cause).contains("without the controller cpu"))
        #expect(try #require(facts.finding("cgroup-cpu")?.remedy).contains("Delegate=cpu"))
    }

    @Test func aControllerThatTheKernelWasToldToLeaveOutIsNamed() throws {
        let facts = facts { $0.offered = ["cpu", "pids"] }
        #expect(try #require(facts.finding("cgroup-memory")?.cause).contains("cgroup_disable=memory"))
        #expect(try #require(facts.finding("cgroup-memory")?.remedy).contains("cgroup_enable=memory"))
    }

    @Test func versionOneIsNotDelegated() throws {
        let facts = facts {
            $0.version = .legacy
            $0.places = places(writable: false)
        }
        let finding = try #require(facts.finding("cgroup-memory"))
        #expect(try #require(finding.cause).contains("version 1 is not delegated"))
        #expect(try #require(finding.remedy).contains("as root"))
    }

    @Test(arguments: [(Surroundings.docker, "writable-cgroups=true"), (.podman, "unmask=/sys/fs/cgroup")])
    func aContainersReadOnlyGroupsAreNamed(engine: Surroundings, remedy: String) throws {
        var facts = facts { $0.places = places(writable: false, readOnly: true) }
        facts.surroundings = engine
        #expect(try #require(facts.finding("cgroup-memory")?.cause).contains("read-only"))
        #expect(try #require(facts.finding("cgroup-memory")?.remedy).contains(remedy))
    }

    @Test func onlyTheLimitThatIsMissingIsMissing() {
        let facts = facts { $0.had = [LayerSet(.cgroupMemory), LayerSet(.cgroupPids)] }
        #expect(facts.finding("cgroup-memory")?.state == .good)
        #expect(facts.finding("cgroup-cpu")?.state == .missing)
        #expect(!facts.fullStrength)
    }

    private func facts(_ change: (inout GroupFacts) -> Void) -> HostFacts {
        var facts = HostFacts.sound
        facts.groups.had = []
        facts.rehearsal = .refused("no cgroups", without: LayerSet(Layer.allCases).subtracting(.cgroupLimits))
        change(&facts.groups)
        return facts
    }

    private func places(writable: Bool, readOnly: Bool = false) -> [String: GroupFacts.Place] {
        let place = GroupFacts.Place(path: "/sys/fs/cgroup/user.slice", readOnly: readOnly, writable: writable)
        return ["memory": place, "pids": place, "cpu": place]
    }
}
