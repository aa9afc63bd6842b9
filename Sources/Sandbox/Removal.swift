import Linux

/// What became of something that was to be removed.
enum Removal: Equatable {
    case removed
    case absent
    case failed(SystemCallError)
}
