internal import StewardCore

/// The archive of objects that follows the images of an exposure (`afw: src/table/io/InputArchive.cc`).
///
/// Its index is read at once, the tables of an object only when the object is asked for.
public struct Archive {
    /// One part of an object: rows of one table.
    public struct Entry: Sendable, Hashable {
        /// Identifier of the object; 1 and up.
        public let id: Int
        /// Number of the data table, or less than 1 for an object without tables.
        public let table: Int
        /// Which of the object's own tables this is.
        public let part: Int
        /// The rows.
        public let rows: Range<Int>
        /// Name of the object's class, by which it is decoded.
        public let className: String
        /// Python module that defines the class; may be empty.
        public let module: String
    }

    /// The index in order of identifiers and parts.
    public let entries: [Entry]
    let file: FITSFile
    private let indexUnit: Int
    private let tableCount: Int

    /// Reads the index.
    ///
    /// - Parameters:
    ///   - file: An open file.
    ///   - index: Position of the index's unit from 0 (`AR_HDU` - 1).
    /// - Throws: `ButlerError` of code `corruptFile` or `header` if there is no such index or it is malformed.
    public init(_ file: FITSFile, index: Int) throws {
        self.file = file
        indexUnit = index
        let table = try file.table(index)
        guard table.header["EXTTYPE"]?.stringValue ?? "ARCHIVE_INDEX" == "ARCHIVE_INDEX" else {
            throw table.failure("HDU \(index) is no index of an archive.")
        }
        tableCount = Int(clamping: table.header["AR_NCAT"]?.integerValue ?? 1)
        let columns = try ["id", "cat.archive", "cat.persistable", "row0", "nrows"].map { try table.integers($0) }
        let names = try table.strings("name")
        let modules = try table.strings("module")
        var entries: [Entry] = []
        for row in 0..<table.rowCount {
            let (first, count) = (columns[3][row], columns[4][row])
            guard count == 0 || (first >= 0 && count > 0 && count <= Int32.max && first <= Int32.max) else {
                throw table.failure("Row \(row) of the archive's index has impossible rows \(first) and \(count).")
            }
            let start = count == 0 ? 0 : Int(first)
            entries.append(
                Entry(
                    id: Int(columns[0][row]),
                    table: count == 0 ? 0 : Int(columns[1][row]),
                    part: Int(columns[2][row]),
                    rows: start..<(start + Int(count)),
                    className: names[row],
                    module: modules[row]
                )
            )
        }
        self.entries = entries.sorted { ($0.id, $0.part) < ($1.id, $1.part) }
    }

    /// Name of an object's class, or nil if there is no such object.
    public func className(of id: Int) -> String? {
        entries.first { $0.id == id }?.className
    }

    /// The rows of an object's tables, in order of its parts.
    ///
    /// - Parameter id: Identifier of the object.
    /// - Returns: A table for each part; none for objects without tables.
    /// - Throws: `ButlerError` of code `corruptFile` if there is no such object, or its tables lack rows.
    public func tables(of id: Int) throws -> [FITSTable] {
        let parts = entries.filter { $0.id == id }
        guard !parts.isEmpty else { throw failure("The archive has no object \(id).") }
        return try parts.filter { $0.table > 0 }.map { entry in
            guard entry.table < tableCount else { throw failure("The archive has no table \(entry.table).") }
            let position = indexUnit + entry.table
            let header = try file.unit(position).header
            guard header["EXTTYPE"]?.stringValue ?? "ARCHIVE_DATA" == "ARCHIVE_DATA",
                header["AR_CATN"]?.integerValue ?? Int64(entry.table) == Int64(entry.table)
            else { throw failure("HDU \(position) is not table \(entry.table) of the archive.") }
            return try file.table(position, rows: entry.rows)
        }
    }

    /// The first table of an object with at least one row.
    func table(of id: Int) throws -> FITSTable {
        guard let table = try tables(of: id).first, table.rowCount > 0 else {
            throw failure("The object \(id) of the archive has no rows.")
        }
        return table
    }

    func failure(_ message: String) -> ButlerError {
        ButlerError(.corruptFile, message).adding("file", file.name)
    }

    func unknownClass(_ id: Int, wanted: String) -> ButlerError {
        ButlerError(
            .formatter,
            "The object \(id) of the archive is a \"\(className(of: id) ?? "")\", which is not decoded as \(wanted)."
        ).adding("file", file.name)
    }
}

extension FITSTable {
    /// The only value, or the first row's, of a column of integers that fit `Int`.
    func integer(_ name: String) throws -> Int { Int(clamping: try integers(name).first ?? 0) }

    /// The first row's value of a column of numbers.
    func real(_ name: String) throws -> Double { try reals(name).first ?? .nan }

    /// The first row's flag of this name, from the packed flags of `lsst.afw` tables.
    func flag(_ name: String) throws -> Bool { try flags(name).first ?? false }

    /// A flag of all rows.
    ///
    /// - Parameter name: Name of the flag (`TFLAG`).
    /// - Returns: Whether it is set, for each row.
    /// - Throws: `ButlerError` of code `corruptFile` if there is no such flag.
    public func flags(_ name: String) throws -> [Bool] {
        guard
            let number = header["FLAGCOL"]?.integerValue, let column = columns.first(where: { $0.number == number }),
            case .fixed(let count) = column.length, column.type == .bit,
            let position = (1..<(count + 1)).first(where: { header["TFLAG\($0)"]?.stringValue == name })
        else { throw failure("The table has no flag \"\(name)\".") }
        let bits = try logicals(column.name)
        return (0..<rowCount).map { bits[$0 * count + position - 1] }
    }
}
