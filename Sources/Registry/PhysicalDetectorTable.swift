public import Databases
public import Dimensions
internal import AstroTime

/// Reads and writes which physical detectors were in the slots of cameras: a table of Steward's own.
///
/// Functions that write need a write connection and leave the transaction to the caller.
public struct PhysicalDetectorTable: Sendable {
    private static let table = TableSpec(
        "steward_physical_detector",
        columns: [
            .key("instrument", .string(32)), .key("detector", .int64), .key("source", .string(16)),
            .key("valid_from", .int64), .required("valid_until", .int64), .required("serial", .text),
        ],
        foreignKeys: [.init(["instrument", "detector"], references: "detector", ["instrument", "id"], cascades: true)]
    )
    private static let definition = ExtensionTables.Definition(
        name: "steward_physical_detector",
        version: 1,
        tables: [table]
    )

    /// Rows that one statement removes; each has three bindings, of which older SQLite takes 999.
    private static let removedAtOnce = 256

    private let extensions: ExtensionTables

    init(_ extensions: ExtensionTables) {
        self.extensions = extensions
    }

    /// What is known of a camera.
    ///
    /// One statement, none when the table does not exist.
    ///
    /// - Parameters:
    ///   - instrument: Name of the instrument.
    ///   - connection: Where to read.
    /// - Returns: The history, empty when nothing is known.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` for another version of the table; database errors.
    public func history(of instrument: String, on connection: any Connection) throws -> DetectorHistory {
        guard try extensions.exist(Self.definition, on: connection) else { return DetectorHistory() }
        let sql: SQL = """
            SELECT \(id: "detector"), \(id: "source"), \(id: "valid_from"), \(id: "valid_until"), \(id: "serial") \
            FROM \(table: Self.table.name) WHERE \(id: "instrument") = \(instrument)
            """
        let page = try connection.query(sql, kinds: [.integer, .text, .integer, .integer, .text])
        return DetectorHistory(
            (0..<page.rowCount).compactMap { row in
                guard let detector = page.integer(row, 0),
                    let source = page.text(row, 1).flatMap(DetectorInstallation.Source.init),
                    let begin = page.integer(row, 2), let end = page.integer(row, 3), let serial = page.text(row, 4)
                else { return nil }
                let span = Timespan(beginNanoseconds: begin, endNanoseconds: end)
                return DetectorInstallation(detector: detector, serial: serial, timespan: span, source: source)
            }
        )
    }

    /// Changes what is known of a camera; the table is created on first need.
    ///
    /// Four statements, two when nothing changes; only rows that differ are written.
    ///
    /// - Parameters:
    ///   - instrument: Name of the instrument.
    ///   - connection: A write connection.
    ///   - change: Notes something in the history.
    /// - Returns: The history before and after.
    /// - Throws: ``ButlerError`` with `.integrity` for slots that are not registered; database errors.
    public func update(
        _ instrument: String,
        on connection: any Connection,
        _ change: (inout DetectorHistory) -> Void
    ) throws -> (before: DetectorHistory, after: DetectorHistory) {
        if try extensions.exist(Self.definition, on: connection) { try connection.lock(Self.table.name) }
        let before = try history(of: instrument, on: connection)
        var after = before
        change(&after)
        guard after != before else { return (before, after) }
        try extensions.ensure(Self.definition, on: connection)
        let (old, new) = (before.installations, after.installations)
        let kept = Set(old).intersection(new)
        try remove(old.filter { !kept.contains($0) }, of: instrument, on: connection)
        try connection.insert(Self.rows(new.filter { !kept.contains($0) }, of: instrument), into: Self.table)
        return (before, after)
    }

    private func remove(
        _ installations: [DetectorInstallation],
        of instrument: String,
        on connection: any Connection
    ) throws {
        for start in stride(from: 0, to: installations.count, by: Self.removedAtOnce) {
            let some = installations[start..<min(start + Self.removedAtOnce, installations.count)]
            let keys: [[SQLValue]] = some.map {
                [.int($0.detector), .text($0.source.rawValue), .int($0.timespan.beginNanoseconds)]
            }
            try connection.execute(
                """
                DELETE FROM \(table: Self.table.name) WHERE \(id: "instrument") = \(instrument) \
                AND (\(id: "detector"), \(id: "source"), \(id: "valid_from")) \(inRows: keys)
                """
            )
        }
    }

    private static func rows(_ installations: [DetectorInstallation], of instrument: String) -> RowBatch {
        var rows = RowBatch(
            columns: ["instrument", "detector", "source", "valid_from", "valid_until", "serial"]
        )
        for item in installations {
            rows.append(row: [
                .text(instrument), .int(item.detector), .text(item.source.rawValue),
                .int(item.timespan.beginNanoseconds), .int(item.timespan.endNanoseconds), .text(item.serial),
            ])
        }
        return rows
    }
}
