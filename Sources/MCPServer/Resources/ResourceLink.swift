/// A resource as lists and tools name it.
struct ResourceLink: Equatable {
    let uri: ResourceURI
    let name: String
    let mimeType: String
    var size: UInt64?

    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "uri": .string(uri.text), "name": .string(name), "mimeType": .string(mimeType),
        ]
        fields["size"] = size.flatMap { Int64(exactly: $0) }.map { .integer($0) }
        return fields
    }

    /// The link as a part of a tool's answer.
    var block: JSONValue { .object(fields.merging(["type": "resource_link"]) { $1 }) }

    static func log(_ build: String) -> ResourceLink {
        ResourceLink(uri: .log(build: build), name: "\(build).log", mimeType: "text/plain")
    }

    static func result(_ build: String) -> ResourceLink {
        ResourceLink(uri: .result(build: build), name: "\(build).json", mimeType: "application/json")
    }

    static func artifact(_ name: String, size: UInt64, of build: String) -> ResourceLink {
        ResourceLink(
            uri: .artifact(build: build, name: name), name: name, mimeType: Self.mimeType(of: name), size: size)
    }

    static func mimeType(of artifact: String) -> String {
        artifact.hasSuffix(".whl") ? "application/zip" : "application/gzip"
    }
}
