import TestSupport
import Testing

/// Something that reads hostile bytes. A new one is a line in `all`.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    /// In `swift test`; scripts/fuzz counts minutes.
    let rounds: Int
    let input: @Sendable (inout SeededGenerator) -> [UInt8]
    /// True when the input was accepted, false when it was refused as it may be.
    let check: @Sendable ([UInt8]) throws -> Bool

    var testDescription: String { name }

    static let all: [FuzzTarget] = [
        FuzzTarget(name: "records", rounds: 10_000, input: WireInput.records, check: WireInput.checkRecords),
        FuzzTarget(name: "order", rounds: 4000, input: WireInput.order, check: WireInput.checkOrder),
        FuzzTarget(name: "profile", rounds: 1500, input: ProfileInput.make, check: ProfileInput.check),
        FuzzTarget(name: "policy", rounds: 3000, input: PolicyInput.make, check: PolicyInput.check),
        FuzzTarget(name: "mcp-message", rounds: 4000, input: MessageInput.make, check: MessageInput.check),
        FuzzTarget(name: "artifact-name", rounds: 10_000, input: NameInput.make, check: NameInput.check),
        FuzzTarget(name: "collection", rounds: 400, input: HostileFolder.plan, check: HostileFolder.check),
        FuzzTarget(name: "requirement", rounds: 10_000, input: RequirementInput.make, check: RequirementInput.check),
        FuzzTarget(name: "authority", rounds: 10_000, input: AuthorityInput.make, check: AuthorityInput.check),
        FuzzTarget(name: "terminal", rounds: 5000, input: TerminalInput.make, check: TerminalInput.check),
        FuzzTarget(name: "multipart", rounds: 5000, input: MultipartInput.make, check: MultipartInput.check),
        FuzzTarget(name: "wheel", rounds: 600, input: ArchiveInput.wheel, check: ArchiveInput.check),
        FuzzTarget(name: "sdist", rounds: 600, input: ArchiveInput.sdist, check: ArchiveInput.check),
        FuzzTarget(name: "unpack", rounds: 600, input: ArchiveInput.unpacked, check: ArchiveInput.check),
        FuzzTarget(name: "inspect", rounds: 600, input: ArchiveInput.inspected, check: ArchiveInput.check),
    ]
}
