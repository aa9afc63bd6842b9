/// What is built, as the options of `python -m build` select it.
public enum Distributions: Equatable, Sendable {
    /// Neither -s nor -w: a source distribution, and a wheel from it.
    case wheelFromSdist
    /// -s and -w in their order, each from the source folder.
    case each([DistributionKind])

    /// What a build leaves. From a source distribution `build` makes only a wheel.
    func kinds(from source: Source.Kind) -> Set<DistributionKind> {
        switch self {
        case .wheelFromSdist: source == .sdist ? [.wheel] : [.sdist, .wheel]
        case .each(let kinds): Set(kinds)
        }
    }

    var options: [String] {
        switch self {
        case .wheelFromSdist: []
        case .each(let kinds): kinds.map { $0 == .sdist ? "--sdist" : "--wheel" }
        }
    }
}

/// A kind of artifact.
public enum DistributionKind: String, Codable, Sendable {
    case sdist, wheel
}
