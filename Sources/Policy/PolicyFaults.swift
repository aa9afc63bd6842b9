public import SourceText
public import SystemPackage

/// Everything that is wrong with a policy file.
public struct PolicyFaults: Error, Sendable, CustomStringConvertible {
    public struct Fault: Equatable, Sendable, CustomStringConvertible {
        public let position: SourcePosition
        public let message: String
        /// The value or member at fault (RFC 6901); nil where the text is no JSON.
        public let pointer: String?

        /// `LINE:COLUMN: message (/tools/...)`.
        public var description: String {
            let place = pointer.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
            return "\(position): \(message)\(place)"
        }
    }

    public let file: FilePath
    /// In the order of the text; never empty.
    public let faults: [Fault]

    init(file: FilePath, _ faults: [SourceFault], in document: SourceValue?) {
        self.file = file
        self.faults = faults.map { fault in
            Fault(
                position: fault.position, message: fault.message, pointer: document?.pointer(at: fault.position))
        }
    }

    init(file: FilePath, _ message: String) {
        self.init(file: file, [SourceFault(message, at: SourcePosition(line: 1, column: 1))], in: nil)
    }

    /// A line for each fault: `FILE:LINE:COLUMN: message (pointer)`.
    public var description: String {
        faults.map { "\(file):\($0)" }.joined(separator: "\n")
    }
}

extension SourceValue {
    /// The value or the member's name that stands at a position.
    fileprivate func pointer(at place: SourcePosition) -> String? {
        if position == place { return path.pointer }
        switch content {
        case .array(let elements): return elements.lazy.compactMap { $0.pointer(at: place) }.first
        case .object(let members):
            return members.lazy.compactMap { member in
                member.position == place ? member.value.path.pointer : member.value.pointer(at: place)
            }.first
        default: return nil
        }
    }
}
