public import SourceText

/// How much of the disk stored environments and built wheels may take, and for how long nobody needs to use them.
public struct StoreLimits: Sendable {
    /// All of them together.
    public var size: ByteSize?
    /// Seconds since the last use.
    public var age: Int?

    /// The variable with the operator's limit.
    public static let variable = "BUILDBOX_STORE_SIZE"
    /// What holds where the operator says nothing.
    public static let defaultSize = ByteSize(20 << 30)

    public init(size: ByteSize? = nil, age: Int? = nil) {
        self.size = size
        self.age = age
    }

    /// The operator's limit, which holds whenever something new was stored.
    ///
    /// - Throws: ``BuildFailure`` for a value that is no size.
    public init(environment: [String: String]) throws(BuildFailure) {
        guard let text = environment[Self.variable], !text.isEmpty else {
            self.init(size: Self.defaultSize)
            return
        }
        guard let size = ByteSize(text) else {
            throw BuildFailure(
                .invalidRequest, "\(Self.variable): \"\(text)\" is no size: write it as 20GiB or 500MiB")
        }
        self.init(size: size)
    }
}
