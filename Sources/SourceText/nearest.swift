/// The candidate that a misspelled word most likely means; nil where none is near.
public func nearest(to word: String, among candidates: [String]) -> String? {
    // A long word means nothing that is known, and comparing it would cost.
    guard word.utf8.count <= 64 else { return nil }
    let ranked = candidates.map { (word: $0, distance: distance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.word.utf8.count / 3) ? best.word : nil
}

/// Letters to insert, remove, replace or swap with their neighbour, capitals taken for small letters.
private func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8)
    let right = Array(right.lowercased().utf8)
    var rows = [Array(0...right.count)]
    for row in 0..<left.count {
        var line = [row + 1]
        for column in 0..<right.count {
            let same = left[row] == right[column]
            var best = min(rows[row][column + 1] + 1, line[column] + 1, rows[row][column] + (same ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, rows[row - 1][column - 1] + 1)
            }
            line.append(best)
        }
        rows.append(line)
    }
    return rows[left.count][right.count]
}
