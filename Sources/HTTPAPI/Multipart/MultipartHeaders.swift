/// The header of one part of a multipart/form-data body (RFC 7578, 4).
struct MultipartHeaders: Equatable {
    /// The form field that the part stands for.
    var name: String
    /// The name of the file that was sent: only its last component, for it comes from elsewhere.
    var fileName: String?
    /// In lower case, without parameters.
    var contentType: String?

    /// - Parameter lines: Without their line ends.
    /// - Throws: ``MultipartFault``: they are no header of a form's part.
    init(lines: [[UInt8]]) throws(MultipartFault) {
        var fields: [String: String] = [:]
        for line in lines {
            guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":") else {
                throw MultipartFault("a line of a part's header is no field")
            }
            let name = text[..<colon].lowercased()
            guard !name.isEmpty, name.utf8.allSatisfy(HeaderParameters.isToken) else {
                throw MultipartFault("a line of a part's header begins with no field name")
            }
            guard text.unicodeScalars.allSatisfy({ $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7f }) else {
                throw MultipartFault("a field of a part's header has control characters")
            }
            guard fields[name] == nil else { throw MultipartFault("a part's header has the field \(name) twice") }
            fields[name] = String(text[text.index(after: colon)...])
        }
        guard let disposition = fields["content-disposition"].flatMap(HeaderParameters.init),
            disposition.value == "form-data", let name = disposition["name"]
        else { throw MultipartFault("a part has no Content-Disposition: form-data with a name (RFC 7578, 4.2)") }
        if let encoding = fields["content-transfer-encoding"] {
            let plain = ["binary", "8bit", "7bit"]
            guard plain.contains(encoding.lowercased().filter { $0 != " " }) else {
                throw MultipartFault("a part is encoded; send its bytes as they are (RFC 7578, 4.7)")
            }
        }
        self.name = name
        fileName = disposition["filename"].map { String($0.split { $0 == "/" || $0 == "\\" }.last ?? "") }
        contentType = fields["content-type"].flatMap(HeaderParameters.init)?.value
    }
}
