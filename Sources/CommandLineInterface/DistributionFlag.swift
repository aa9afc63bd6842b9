import ArgumentParser
import PythonBuild

/// -s and -w, in the order in which they are given.
enum DistributionFlag: EnumerableFlag {
    case sdist, wheel

    var kind: DistributionKind { self == .sdist ? .sdist : .wheel }

    static func name(for value: DistributionFlag) -> NameSpecification { .shortAndLong }
}
