import BuildAPI
import FoundationEssentials
import SourceText

/// The arguments of `python_build`, checked for what can be told without looking at the host.
struct BuildArguments {
    enum Source: Equatable {
        /// Nil: the server's root.
        case directory(String?)
        case uploaded(digest: String, name: String, subdirectory: String?)
        case inline([UInt8], name: String, subdirectory: String?)
    }

    let source: Source
    let outdir: String?
    /// What is to be built, but for the source.
    let document: BuildDocument
    /// How long the call waits for the end; nil: until then.
    let wait: Duration?

    /// Bytes of an archive that comes along in the call.
    static let largestInline = 4 << 20
    static let timeouts = ArgumentReader.milliseconds
    static let defaultTimeout: Int64 = 300_000

    /// - Throws: ``ArgumentReader/Faults`` with every fault that there is.
    init(_ arguments: [String: JSONValue]) throws(ArgumentReader.Faults) {
        var reader = ArgumentReader(
            arguments,
            known: [
                "directory", "source", "sdist", "wheel", "outdir", "noBuildIsolation", "skipDependencyCheck", "args",
                "timeout", "python", "memory", "wait_s", "detach",
            ])
        source = Self.source(&reader)
        outdir = reader.string("outdir", 1...4096)
        document = Self.document(&reader)
        let seconds = reader.integer("wait_s", 0...21_600)
        let detach = reader.boolean("detach") ?? false
        if detach, let seconds, seconds > 0 {
            reader.refuse("/detach", "detach answers at once, and wait_s is \(seconds): leave one of them out")
        }
        wait = detach ? .zero : seconds.map { .seconds($0) }
        try reader.finish()
    }

    private static func source(_ reader: inout ArgumentReader) -> Source {
        let directory = reader.string("directory", 1...4096)
        guard var archive = reader.object("source", known: ["name", "digest", "base64", "subdirectory"]) else {
            return .directory(directory)
        }
        defer { reader.take(archive) }
        if directory != nil {
            reader.refuse("/source", "the project is named twice: give `directory` or `source`, not both")
        }
        let subdirectory = archive.string("subdirectory", 1...4096)
        guard let name = archive.string("name", 1...255) else {
            archive.requireIfAbsent("name", "the archive's file name, such as proj.tar.gz")
            return .directory(nil)
        }
        if name.contains("/") || name.hasPrefix(".") || name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            archive.refuse("/name", "a file name has no slash, no control character and no dot in front")
        }
        let digest = archive.string("digest", 64...64)
        let text = archive.string("base64", 0...(largestInline + 2) / 3 * 4)
        switch (digest, text) {
        case (let digest?, nil):
            let isDigest = digest.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
            if !isDigest { archive.refuse("/digest", "a digest is 64 hexadecimal digits, in small letters") }
            return .uploaded(digest: digest, name: name, subdirectory: subdirectory)
        case (nil, let text?):
            guard let data = Data(base64Encoded: text) else {
                archive.refuse("/base64", "this is not base64 (RFC 4648, with padding)")
                return .directory(nil)
            }
            return .inline(Array(data), name: name, subdirectory: subdirectory)
        default:
            if !archive.hasFaults {
                archive.refuse("", "give either the digest of an uploaded archive or the archive in base64")
            }
            return .directory(nil)
        }
    }

    private static func document(_ reader: inout ArgumentReader) -> BuildDocument {
        var document = BuildDocument()
        let options = frontend(&reader)
        let sdist = reader.boolean("sdist")
        let wheel = reader.boolean("wheel")
        if sdist == false, wheel == false {
            reader.refuse(
                "/wheel", "sdist and wheel are both false, so that there is nothing to build: leave one of them out")
        }
        if sdist == false, options.sdist { reader.refuse("/args", "--sdist contradicts sdist: false") }
        if wheel == false, options.wheel { reader.refuse("/args", "--wheel contradicts wheel: false") }
        // False leaves the other one, as if that alone had been asked for.
        let wantsSdist = sdist ?? options.sdist || (wheel == false)
        let wantsWheel = wheel ?? options.wheel || (sdist == false)
        if wantsSdist || wantsWheel {
            document.sdist = wantsSdist
            document.wheel = wantsWheel
        }
        document.noIsolation = reader.boolean("noBuildIsolation") ?? false || options.noIsolation
        document.skipDependencyCheck = reader.boolean("skipDependencyCheck") ?? false || options.skipDependencyCheck
        if document.skipDependencyCheck == true, document.noIsolation != true {
            reader.refuse("/skipDependencyCheck", "this has a meaning only together with noBuildIsolation: true")
        }
        if options.verbosity != 0 { document.verbosity = options.verbosity }
        if !options.settings.isEmpty { document.configSettings = options.settings }
        limits(&reader, &document)
        return document
    }

    private static func limits(_ reader: inout ArgumentReader, _ document: inout BuildDocument) {
        var limits = LimitsDocument()
        let timeout = reader.integer("timeout", timeouts) ?? defaultTimeout
        limits.timeMs = UInt64(timeout)
        document.runTimeoutS = Int((timeout + 999) / 1000)
        if let text = reader.string("memory", 1...32) {
            if let size = ByteSize(text) {
                limits.memoryBytes = size.bytes
            } else {
                reader.refuse("/memory", "\(quoted(text)) is no size: write 512MiB or 2GiB")
            }
        }
        document.limits = limits
        if let version = reader.string("python", 1...16) {
            let parts = version.split(separator: ".", omittingEmptySubsequences: false)
            let isVersion =
                (1...3).contains(parts.count) && parts[0] == "3"
                && parts.dropFirst().allSatisfy { (1...2).contains($0.count) && $0.allSatisfy { "0"..."9" ~= $0 } }
            if isVersion {
                document.python = version
            } else {
                reader.refuse(
                    "/python", "\(quoted(version)) is no version of Python 3 such as 3.12; a path is not taken")
            }
        }
    }

    private static func frontend(_ reader: inout ArgumentReader) -> FrontendArguments {
        let texts = reader.strings("args") ?? []
        do throws(FrontendArguments.Fault) {
            return try FrontendArguments(texts)
        } catch {
            reader.refuse("/args/\(error.index)", error.message)
            return FrontendArguments()
        }
    }
}
