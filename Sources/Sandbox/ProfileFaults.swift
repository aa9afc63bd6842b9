public import SourceText
public import SystemPackage

/// Everything that is wrong with a profile file.
public struct ProfileFaults: Error, Sendable, CustomStringConvertible {
    public let file: FilePath
    /// In the order of the text; never empty.
    public let faults: [SourceFault]

    init(file: FilePath, _ faults: [SourceFault]) {
        self.file = file
        self.faults = faults
    }

    init(file: FilePath, _ message: String) {
        self.init(file: file, [SourceFault(message, at: SourcePosition(line: 1, column: 1))])
    }

    /// A line for each fault: `FILE:LINE:COLUMN: message`.
    public var description: String {
        faults.map { "\(file):\($0)" }.joined(separator: "\n")
    }
}
