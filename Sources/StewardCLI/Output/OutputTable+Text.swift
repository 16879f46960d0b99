extension OutputTable {
    /// The table as text, laid out as the reference's (astropy's): headings centred, dashes, cells aligned, columns
    /// one space apart, trailing spaces kept.
    func text(showsHeader: Bool = true) -> String {
        let cells = rows.flatMap(Self.lines)
        let widths = columns.indices.map { column in
            cells.reduce(max(3, columns[column].heading.count)) { max($0, $1[column].count) }
        }
        let layout = TextLayout(headings: columns.map(\.heading), widths: widths, alignment: alignment)
        let lines = (showsHeader ? layout.heading : []) + cells.map(layout.line)
        return lines.joined(separator: "\n") + "\n"
    }

    /// A row as one or more lines: lists take one line an item, other cells stand on the first.
    private static func lines(of row: [Cell]) -> [[String]] {
        let height = row.reduce(1) { height, cell in
            guard case .list(let items) = cell else { return height }
            return max(height, items.count)
        }
        return (0..<height).map { line in
            row.map { cell in
                if case .list(let items) = cell { return line < items.count ? items[line] : "" }
                return line == 0 ? cell.text : ""
            }
        }
    }
}

/// Columns of known widths, one space apart.
struct TextLayout {
    let headings: [String]
    let widths: [Int]
    let alignment: OutputTable.Alignment

    /// The heading line and the line of dashes.
    var heading: [String] {
        [
            zip(headings, widths).map { Self.centred($0, $1) }.joined(separator: " "),
            widths.map { String(repeating: "-", count: $0) }.joined(separator: " "),
        ]
    }

    /// A line of cells.
    func line(_ cells: [String]) -> String {
        zip(cells, widths).map { text, width in
            let padding = String(repeating: " ", count: max(0, width - text.count))
            return alignment == .left ? text + padding : padding + text
        }.joined(separator: " ")
    }

    /// Centres as Python's `str.center`: the odd space goes left when the width is odd.
    private static func centred(_ text: String, _ width: Int) -> String {
        let padding = max(0, width - text.count)
        let left = padding / 2 + (padding & width & 1)
        return String(repeating: " ", count: left) + text + String(repeating: " ", count: padding - left)
    }
}
