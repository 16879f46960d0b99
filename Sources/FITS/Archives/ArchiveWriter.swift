internal import StewardCore

/// Collects objects for an archive and writes its tables.
struct ArchiveWriter {
    /// Columns of one table, and the flags packed into its first one.
    struct Table {
        var columns: [FITSColumnContent]
        /// Names of the flags, and their values row by row.
        var flags: [(name: String, values: [Bool])] = []
        var rowCount: Int
    }

    private struct Object {
        let id: Int
        let className: String
        let module: String
        let table: Table?
    }

    private var objects: [Object] = []
    private var lastID = 0

    /// A new identifier, for an object that is added later.
    mutating func reserve() -> Int {
        lastID += 1
        return lastID
    }

    /// Adds an object with one table, or none.
    mutating func add(_ id: Int, _ className: String, _ module: String, _ table: Table?) {
        objects.append(Object(id: id, className: className, module: module, table: table))
    }

    /// Appends index and tables to a file.
    func write(to file: FITSFile) throws {
        try writeIndex(to: file)
        var versions: [String: Int64] = [:]
        var number: Int64 = 0
        for object in objects {
            guard let table = object.table else { continue }
            number += 1
            versions[object.className, default: 0] += 1
            var header = FITSHeader([
                ("EXTTYPE", "ARCHIVE_DATA"), ("AR_CATN", .integer(number)), ("AFW_TABLE_VERSION", 3),
                ("AR_NAME", .string(object.className)),
            ])
            if let version = versions[object.className], version > 1 { header["EXTVER"] = .integer(version) }
            try write(table, name: object.className, header: header, to: file)
        }
    }

    private func writeIndex(to file: FITSFile) throws {
        var number: Int32 = 0
        var rows: [(id: Int32, table: Int32, part: Int32, first: Int32, count: Int32)] = []
        for object in objects {
            guard let table = object.table else {
                rows.append((Int32(object.id), -1, -1, -1, 0))
                continue
            }
            number += 1
            rows.append((Int32(object.id), number, 0, 0, Int32(table.rowCount)))
        }
        let header = FITSHeader([
            ("EXTTYPE", "ARCHIVE_INDEX"), ("AR_CATN", 0), ("AR_NCAT", .integer(Int64(number) + 1)),
            ("AFW_TABLE_VERSION", 3),
        ])
        let columns: [FITSColumnContent] = [
            .init("id", .int32(rows.map(\.id))), .init("cat.archive", .int32(rows.map(\.table))),
            .init("cat.persistable", .int32(rows.map(\.part))), .init("row0", .int32(rows.map(\.first))),
            .init("nrows", .int32(rows.map(\.count))), .init("name", .string(objects.map(\.className)), .fixed(64)),
            .init("module", .string(objects.map(\.module)), .fixed(64)),
        ]
        let index = Table(columns: columns, rowCount: rows.count)
        try write(index, name: "ARCHIVE_INDEX", header: header, to: file)
    }

    private func write(_ table: Table, name: String, header: FITSHeader, to file: FITSFile) throws {
        var header = header
        var columns = table.columns
        if !table.flags.isEmpty {
            let bits = (0..<table.rowCount).flatMap { row in table.flags.map { $0.values[row] } }
            columns.insert(FITSColumnContent("flags", .logical(bits), .bits(table.flags.count)), at: 0)
            header["FLAGCOL"] = 1
            for (index, flag) in table.flags.enumerated() { header["TFLAG\(index + 1)"] = .string(flag.name) }
        }
        for (index, column) in columns.enumerated() {
            if case .bits = column.shape { continue }
            header["TCCLS\(index + 1)"] = .string(column.templateName)
        }
        try file.append(table: columns, name: name, header: header)
    }
}

extension FITSColumnContent {
    /// Name of the class of field that `lsst.afw` makes of the column.
    fileprivate var templateName: String {
        if case .string = elements { return "String" }
        // One coefficient is an array, too.
        if case .fixed(1) = shape, name != "coefficients" { return "Scalar" }
        return "Array"
    }
}
