import BuildAPI
@testable import BuildService
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@Suite struct AccessTests {
    @Test func `a token stands for its grant and scopes until it expires or is revoked`() async throws {
        let home = try TemporaryFolder()
        let clock = ManualClock()
        let store = try TokenStore(home: home.path, clock: clock)
        #expect(try await !store.hasTokens())
        let (token, secret) = try await store.create(
            grant: "ci", scopes: [.build, .read], expiresAt: clock.now + .seconds(60), by: "test")
        #expect(secret.hasPrefix("bbx_\(token.id)_"))
        let principal = try await store.authenticate(secret)
        #expect(principal.grant == "ci")
        #expect(principal.scopes == [.build, .read])
        #expect(try await store.list().first?.lastUsedAt != nil)

        clock.advance(by: .seconds(61))
        await #expect(throws: ServiceFault.self) { try await store.authenticate(secret) }
        #expect(try await !store.hasTokens())

        let (other, otherSecret) = try await store.create(grant: "ci", scopes: [.admin], expiresAt: nil, by: "test")
        _ = try await store.authenticate(otherSecret)
        try await store.revoke(other.id, by: "test")
        await #expect(throws: ServiceFault.self) { try await store.authenticate(otherSecret) }
        #expect(try await AuditLog.verify(home: home.path).records == 3)
    }

    @Test func `no other text is a token, whichever character is changed`() async throws {
        let home = try TemporaryFolder()
        let store = try TokenStore(home: home.path)
        let (_, secret) = try await store.create(grant: "ci", scopes: [.read], expiresAt: nil, by: "test")
        _ = try await store.authenticate(secret)
        let characters = Array(secret)
        for index in characters.indices {
            var changed = characters
            changed[index] = changed[index] == "b" ? "c" : "b"
            await #expect(throws: ServiceFault.self) { try await store.authenticate(String(changed)) }
        }
        for text in ["", "bbx_", String(secret.dropLast()), secret + "A", secret + "=", " " + secret] {
            await #expect(throws: ServiceFault.self) { try await store.authenticate(text) }
        }
    }

    @Test func `the store has no secret in it`() async throws {
        let home = try TemporaryFolder()
        let store = try TokenStore(home: home.path)
        let (token, secret) = try await store.create(grant: "ci", scopes: [.read], expiresAt: nil, by: "test")
        let files = ServiceFiles(home: home.path)
        let raw = try #require(TokenText(secret)).secret
        var found = false
        for name in try FileManager.default.contentsOfDirectory(atPath: files.folder.string) {
            let content = FileManager.default.contents(atPath: files.folder.appending(name).string) ?? Data()
            // The control: the id, which may be known, is there.
            found = found || content.range(of: Data(token.id.utf8)) != nil
            #expect(content.range(of: Data(secret.utf8.suffix(43))) == nil)
            #expect(content.range(of: Data(raw)) == nil)
        }
        #expect(found)
    }

    @Test func `commits wait for the disk`() async throws {
        let home = try TemporaryFolder()
        try ServiceFiles(home: home.path).prepare()
        let database = try ServiceDatabase(path: ServiceFiles(home: home.path).database)
        let mode = try await database.write("look") { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        let journal = try await database.write("look") { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == 2)
        #expect(journal == "wal")
    }
}
