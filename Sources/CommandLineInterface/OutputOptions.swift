import ArgumentParser

/// What is told, and where.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one result document (JSON) on stdout instead of paths.")
    var json = false

    @Option(help: ArgumentHelp("Write the result document to this file, too.", valueName: "file"))
    var resultFile: String?
}
