import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// The short program says of every call what libseccomp's own says.
@Suite struct FilterProgramTests {
    private struct Call: CustomStringConvertible {
        var architecture: UInt32
        var number: UInt32
        var arguments: [UInt32]

        func verdict(of program: FilterProgram) -> FilterProgram.Outcome {
            program.outcome { offset in
                switch offset {
                case 0: number
                case 4: architecture
                case 8, 12: 0x7fff_0000
                default: arguments.indices.contains(Int(offset - 16) / 4) ? arguments[Int(offset - 16) / 4] : nil
                }
            }
        }

        var description: String { "call \(number) of \(architecture) with \(arguments)" }
    }

    private static let native = SeccompCompiler.architecture

    private static func rules(of profile: String) throws -> SeccompRules {
        let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        return try SandboxProfile(contentsOf: repository.appending("sandbox-profiles/\(profile).json")).seccomp
    }

    private static func programs(_ rules: SeccompRules) throws -> (original: FilterProgram, short: FilterProgram) {
        let original = try #require(FilterProgram(try SeccompCompiler.libseccompsOwn(rules)))
        let short = try #require(FilterProgram(try SeccompCompiler.compile(rules)))
        return (original, short)
    }

    /// Each call that there is and some that are not, with arguments around every constant and others.
    private static func calls(_ program: FilterProgram) -> [Call] {
        var generator = SeededGenerator(seed: 7)
        let constants = program.instructions.map(\.constant)
        let numbers =
            Array(0..<1100) + constants + constants.map { $0 &+ 1 } + constants.map { $0 &- 1 }
            + [0x4000_0000, 0x4000_0001, 0x7fff_ffff, 0x8000_0000, .max]
        func word() -> UInt32 {
            let constant = constants.randomElement(using: &generator) ?? 0
            return switch UInt32.random(in: 0..<4, using: &generator) {
            case 0: 0
            case 1: constant
            case 2: constant ^ (1 << UInt32.random(in: 0..<32, using: &generator))
            default: UInt32.random(in: 0...(.max), using: &generator)
            }
        }
        var calls: [Call] = []
        // In order: the same calls each time.
        for number in Set(numbers).sorted() {
            for architecture in [native, native, native, native, 0x4000_0003, 0, .max] {
                calls.append(Call(architecture: architecture, number: number, arguments: (0..<12).map { _ in word() }))
            }
            // Where arguments are looked at they are small numbers, as a rule: the upper halves are nought.
            let known = Call(architecture: native, number: number, arguments: [])
            guard case .unknown(let start) = known.verdict(of: program) else { continue }
            let compared = constantsCompared(in: program, from: start)
            for _ in 0..<3000 {
                let arguments = (0..<12).map { place -> UInt32 in
                    if place % 2 == 1, UInt32.random(in: 0..<20, using: &generator) != 0 { return 0 }
                    let constant = compared[place]?.randomElement(using: &generator)
                    guard let constant, UInt32.random(in: 0..<4, using: &generator) != 0 else { return word() }
                    return constant
                }
                calls.append(Call(architecture: native, number: number, arguments: arguments))
            }
        }
        return calls
    }

    /// What each word of the arguments (two for each) is compared with, from an instruction on. A rule that looks at two
    /// arguments is met by both constants at once, which chance alone hardly finds among those of the whole program.
    private static func constantsCompared(in program: FilterProgram, from start: Int) -> [Int: [UInt32]] {
        var found: [Int: Set<UInt32>] = [:]
        var seen: Set<[Int]> = []
        var left = [(index: start, place: -1)]
        while let (index, before) = left.popLast() {
            var place = before
            guard seen.insert([index, place]).inserted else { continue }
            let instruction = program.instructions[index]
            switch instruction.operation {
            case .load: place = instruction.constant < 16 ? -1 : Int(instruction.constant - 16) / 4
            case .ifEqual, .ifGreater, .ifGreaterOrEqual, .ifAnySet:
                if place >= 0 { found[place, default: []].insert(instruction.constant) }
            case .and, .jump, .verdict: break
            }
            left += program.successors(of: index).map { ($0, place) }
        }
        return found.mapValues { $0.sorted() }
    }

    @Test(arguments: ["build", "strict", "inspect", "provision"])
    func theShortProgramSaysTheSame(_ profile: String) throws {
        let (original, short) = try Self.programs(try Self.rules(of: profile))
        let calls = Self.calls(original)
        let different = calls.filter { $0.verdict(of: original) != $0.verdict(of: short) }
        #expect(different.isEmpty, "\(different.prefix(3))")
        #expect(short.instructions.count < original.instructions.count)
        let verdicts = Set(calls.map { $0.verdict(of: short) })
        #expect(verdicts.count >= 3, "calls of every kind were tried: \(verdicts)")
    }

    /// The control: one instruction that is another is seen by the same calls.
    @Test func aProgramThatSaysAnythingElseIsFound() throws {
        let (original, short) = try Self.programs(try Self.rules(of: "build"))
        let calls = Self.calls(original)
        var found = 0
        let verdicts = short.instructions.indices.filter { short.instructions[$0].operation == .verdict }
        for index in verdicts {
            var wrong = short
            wrong.instructions[index].constant ^= 0x7fff_0000
            if calls.contains(where: { $0.verdict(of: original) != $0.verdict(of: wrong) }) { found += 1 }
        }
        #expect(found == verdicts.count && found >= 5, "\(found) of \(verdicts.count) verdicts")
        let borders = short.instructions.indices.filter { short.instructions[$0].operation == .ifGreaterOrEqual }
        found = 0
        for index in borders {
            var wrong = short
            wrong.instructions[index].constant &+= 1
            if calls.contains(where: { $0.verdict(of: original) != $0.verdict(of: wrong) }) { found += 1 }
        }
        #expect(found * 10 >= borders.count * 9 && found >= 50, "\(found) of \(borders.count) borders")
    }

    @Test func whatIsNoProgramOfThisKindIsLeftAsItIs() {
        #expect(FilterProgram([]) == nil)
        #expect(FilterProgram([0x06, 0, 0, 0, 0, 0, 0]) == nil, "no whole instruction")
        #expect(FilterProgram([0x16, 0, 0, 0, 0, 0, 0, 0]) == nil, "an operation that filters have no use for")
        #expect(FilterProgram([0x05, 0, 0, 0, 9, 0, 0, 0]) == nil, "a jump that leaves it")
        let bits = FilterProgram([
            FilterProgram.Instruction(operation: .load, constant: 0),
            FilterProgram.Instruction(operation: .and, constant: 1),
            FilterProgram.Instruction(operation: .ifEqual, ifFalse: 1, constant: 1),
            FilterProgram.Instruction(operation: .verdict, constant: 0),
            FilterProgram.Instruction(operation: .verdict, constant: 0x7fff_0000),
        ])
        #expect(bits.compacted(for: Self.native) == bits, "bits of the number are looked at")
        #expect(FilterProgram(bits.bytes) == bits)
    }
}
