public import ArgumentParser
public import SourceText

extension TimeSpan: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
