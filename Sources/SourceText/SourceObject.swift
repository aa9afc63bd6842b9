/// The members of an object, by name.
public struct SourceObject {
    public let value: SourceValue
    public let members: [SourceMember]
    private let reader: SourceReader

    init(value: SourceValue, members: [SourceMember], reader: SourceReader) {
        self.value = value
        self.members = members
        self.reader = reader
    }

    /// A member that may be missing.
    public subscript(_ name: String) -> SourceValue? {
        members.first { $0.name == name }?.value
    }

    /// A member that must be there; where it is not, that is reported.
    public func required(_ name: String) -> SourceValue? {
        if let value = self[name] { return value }
        reader.report("the member \(quoted(name)) is missing", at: value.position)
        return nil
    }
}
