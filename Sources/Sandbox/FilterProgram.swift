/// A seccomp filter's program in classic BPF (bpf(4), linux/filter.h), as far as such programs use it: loads of words of
/// the call (linux/seccomp.h, struct seccomp_data), comparisons with constants, verdicts.
struct FilterProgram: Equatable {
    /// `struct sock_filter`.
    struct Instruction: Equatable {
        var operation: Operation
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var constant: UInt32
    }

    enum Operation: UInt16 {
        case load = 0x20
        case and = 0x54
        case jump = 0x05
        case ifEqual = 0x15
        case ifGreater = 0x25
        case ifGreaterOrEqual = 0x35
        case ifAnySet = 0x45
        case verdict = 0x06
    }

    /// Where in a call its parts are, in bytes.
    enum Offset {
        static let number: UInt32 = 0
        static let architecture: UInt32 = 4
    }

    /// Where a call of which only a part is known leads.
    enum Outcome: Hashable {
        case verdict(UInt32)
        /// To this instruction, which loads what is not known.
        case unknown(at: Int)
    }

    var instructions: [Instruction]

    /// - Returns: nil where there is anything else in it, or a jump leaves it.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count % 8 == 0 else { return nil }
        instructions = []
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let number = { (index: Int, size: Int) in
                (0..<size).reduce(UInt32(0)) { $0 | UInt32(bytes[start + index + $1]) << (8 * UInt32($1)) }
            }
            guard let operation = Operation(rawValue: UInt16(number(0, 2))) else { return nil }
            instructions.append(
                Instruction(
                    operation: operation, ifTrue: bytes[start + 2], ifFalse: bytes[start + 3], constant: number(4, 4)))
        }
        for index in instructions.indices {
            guard successors(of: index).allSatisfy({ $0 < instructions.count }) else { return nil }
        }
    }

    init(_ instructions: [Instruction]) { self.instructions = instructions }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for instruction in instructions {
            withUnsafeBytes(of: instruction.operation.rawValue.littleEndian) { bytes += $0 }
            bytes += [instruction.ifTrue, instruction.ifFalse]
            withUnsafeBytes(of: instruction.constant.littleEndian) { bytes += $0 }
        }
        return bytes
    }

    /// Where control can go from an instruction: always forward, so that every program ends.
    func successors(of index: Int) -> [Int] {
        let instruction = instructions[index]
        return switch instruction.operation {
        case .verdict: []
        case .load, .and: [index + 1]
        case .jump: [index + 1 + Int(instruction.constant)]
        default: [index + 1 + Int(instruction.ifTrue), index + 1 + Int(instruction.ifFalse)]
        }
    }

    /// Runs it. `word` gives the word of the call at an offset, nil where that is not known.
    func outcome(_ word: (UInt32) -> UInt32?) -> Outcome {
        var index = 0
        var value: UInt32 = 0
        while true {
            let instruction = instructions[index]
            let next = successors(of: index)
            switch instruction.operation {
            case .verdict: return .verdict(instruction.constant)
            case .load:
                guard let loaded = word(instruction.constant) else { return .unknown(at: index) }
                value = loaded
            case .and: value &= instruction.constant
            case .jump: break
            case .ifEqual, .ifGreater, .ifGreaterOrEqual, .ifAnySet:
                let holds =
                    switch instruction.operation {
                    case .ifEqual: value == instruction.constant
                    case .ifGreater: value > instruction.constant
                    case .ifGreaterOrEqual: value >= instruction.constant
                    default: value & instruction.constant != 0
                    }
                index = holds ? next[0] : next[1]
                continue
            }
            index = next[0]
        }
    }
}
