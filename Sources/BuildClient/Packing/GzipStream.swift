import CZlib

/// Compresses bytes as they come, in the format of gzip(1) (RFC 1952) without a time or a name in its header, so
/// that the same bytes give the same file.
final class GzipStream {
    private var stream = z_stream()
    private var output = [UInt8](repeating: 0, count: 128 << 10)

    init() {
        // 15 bits of window, and 16 for the gzip format; the fastest level that still makes source code small.
        let status = deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib refuses its own constants: \(status)")
    }

    deinit {
        deflateEnd(&stream)
    }

    /// What is ready after these bytes, often nothing.
    func compress(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_NO_FLUSH) }

    /// The rest. Nothing comes after it.
    func finish() -> [UInt8] { run([], Z_FINISH) }

    private func run(_ input: [UInt8], _ flush: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var input = input
        input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                output.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    deflate(&stream, flush)
                    result += output[..<(output.count - Int(stream.avail_out))]
                }
            } while stream.avail_out == 0
        }
        return result
    }
}
