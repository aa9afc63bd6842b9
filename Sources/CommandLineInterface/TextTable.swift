/// Rows of cells as lines of even columns, for people.
struct TextTable {
    /// The headings first; as many cells in each.
    let rows: [[String]]
    /// Columns of the terminal; nil for a pipe, where nothing is cut.
    var width: Int?

    var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: "  ").replacing(/\ +$/, with: "")
            guard let width, line.count > width else { return line + "\n" }
            return line.prefix(max(1, width - 1)) + "…\n"
        }.joined()
    }
}
