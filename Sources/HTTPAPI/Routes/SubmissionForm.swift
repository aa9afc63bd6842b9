import BuildAPI
import BuildService
import NIOCore

/// The form that posts a build: a part `request` (JSON), then a part `source` (a file), which goes to the disk as it
/// comes. Where the form is refused or breaks off, nothing of the file is left.
struct SubmissionForm {
    private enum Part {
        case request([UInt8])
        case source(BlobUpload)
    }

    private let service: BuildService
    private let principal: Principal
    private let announced: UInt64?
    private var part: Part?
    private var request: BuildDocument?
    private var upload: BlobUpload?
    private var fileName: String?

    /// A form of which nothing has come yet.
    ///
    /// - Parameters:
    ///   - service: Takes the source.
    ///   - principal: Who sends it.
    ///   - announced: Bytes of the whole form, where they are known.
    init(service: BuildService, principal: Principal, announced: UInt64?) {
        self.service = service
        self.principal = principal
        self.announced = announced
    }

    mutating func take(_ event: MultipartParser.Event) async throws {
        switch (event, part) {
        case (.partBegan(let headers), nil): part = try begin(headers)
        case (.content(let content), .request(let bytes)):
            guard bytes.count + content.readableBytes <= BuildDocumentReader.largest else {
                throw HTTPProblem(.tooLarge, "the part request has more than \(BuildDocumentReader.largest) bytes")
            }
            part = .request(bytes + content.readableBytesView)
        case (.content(let content), .source(let upload)):
            try await FilePieces.read { try content.withUnsafeReadableBytes { try upload.write($0) } }
        case (.partEnded, .request(let bytes)):
            request = try BuildDocumentReader.read(bytes)
            if request?.source?.blob != nil || request?.source?.folder != nil {
                throw HTTPProblem(
                    .invalidRequest, "a form brings its source along: leave blob and folder out", at: "/source")
            }
            part = nil
        case (.partEnded, .source(let done)):
            upload = done
            part = nil
        default: break
        }
    }

    /// The request with its source in the store.
    func document() async throws -> BuildDocument {
        guard var document = request else { throw MultipartFault("it has no part request") }
        guard let upload else { throw MultipartFault("it has no part source") }
        let blob = try await upload.finish()
        var source = document.source ?? SourceDocument()
        source.blob = blob.digest
        if source.name == nil { source.name = fileName }
        document.source = source
        return document
    }

    private mutating func begin(_ headers: MultipartHeaders) throws -> Part {
        switch headers.name {
        case "request":
            guard request == nil else { throw MultipartFault("it has two parts request") }
            return .request([])
        case "source":
            guard request != nil else { throw MultipartFault("the part request comes before the part source") }
            guard upload == nil else { throw MultipartFault("it has two parts source") }
            fileName = headers.fileName.flatMap { $0.isEmpty ? nil : $0 }
            // The form is larger than its file by less than this: what is surely too large is refused at once.
            let most = announced.map { $0 > 1 << 20 ? $0 - (1 << 20) : 0 }
            return .source(try service.beginUpload(size: most, as: principal))
        default: throw MultipartFault("it has a part that is neither request nor source")
        }
    }
}
