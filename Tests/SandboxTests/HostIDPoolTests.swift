import Foundation
import SandboxProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite(.enabled(if: geteuid() == 0, "host ids are handed out by root")) struct HostIDPoolTests {
    @Test func noTwoClaimsShareAnId() throws {
        let folder = try TemporaryFolder()
        let pool = HostIDPool(folder: folder.path.appending("ids").string)
        let claims = try (0..<300).map { _ in try pool.claim(.job) }
        #expect(Set(claims.map(\.identity.hostUser)).count == 300)
        #expect(claims.allSatisfy { $0.identity.privileged && $0.identity.hostUser > HostIDPool.first })
    }

    @Test func anIdIsFreeAgainWhenItsClaimIsGone() throws {
        let folder = try TemporaryFolder()
        let pool = HostIDPool(folder: folder.path.appending("ids").string)
        var claims = try (0..<HostIDPool.count - 1).map { _ in try pool.claim(.job) }
        #expect(throws: SandboxError.self) { try pool.claim(.job) }
        let freed = claims.removeLast().identity.hostUser
        #expect(try pool.claim(.job).identity.hostUser == freed)
    }

    @Test func theOwnerOfTheStoreIsNoJobsId() throws {
        let folder = try TemporaryFolder()
        let pool = HostIDPool(folder: folder.path.appending("ids").string)
        #expect(try pool.claim(.storeOwner).identity.hostUser == JobRole.storeUser)
    }
}
