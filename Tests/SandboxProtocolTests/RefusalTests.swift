import SandboxProtocol
import Testing

/// Each table begins with its positive control.
@Suite struct RefusalTests {
    typealias Change = @Sendable (inout LaunchOrder) -> Void

    private func decoded(_ order: LaunchOrder) -> Result<LaunchOrder, any Error> {
        Result { try Frame.decode(Samples.body(order)) }
    }

    private func expect(_ change: Change, isAccepted: Bool, _ what: String) throws {
        var order = Samples.order
        change(&order)
        switch decoded(order) {
        case .success(let other): #expect(isAccepted && other == order, "\(what)")
        case .failure(let error): #expect(!isAccepted && error is WireError, "\(what): \(error)")
        }
    }

    static let identities: [(Identity, Bool)] = [
        (Identity(insideUser: 0, insideGroup: 0, hostUser: 1, hostGroup: 1, privileged: true), true),
        (Identity(insideUser: 0, insideGroup: 0, hostUser: 0, hostGroup: 0, privileged: false), true),
        (Identity(insideUser: 1, insideGroup: 1, hostUser: 0, hostGroup: 1, privileged: true), false),
        (Identity(insideUser: 1, insideGroup: 1, hostUser: 1, hostGroup: 0, privileged: true), false),
    ]

    @Test(arguments: identities)
    func aPrivilegedLauncherNeverRunsACommandAsTheHostsRoot(_ identity: Identity, isAccepted: Bool) throws {
        try expect({ $0.identity = identity }, isAccepted: isAccepted, "\(identity)")
    }

    @Test(arguments: [
        ("buildbox-1", true), ("...", true), ("a..b", true), ("a/b", false), ("/", false), ("../up", false),
        ("", false),
        (".", false), ("..", false),
    ])
    func aCgroupNameIsOnePathComponent(_ name: String, isAccepted: Bool) throws {
        try expect({ $0.cgroup.name = name }, isAccepted: isAccepted, name)
    }

    static let strings: [(field: String, change: @Sendable (inout LaunchOrder, String) -> Void)] = [
        ("argument", { $0.arguments[1] = $1 }), ("environment", { $0.environment[0] = $1 }),
        ("working directory", { $0.workingDirectory = $1 }), ("host name", { $0.hostName = $1 }),
        ("parent", { $0.cgroup.parents[0].path = $1 }), ("cgroup name", { $0.cgroup.name = $1 }),
        ("output", { $0.output = $1 }), ("mount", { $0.mounts = [.device($1)] }),
        ("source", { $0.mounts = [.bind(source: $1, at: "/", access: .readOnly)] }),
        ("link", { $0.mounts = [.symbolicLink(at: "/a", target: $1)] }),
    ]

    @Test(arguments: strings.indices)
    func aStringWithANULIsRefused(_ index: Int) throws {
        let (field, change) = Self.strings[index]
        try expect({ change(&$0, "whole") }, isAccepted: true, field)
        for string in ["\0", "cut\0here", "end\0"] {
            try expect({ change(&$0, string) }, isAccepted: false, field)
        }
    }

    static let limits: [@Sendable (inout LaunchLimits, UInt64) -> Void] = [
        { $0.memoryBytes = $1 }, { $0.scratchBytes = $1 }, { $0.scratchInodes = $1 }, { $0.pids = $1 },
        { $0.cpuMillis = $1 }, { $0.cpuTimeMilliseconds = $1 }, { $0.wallMilliseconds = $1 }, { $0.openFiles = $1 },
        { $0.fileBytes = $1 },
    ]

    @Test(arguments: limits.indices)
    func zeroAndBeyondRangeAreNoLimit(_ index: Int) throws {
        let set = Self.limits[index]
        for (value, isAccepted) in [(1, true), (1 << 62 - 1, true), (0, false), (1 << 62, false), (UInt64.max, false)] {
            try expect({ set(&$0.limits, value) }, isAccepted: isAccepted, "limit \(index) is \(value)")
        }
    }

    @Test(arguments: [(0, true), (8, true), (8 * 65_535, true), (7, false), (9, false), (8 * 65_536, false)])
    func aFilterIsWholeInstructionsAndNoMoreThanTheKernelTakes(_ count: Int, isAccepted: Bool) throws {
        try expect({ $0.filter = Array(repeating: 0, count: count) }, isAccepted: isAccepted, "\(count) bytes")
    }

    @Test func anOrderWithoutACommandIsRefused() throws {
        try expect({ $0.arguments = ["/bin/true"] }, isAccepted: true, "one word")
        try expect({ $0.arguments = [] }, isAccepted: false, "no word")
    }

    @Test func aLayerThatIsNotDefinedIsRefused() throws {
        try expect({ $0.optionalLayers = LayerSet(Layer.allCases) }, isAccepted: true, "all")
        try expect({ $0.optionalLayers = LayerSet(rawValue: 1 << 18) }, isAccepted: false, "one more")
    }
}
