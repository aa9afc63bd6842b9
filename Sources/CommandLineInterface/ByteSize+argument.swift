public import ArgumentParser
public import SourceText

extension ByteSize: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
