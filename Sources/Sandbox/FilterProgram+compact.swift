extension FilterProgram {
    /// A program that says the same of every call, and is short: the kernel checks, translates and compiles every
    /// instruction of it at every launch. libseccomp compares with the number of each system call that has a rule; here
    /// numbers that lead to the same are one range, found by halving, and what looks at arguments is taken over as it is.
    ///
    /// Nothing of the rules is interpreted anew. Where the number of a call leads is what this program says when it is run with
    /// that number and all else unknown; and since it only compares the number with constants, all numbers between two of
    /// these lead to the same.
    ///
    /// - Parameter architecture: The one whose calls it tells apart (linux/audit.h, AUDIT_ARCH_*).
    /// - Returns: This program where it is of another kind, or as short.
    func compacted(for architecture: UInt32) -> FilterProgram {
        guard let foreign = foreignVerdict(but: architecture), let ranges = ranges(of: architecture) else {
            return self
        }
        let kept = reachable(from: Set(ranges.compactMap(\.outcome.place)))
        // First the search, then what it finds: no jump of the search is longer than its 8 bits.
        let search = Self.search(ranges[...])
        let found = Array(Set(ranges.map(\.outcome))).sorted { $0.rank < $1.rank }
        guard search.count + found.count <= 256, ranges.count > 1 else { return self }
        let head = [
            Instruction(operation: .load, constant: Offset.architecture),
            Instruction(operation: .ifEqual, ifTrue: 1, constant: architecture),
            Instruction(operation: .verdict, constant: foreign),
            Instruction(operation: .load, constant: Offset.number),
        ]
        let ends = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1, search.count + $0) })
        let tail = head.count + search.count + found.count
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, tail + $0) })
        var program = head
        for (index, test) in search.enumerated() {
            let distances = [test.ifTrue, test.ifFalse].map { target in
                switch target {
                case .test(let distance): distance
                case .end(let outcome): ends[outcome, default: 0] - index - 1
                }
            }
            program.append(
                Instruction(
                    operation: test.operation, ifTrue: UInt8(distances[0]), ifFalse: UInt8(distances[1]),
                    constant: test.constant))
        }
        for outcome in found {
            switch outcome {
            case .verdict(let verdict): program.append(Instruction(operation: .verdict, constant: verdict))
            case .unknown(let index):
                let distance = places[index, default: 0] - program.count - 1
                program.append(Instruction(operation: .jump, constant: UInt32(distance)))
            }
        }
        for index in kept {
            guard let moved = moved(index, to: places) else { return self }
            program.append(moved)
        }
        let short = FilterProgram(program)
        // Nothing depends on the above being right: what does not say the same is not used.
        return program.count < instructions.count && agrees(with: short, architecture) ? short : self
    }

    /// Whether both lead the same way wherever a call's number or architecture makes a difference.
    private func agrees(with other: FilterProgram, _ architecture: UInt32) -> Bool {
        for border in borders {
            for (architecture, number) in [(architecture, border), (border, 0), (border, UInt32.max)] {
                let word = { offset in
                    offset == Offset.architecture ? architecture : offset == Offset.number ? number : nil
                }
                switch (outcome(word), other.outcome(word)) {
                case (.verdict(let one), .verdict(let two)) where one == two: continue
                case (.unknown(let one), .unknown(let two)) where goesOn(from: one, like: other, from: two): continue
                default: return false
                }
            }
        }
        return true
    }

    /// Whether both do the same from there on, wherever their instructions lie.
    private func goesOn(from start: Int, like other: FilterProgram, from otherStart: Int) -> Bool {
        var seen: Set<[Int]> = []
        var pending = [[start, otherStart]]
        while let pair = pending.popLast() {
            guard seen.insert(pair).inserted else { continue }
            let (one, two) = (instructions[pair[0]], other.instructions[pair[1]])
            guard one.operation == two.operation, one.operation == .jump || one.constant == two.constant else {
                return false
            }
            pending += zip(successors(of: pair[0]), other.successors(of: pair[1])).map { [$0, $1] }
        }
        return true
    }

    private typealias Range = (first: UInt32, outcome: Outcome)

    /// One comparison of the search. Those behind it come in the order in which they are found.
    private struct Test {
        enum Target {
            /// So many comparisons further.
            case test(Int)
            case end(Outcome)
        }

        var operation: Operation
        var constant: UInt32
        var ifTrue: Target
        var ifFalse: Target
    }

    /// Every value at which a comparison with it, whatever it compares, can turn out otherwise than just before.
    private var borders: [UInt32] {
        var borders: Set<UInt32> = [0]
        let comparisons: [Operation] = [.ifEqual, .ifGreater, .ifGreaterOrEqual]
        for instruction in instructions where comparisons.contains(instruction.operation) {
            borders.insert(instruction.constant)
            if instruction.constant < .max { borders.insert(instruction.constant + 1) }
        }
        return borders.sorted()
    }

    /// What is said of the calls of all other architectures, where that is one thing, whatever the call.
    private func foreignVerdict(but architecture: UInt32) -> UInt32? {
        let outcomes = Set(
            borders.filter { $0 != architecture }.map { border in
                outcome { $0 == Offset.architecture ? border : nil }
            })
        guard outcomes.count == 1, case .verdict(let verdict) = outcomes.first else { return nil }
        return verdict
    }

    /// The numbers of system calls by where they lead; nil where more than comparing is done with them.
    private func ranges(of architecture: UInt32) -> [Range]? {
        guard isComparingOnly else { return nil }
        var ranges: [Range] = []
        for border in borders {
            let outcome = outcome { offset in
                switch offset {
                case Offset.architecture: architecture
                case Offset.number: border
                default: nil
                }
            }
            if ranges.last?.outcome != outcome { ranges.append((border, outcome)) }
        }
        return ranges
    }

    /// Whether no number or architecture that was loaded reaches an operation on bits: borders tell nothing of these.
    private var isComparingOnly: Bool {
        let loads = instructions.indices.filter {
            instructions[$0].operation == .load && instructions[$0].constant <= Offset.architecture
        }
        let withIt = reachable(from: Set(loads.flatMap(successors)), through: { $0 != .load })
        return withIt.allSatisfy { ![.and, .ifAnySet].contains(instructions[$0].operation) }
    }

    /// The instructions that can be run from some on, in their order, and not beyond those that it does not lead `through`.
    private func reachable(from entries: Set<Int>, through: (Operation) -> Bool = { _ in true }) -> [Int] {
        var seen: Set<Int> = []
        var pending = Array(entries)
        while let index = pending.popLast() {
            guard seen.insert(index).inserted, through(instructions[index].operation) else { continue }
            pending += successors(of: index)
        }
        return seen.sorted()
    }

    /// An instruction as it is when its successors are at `places`. All stay in their order: no jump becomes longer.
    private func moved(_ index: Int, to places: [Int: Int]) -> Instruction? {
        var instruction = instructions[index]
        let next = successors(of: index).map { places[$0, default: 0] - places[index, default: 0] - 1 }
        switch instruction.operation {
        case .verdict: break
        case .load, .and: guard next == [0] else { return nil }
        case .jump:
            guard next[0] >= 0 else { return nil }
            instruction.constant = UInt32(next[0])
        default:
            guard next.allSatisfy({ (0...255).contains($0) }) else { return nil }
            (instruction.ifTrue, instruction.ifFalse) = (UInt8(next[0]), UInt8(next[1]))
        }
        return instruction
    }

    /// Finds the range that the loaded number is in: by halving, and one number among its equals at once.
    private static func search(_ ranges: ArraySlice<Range>) -> [Test] {
        guard ranges.count > 1 else { return [] }
        let (first, last) = (ranges.startIndex, ranges.endIndex - 1)
        if ranges.count == 3, ranges[first].outcome == ranges[last].outcome,
            ranges[first + 1].first == ranges[last].first - 1
        {
            return [
                Test(
                    operation: .ifEqual, constant: ranges[first + 1].first, ifTrue: .end(ranges[first + 1].outcome),
                    ifFalse: .end(ranges[first].outcome))
            ]
        }
        let middle = first + ranges.count / 2
        let (lower, upper) = (search(ranges[..<middle]), search(ranges[middle...]))
        return [
            Test(
                operation: .ifGreaterOrEqual, constant: ranges[middle].first,
                ifTrue: upper.isEmpty ? .end(ranges[middle].outcome) : .test(lower.count),
                ifFalse: lower.isEmpty ? .end(ranges[first].outcome) : .test(0))
        ] + lower + upper
    }
}

extension FilterProgram.Outcome {
    /// Where what is not known is loaded.
    fileprivate var place: Int? {
        if case .unknown(let index) = self { index } else { nil }
    }

    /// For a lasting order: the same profile always makes the same program.
    fileprivate var rank: (Int, UInt32) {
        switch self {
        case .verdict(let verdict): (-1, verdict)
        case .unknown(let index): (index, 0)
        }
    }
}
