import SandboxProtocol
import Testing

@Suite struct PreparationTests {
    typealias Change = @Sendable (inout LaunchOrder) -> Void

    private static let count = 4
    private static let preparation = LaunchPreparation(of: Samples.order, mounts: count)

    @Test(arguments: [LaunchMessage.prepare(preparation), .order(Samples.order)])
    func aMessageIsTheSameOnTheOtherSideAndRefusedWhereItEndsEarly(_ message: LaunchMessage) throws {
        let body = Samples.body(message)
        #expect(try Frame.decode(body) == message)
        for length in 0..<body.count {
            #expect(throws: WireError.self, "cut at \(length)") {
                try Frame.decode(Array(body.prefix(length)), as: LaunchMessage.self)
            }
        }
    }

    @Test func aTagThatIsNoMessagesIsRefused() {
        #expect(throws: WireError.invalid(field: "launch message", value: 2)) {
            try Frame.decode([2], as: LaunchMessage.self)
        }
    }

    @Test func aStalePreparationIsRefused() throws {
        var body = Samples.body(Self.preparation)
        #expect(try Frame.decode(body) == Self.preparation)
        body[0] -= 1
        #expect(throws: WireError.self) { try Frame.decode(body, as: LaunchPreparation.self) }
    }

    @Test func aRootWithoutSizeIsRefused() {
        for change: (inout LaunchPreparation) -> Void in [{ $0.scratchBytes = 0 }, { $0.scratchInodes = 0 }] {
            var preparation = Self.preparation
            change(&preparation)
            #expect(throws: WireError.invalid(field: "size of the root", value: 0)) {
                try Frame.decode(Samples.body(preparation), as: LaunchPreparation.self)
            }
        }
    }

    /// As root a tree that belongs to the command is mapped by the outer process, from the order.
    @Test(arguments: Samples.mounts)
    func onlyWhatTakesNoMappedTreeIsPrepared(_ step: MountStep) {
        var preparation = Self.preparation
        preparation.mounts = [step]
        let decoded = Result { try Frame.decode(Samples.body(preparation), as: LaunchPreparation.self) }
        switch decoded {
        case .success: #expect(!step.belongsToCommand)
        case .failure(let error): #expect(step.belongsToCommand, "\(error)")
        }
    }

    static let harmless: [(String, Change)] = [
        ("nothing", { _ in }),
        ("the command", { $0.arguments = ["/bin/true"] }),
        ("limits", { $0.limits.pids = 1 }),
        ("the size of the root", { ($0.limits.scratchBytes, $0.limits.scratchInodes) = (1 << 20, 100) }),
        ("filter", { $0.filter = [] }),
        ("the group's name", { $0.cgroup.name = "another" }),
        ("a listener in its network", { $0.network = .proxy(port: 3128) }),
        ("mounts behind", { $0.mounts.removeLast() }),
    ]

    static let others: [(String, Change)] = [
        ("host name", { $0.hostName = "other" }),
        ("a mount in front", { $0.mounts[0] = .directory(at: "/etc", mode: 0o700) }),
        ("fewer mounts", { $0.mounts.removeLast($0.mounts.count - count + 1) }),
        ("where groups are", { $0.cgroup.parents[0].path = "/elsewhere" }),
        ("what groups limit", { $0.cgroup.parents[0].limits = [] }),
        ("version of groups", { $0.cgroup.unified = true }),
        ("layers", { $0.optionalLayers = [] }),
        ("TCP", { $0.deniesTCP.toggle() }),
        ("host ids", { ($0.identity.hostUser, $0.identity.hostGroup) = (5, 6) }),
        ("ids inside", { $0.identity.insideUser = 1 }),
        ("privileges", { $0.identity.privileged = false }),
    ]

    @Test(arguments: harmless.map { ($0, true) } + others.map { ($0, false) })
    func anOrderFitsWhereNothingOfItWasPreparedOtherwise(_ change: (String, Change), fits: Bool) {
        var order = Samples.order
        change.1(&order)
        #expect(Self.preparation.fits(order) == fits, "\(change.0)")
        // What is left of an order has none of the prepared mounts to look at.
        guard order.mounts.starts(with: Self.preparation.mounts) else { return }
        #expect(Self.preparation.fits(rest: order.beyond(Self.preparation)) == fits, "\(change.0)")
    }

    @Test func anOrdinaryUsersIdsArePrepared() {
        var order = Samples.order
        order.identity.privileged = false
        let preparation = LaunchPreparation(of: order)
        #expect(preparation.fits(order))
        order.identity.hostUser += 1
        #expect(!preparation.fits(order))
    }

    @Test func whatIsLeftOfAnOrderAndWhatWasPreparedAreTheWhole() {
        let rest = Samples.order.beyond(Self.preparation)
        #expect(rest.mounts == Array(Samples.mounts.dropFirst(Self.count)))
        var whole = rest
        whole.mounts = Self.preparation.mounts + rest.mounts
        #expect(whole == Samples.order)
    }
}
