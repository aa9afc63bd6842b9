import BuildAPI
import PythonBuild
import Sandbox

/// One event in a job's index: 32 bytes, so that a sequence number is a place in the file. All numbers little-endian:
///
///     0 kind  1 detail  2 attempt (2 bytes)  4 length (4)  8 value (8)  16 milliseconds since 1970 (8)  24 check (4)  28 zero (4)
///
/// `value` is an offset (log, note), milliseconds (phase) or nothing. The check also covers the sequence number.
struct EventRecord: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case log(LogStream, offset: UInt64, length: UInt32)
        case state(JobState)
        case phase(Phase, EventDocument.PhaseEvent.Status, durationMs: UInt64)
        /// Where its text lies in the job's file of notes.
        case note(offset: UInt64, length: UInt32)
    }

    static let size = 32

    var attempt: UInt16
    var milliseconds: Int64
    var kind: Kind

    func bytes(sequence: UInt64) -> [UInt8] {
        let (code, detail, length, value) = fields
        var bytes: [UInt8] = [code, detail]
        bytes.append(littleEndian: attempt)
        bytes.append(littleEndian: length)
        bytes.append(littleEndian: value)
        bytes.append(littleEndian: UInt64(bitPattern: milliseconds))
        bytes.append(littleEndian: Self.check(bytes, sequence))
        bytes.append(littleEndian: UInt32(0))
        return bytes
    }

    /// Nil for bytes that are no whole record of this sequence number.
    init?(_ bytes: ArraySlice<UInt8>, sequence: UInt64) {
        guard bytes.count == Self.size else { return nil }
        let start = bytes.startIndex
        guard Self.check(Array(bytes[..<(start + 24)]), sequence) == UInt32(littleEndian: bytes, at: start + 24) else {
            return nil
        }
        attempt = UInt16(truncatingIfNeeded: UInt32(littleEndian: bytes, at: start) >> 16)
        milliseconds = Int64(bitPattern: UInt64(littleEndian: bytes, at: start + 16))
        let length = UInt32(littleEndian: bytes, at: start + 4)
        let value = UInt64(littleEndian: bytes, at: start + 8)
        guard let kind = Self.kind(bytes[start], bytes[start + 1], length, value) else { return nil }
        self.kind = kind
    }

    init(attempt: Int, milliseconds: Int64, kind: Kind) {
        self.attempt = UInt16(clamping: attempt)
        self.milliseconds = milliseconds
        self.kind = kind
    }

    private static let streams: [LogStream] = [.stdout, .stderr]
    private static let states: [JobState] = [.queued, .running]
    private static let phases: [Phase] = [.inspect, .provision, .build, .verify, .collect]
    private static let statuses: [EventDocument.PhaseEvent.Status] = [.started, .succeeded, .failed]

    private var fields: (code: UInt8, detail: UInt8, length: UInt32, value: UInt64) {
        switch kind {
        case .log(let stream, let offset, let length): (1, Self.index(stream, Self.streams), length, offset)
        case .state(let state): (2, Self.index(state, Self.states), 0, 0)
        case .phase(let phase, let status, let duration):
            (3, Self.index(phase, Self.phases) << 4 | Self.index(status, Self.statuses), 0, duration)
        case .note(let offset, let length): (4, 0, length, offset)
        }
    }

    private static func kind(_ code: UInt8, _ detail: UInt8, _ length: UInt32, _ value: UInt64) -> Kind? {
        switch code {
        case 1: element(detail, streams).map { .log($0, offset: value, length: length) }
        case 2: element(detail, states).map { .state($0) }
        case 3:
            element(detail >> 4, phases).flatMap { phase in
                element(detail & 15, statuses).map { .phase(phase, $0, durationMs: value) }
            }
        case 4: .note(offset: value, length: length)
        default: nil
        }
    }

    /// Ends are no events of the index: they are what the store says.
    private static func index<Value: Equatable>(_ value: Value, _ all: [Value]) -> UInt8 {
        UInt8(all.firstIndex(of: value) ?? 15)
    }

    private static func element<Value>(_ index: UInt8, _ all: [Value]) -> Value? {
        Int(index) < all.count ? all[Int(index)] : nil
    }

    /// FNV-1a: it is to find torn records, not forged ones.
    private static func check(_ bytes: [UInt8], _ sequence: UInt64) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for shift in stride(from: 0, to: 64, by: 8) {
            hash = (hash ^ UInt32(truncatingIfNeeded: sequence >> shift) & 0xff) &* 16_777_619
        }
        return hash
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension FixedWidthInteger {
    fileprivate init(littleEndian bytes: ArraySlice<UInt8>, at index: Int) {
        var value: Self = 0
        for byte in bytes[index..<(index + MemoryLayout<Self>.size)].reversed() { value = value << 8 | Self(byte) }
        self = value
    }
}
