/// A pattern as the steps of a machine that stands at many of them at once (Thompson's way): each
/// character of the text visits each step at most once, whatever the pattern.
struct PatternProgram: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case scalars(ScalarSet)
        case start
        case end
        case wordBoundary(Bool)
        case fork(Int, Int)
        case jump(Int)
        case match
    }

    static let longest = 1000

    private(set) var steps: [Step] = []
    private let ignoresCase: Bool
    /// What compiling has done so far: an empty group can be repeated without a step.
    private var work = 0

    init(_ node: PatternNode, ignoresCase: Bool) throws(PatternFault) {
        self.ignoresCase = ignoresCase
        try compile(node)
        try append(.match)
    }

    private mutating func append(_ step: Step) throws(PatternFault) {
        guard steps.count < Self.longest else { throw Self.tooLarge }
        steps.append(step)
    }

    private static let tooLarge = PatternFault(
        offset: 0, message: "it is too large: with its repetitions written out it has more than \(longest) steps")

    private mutating func compile(_ node: PatternNode) throws(PatternFault) {
        work += 1
        guard work < 10 * Self.longest else { throw Self.tooLarge }
        switch node {
        case .scalars(let set): try append(.scalars(set))
        case .start: try append(.start)
        case .end: try append(.end)
        case .wordBoundary(let wanted): try append(.wordBoundary(wanted))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .either(let nodes): try compile(either: nodes)
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try compile(node) }
            guard let most else { return try compile(loop: node) }
            var forks: [Int] = []
            for _ in least..<most {
                forks.append(steps.count)
                try append(.fork(steps.count + 1, 0))
                try compile(node)
            }
            for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
        }
    }

    private mutating func compile(loop node: PatternNode) throws(PatternFault) {
        let fork = steps.count
        try append(.fork(fork + 1, 0))
        try compile(node)
        try append(.jump(fork))
        steps[fork] = .fork(fork + 1, steps.count)
    }

    private mutating func compile(either nodes: [PatternNode]) throws(PatternFault) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try compile(node)
                break
            }
            let fork = steps.count
            try append(.fork(fork + 1, 0))
            try compile(node)
            jumps.append(steps.count)
            try append(.jump(0))
            steps[fork] = .fork(fork + 1, steps.count)
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }
}

extension PatternProgram {
    /// Whether the pattern matches somewhere in the text.
    func matches(_ text: [UnicodeScalar]) -> Bool {
        var places: [Int] = []
        var marks = Array(repeating: -1, count: steps.count)
        for index in 0...text.count {
            // A match may begin at every character.
            if enter(0, text, index, &places, &marks) { return true }
            guard index < text.count else { return false }
            let current = places
            places.removeAll(keepingCapacity: true)
            for place in current {
                guard case .scalars(let set) = steps[place], set.contains(text[index], ignoringCase: ignoresCase) else {
                    continue
                }
                if enter(place + 1, text, index + 1, &places, &marks) { return true }
            }
        }
        return false
    }

    /// Goes on to every step that takes a character; true where it comes to the end of the pattern.
    private func enter(
        _ first: Int, _ text: [UnicodeScalar], _ index: Int, _ places: inout [Int], _ marks: inout [Int]
    ) -> Bool {
        var open = [first]
        while let place = open.popLast() {
            guard marks[place] != index else { continue }
            marks[place] = index
            switch steps[place] {
            case .match: return true
            case .scalars: places.append(place)
            case .jump(let target): open.append(target)
            case .fork(let one, let other): open += [other, one]
            case .start: if index == 0 { open.append(place + 1) }
            case .end: if index == text.count { open.append(place + 1) }
            case .wordBoundary(let wanted):
                let before = index > 0 && ScalarSet.word.contains(text[index - 1], ignoringCase: false)
                let behind = index < text.count && ScalarSet.word.contains(text[index], ignoringCase: false)
                if (before != behind) == wanted { open.append(place + 1) }
            }
        }
        return false
    }
}
