import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// Downloads with the network, installs without it, compiles without it. No interpreter that could see a
    /// downloaded package runs while there is a network. The `draft` is an empty folder, that of the environment.
    func make(_ lock: Lock, in draft: FilePath) async throws(BuildFailure) {
        try giveToProvision(draft)
        let order: [MountStep] = [.file(at: "/order/lock.txt", text: lock.text)]
        if !lock.isEmpty {
            _ = try await uv(
                .download, wheels: lock.built, mounts: order, failure: "cannot download the build environment")
        }
        _ = try await uv(
            .install, empty: lock.isEmpty, wheels: lock.built, mounts: order, draft: draft,
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
