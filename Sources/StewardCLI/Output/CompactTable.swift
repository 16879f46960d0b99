internal import Steward
internal import StewardCore

/// Many rows of a table for people, held compactly: each distinct value of a column once.
struct CompactTable: Sendable {
    let columns: [OutputTable.Column]
    private var values: [Values]
    /// How many rows there are.
    private(set) var count = 0
    private var order: [UInt32]?

    /// The cells of a column.
    private struct Values: Sendable {
        var cells: [OutputTable.Cell] = []
        /// For each row the position of its cell.
        var codes: [UInt32] = []
        private var known: [OutputTable.Cell: UInt32] = [:]

        mutating func append(_ cell: OutputTable.Cell) {
            if case .id = cell {
                codes.append(UInt32(cells.count))
                return cells.append(cell)
            }
            var shown = cell
            switch cell {
            case .null, .int, .text, .id: break
            default: shown = .text(cell.text)
            }
            let next = UInt32(cells.count)
            let code = known[shown] ?? next
            if code == next {
                known[shown] = code
                cells.append(shown)
            }
            codes.append(code)
        }

        /// For each row the place of its cell among the sorted cells.
        var ranks: [UInt32] {
            let sorted = cells.indices.sorted { cells[$0].sortKey < cells[$1].sortKey }
            var ranks = [UInt32](repeating: 0, count: cells.count)
            for (rank, index) in sorted.enumerated() { ranks[index] = UInt32(rank) }
            return codes.map { ranks[Int($0)] }
        }
    }

    /// Begins a table.
    init(_ columns: [OutputTable.Column]) {
        self.columns = columns
        values = columns.map { _ in Values() }
    }

    /// Adds a row with a cell for each column.
    mutating func add(_ row: [OutputTable.Cell]) {
        for (index, cell) in row.enumerated() { values[index].append(cell) }
        count += 1
    }

    /// Sorts the rows by columns, the first one first; equal rows stay in their order.
    mutating func sort(by keys: [Int]) {
        let ranks = keys.map { values[$0].ranks }
        order = (0..<UInt32(count)).sorted { left, right in
            for rank in ranks where rank[Int(left)] != rank[Int(right)] { return rank[Int(left)] < rank[Int(right)] }
            return left < right
        }
    }

    /// Writes the table to standard output, laid out as the reference's.
    ///
    /// - Parameter output: The columns chosen.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    func write(_ output: OutputOptions) throws {
        let chosen = try output.chosenColumns(of: columns)
        let headings = chosen.map { columns[$0].heading }
        let widths = zip(chosen, headings).map { index, heading in
            values[index].cells.reduce(max(3, heading.count)) { max($0, $1.width) }
        }
        var bytes: [UInt8] = []
        if !output.noHeader {
            let layout = TextLayout(headings: headings, widths: widths, alignment: .right)
            bytes += layout.heading.map { $0 + "\n" }.joined().utf8
        }
        for place in 0..<count {
            let row = order.map { Int($0[place]) } ?? place
            for (position, index) in chosen.enumerated() {
                let cell = values[index].cells[Int(values[index].codes[row])]
                if position > 0 { bytes.append(UInt8(ascii: " ")) }
                bytes += repeatElement(UInt8(ascii: " "), count: widths[position] - cell.width)
                bytes += cell.text.utf8
            }
            bytes.append(UInt8(ascii: "\n"))
            if bytes.count >= 1 << 16 {
                Console.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        Console.write(bytes)
    }
}

extension OutputTable.Cell {
    /// How many characters the text form has.
    fileprivate var width: Int {
        if case .id = self { 36 } else { text.count }
    }

    /// What rows are sorted by: numbers by size, before texts by their bytes.
    fileprivate var sortKey: DimensionValue {
        switch self {
        case .null: .string("")
        case .int(let value): .int(value)
        default: .string(text)
        }
    }
}
