import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// Fetches wheels with the network, which opens none of them; installs without it, and compiles without it. No
    /// interpreter that could see a downloaded package runs while there is a network. The `draft` is an empty folder,
    /// that of the environment.
    func make(_ lock: Lock, in draft: FilePath) async throws(BuildFailure) {
        let leases = Leases()
        defer { leases.letGo() }
        var mounts = [try lock.file.mount(at: "/order/lock.txt")]
        mounts += try await downloaded(lock.downloads, leases)
        mounts += lock.built.map { wheel in
            .bind(
                source: state.wheelStore.path(wheel.key).appending(wheel.file).string,
                at: "/wheels/\(wheel.file)", access: .readOnly)
        }
        try giveToProvision(draft)
        _ = try await uv(
            .install, empty: lock.isEmpty, mounts: mounts, draft: draft,
            failure: "cannot install the build environment")
        _ = try await uv(.compile, draft: draft, failure: "cannot byte-compile the build environment")
    }

    /// Only provisioning writes there.
    func giveToProvision(_ folder: FilePath) throws(BuildFailure) {
        guard chown(folder.string, JobRole.storeUser, JobRole.storeGroup) == 0 else {
            throw BuildFailure(
                .internalFault, "cannot give \(folder) to the provisioning user: \(String(cString: strerror(errno)))")
        }
    }
}
