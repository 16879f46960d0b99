internal import Databases
internal import Dimensions
internal import SphericalGeometry
internal import StewardCore

extension RegistryCheck {
    /// Records whose overlaps are compared at a time.
    private static let overlapRecords = 1000
    /// Pixels that a finding names.
    private static let namedPixels = 20

    /// One spatial element and its pixels.
    private struct OverlapComparison {
        let overlap: RegistrySchema.SkyPixelOverlap
        let table: TableSpec
        let system: String
        let level: Int
        let pixels: HTMPixelization
        let isRepairing: Bool

        var keys: [String] { overlap.element.required }
    }

    /// The pixels of one record that are missing and that are too many, in order.
    private struct OverlapDifference {
        let key: [SQLValue]
        let missing: [Int64]
        let surplus: [Int64]
    }

    /// Checks that the stored sky pixels of each region are those of its envelope, and makes them so.
    func checkOverlaps(_ repairing: Bool, on connection: any Connection, _ report: Report) throws {
        guard case .skyPixel(let system, let level) = schema.universe.commonSkyPixel.kind,
            schema.universe.skyPixelClasses[system]?.hasSuffix("HtmPixelization") == true
        else {
            return try report(
                RepositoryFinding(
                    .unchecked,
                    "overlaps",
                    "Overlaps with \(schema.universe.commonSkyPixel.name) pixels are not checked.",
                    remedy: "This program indexes regions by HTM pixels only.",
                    severity: .note
                )
            )
        }
        let pixels = try HTMPixelization(level: level)
        for overlap in schema.overlaps {
            guard let table = schema.table(of: overlap.element) else { continue }
            let comparison = OverlapComparison(
                overlap: overlap,
                table: table,
                system: system,
                level: level,
                pixels: pixels,
                isRepairing: repairing
            )
            try check(comparison, on: connection, report)
        }
    }

    /// Goes through an element's records in the order of their keys, with the overlaps up to each page's last key.
    private func check(_ comparison: OverlapComparison, on connection: any Connection, _ report: Report) throws {
        var last: [SQLValue]?
        while true {
            try connection.checkCancellation()
            let page = try records(comparison, after: last, on: connection)
            let keyCount = comparison.keys.count
            let isEnd = page.rowCount < Self.overlapRecords
            let next = isEnd ? nil : (0..<keyCount).map { page.value(page.rowCount - 1, $0) }
            var expected: [[SQLValue]: [Int64]] = [:]
            var undecoded: Set<[SQLValue]> = []
            for row in 0..<page.rowCount {
                let key = (0..<keyCount).map { page.value(row, $0) }
                do {
                    expected[key] = try Self.envelope(page, row, keyCount, comparison.pixels)
                } catch let error as ButlerError {
                    undecoded.insert(key)
                    if !comparison.isRepairing { try report(Self.undecodable(comparison, key, error)) }
                }
            }
            let stored = try overlaps(comparison, after: last, upTo: next, on: connection)
            let differences = Self.differences(expected, stored, ignoring: undecoded)
            for difference in differences { try tell(difference, comparison, report) }
            if comparison.isRepairing { try repair(differences, comparison, on: connection) }
            guard let next else { return }
            last = next
        }
    }

    private func records(
        _ comparison: OverlapComparison,
        after last: [SQLValue]?,
        on connection: any Connection
    ) throws -> ColumnPage {
        let table = comparison.table
        let names = comparison.overlap.element.fields.prefix(comparison.keys.count).map(\.name)
        let region = comparison.overlap.element.fields.first { $0.type == .region }?.name ?? "region"
        let condition: SQL = last.map { " WHERE \(Self.compared(names, " > ", $0))" } ?? ""
        let sql: SQL = """
            SELECT \((names + [region]).identifierList) FROM \(table: table.name)\(condition) \
            ORDER BY \(names.identifierList) LIMIT \(Self.overlapRecords)
            """
        return try connection.query(sql, kinds: table.kinds(of: names) + [.text])
    }

    /// The stored pixels by record, sorted.
    private func overlaps(
        _ comparison: OverlapComparison,
        after last: [SQLValue]?,
        upTo next: [SQLValue]?,
        on connection: any Connection
    ) throws -> [[SQLValue]: [Int64]] {
        let table = comparison.overlap.table
        let keys = comparison.keys
        var condition: SQL = """
            \(id: "skypix_system") = \(comparison.system) AND \(id: "skypix_level") = \(comparison.level)
            """
        if let last { condition += " AND \(Self.compared(keys, " > ", last))" }
        if let next { condition += " AND \(Self.compared(keys, " <= ", next))" }
        let columns = keys + ["skypix_index"]
        let sql: SQL = """
            SELECT \(columns.identifierList) FROM \(table: table.name) WHERE \(condition) \
            ORDER BY \(columns.identifierList)
            """
        var found: [[SQLValue]: [Int64]] = [:]
        var current: [SQLValue] = []
        var pixels: [Int64] = []
        try connection.stream(sql, kinds: table.kinds(of: columns), pageRows: Self.pageRows) { page in
            for row in 0..<page.rowCount {
                let key = keys.indices.map { page.value(row, $0) }
                if key != current {
                    if !pixels.isEmpty { found[current] = pixels }
                    (current, pixels) = (key, [])
                }
                if let pixel = page.integer(row, keys.count) { pixels.append(pixel) }
            }
            return true
        }
        if !pixels.isEmpty { found[current] = pixels }
        return found
    }

    /// A comparison of some columns, as one, with a row of values.
    private static func compared(_ columns: [String], _ comparison: SQL, _ values: [SQLValue]) -> SQL {
        let row = values.map { "\($0)" as SQL }.joined(separator: ", ")
        return columns.count == 1
            ? "\(columns.identifierList)\(comparison)\(row)" : "(\(columns.identifierList))\(comparison)(\(row))"
    }

    private static func envelope(
        _ page: ColumnPage,
        _ row: Int,
        _ column: Int,
        _ pixels: HTMPixelization
    ) throws -> [Int64] {
        guard !page.isNull(row, column) else { return [] }
        let region = try page.columns[column].withBytes(row) { try Region(base64UTF8: $0) }
        return try pixels.envelope(of: region).members.map { Int64(bitPattern: $0) }
    }

    private static func differences(
        _ expected: [[SQLValue]: [Int64]],
        _ stored: [[SQLValue]: [Int64]],
        ignoring undecoded: Set<[SQLValue]>
    ) -> [OverlapDifference] {
        var found: [OverlapDifference] = []
        for key in Set(expected.keys).union(stored.keys) where !undecoded.contains(key) {
            let (wanted, present) = (expected[key] ?? [], stored[key] ?? [])
            guard wanted != present else { continue }
            let missing = Set(wanted).subtracting(present).sorted()
            let surplus = Set(present).subtracting(wanted).sorted()
            found.append(OverlapDifference(key: key, missing: missing, surplus: surplus))
        }
        return found.sorted { $0.key.description < $1.key.description }
    }

    private static func subject(_ comparison: OverlapComparison, _ key: [SQLValue]) -> String {
        let values = zip(comparison.keys, key).map { "\($0): \($1)" }
        return "\(comparison.overlap.element.name) {\(values.joined(separator: ", "))}"
    }

    private static func undecodable(
        _ comparison: OverlapComparison,
        _ key: [SQLValue],
        _ error: ButlerError
    ) -> RepositoryFinding {
        RepositoryFinding(
            .region,
            subject(comparison, key),
            "The stored region cannot be used: \(error.message)",
            remedy: "Define the record anew, for instance with \"steward define-visits --update-records\"."
        )
    }

    private func tell(_ difference: OverlapDifference, _ comparison: OverlapComparison, _ report: Report) throws {
        let subject = Self.subject(comparison, difference.key)
        let parts: [(RepositoryFinding.Kind, [Int64], String, String)] = [
            (.missingOverlap, difference.missing, "Sky pixels that the region touches are missing", "added"),
            (.surplusOverlap, difference.surplus, "There are sky pixels that the region does not touch", "removed"),
        ]
        for (kind, pixels, text, verb) in parts where !pixels.isEmpty {
            let named = pixels.prefix(Self.namedPixels).map(String.init).joined(separator: ", ")
            let finding = RepositoryFinding(
                kind,
                subject,
                "\(text): \(named)\(pixels.count > Self.namedPixels ? ", … (\(pixels.count) in all)" : "").",
                remedy: Self.repairRemedy,
                severity: kind == .missingOverlap ? .error : .warning,
                state: .repairable
            )
            try report(comparison.isRepairing ? finding.repaired("\(pixels.count) rows were \(verb).") : finding)
        }
    }

    private func repair(
        _ differences: [OverlapDifference],
        _ comparison: OverlapComparison,
        on connection: any Connection
    ) throws {
        let table = comparison.overlap.table
        let head: [SQLValue] = [.text(comparison.system), .int(Int64(comparison.level))]
        var added = RowBatch(columns: table.columns.map(\.name))
        var surplus: [[SQLValue]] = []
        for difference in differences {
            for pixel in difference.missing { added.append(row: head + difference.key + [.int(pixel)]) }
            surplus += difference.surplus.map { difference.key + [.int($0)] }
        }
        try connection.insert(added, into: table, onConflict: .keepSameKey)
        let columns = comparison.keys + ["skypix_index"]
        for chunk in DatasetTables.chunks(surplus, width: columns.count, connection.dialect) {
            let sql: SQL = """
                DELETE FROM \(table: table.name) WHERE \(id: "skypix_system") = \(comparison.system) \
                AND \(id: "skypix_level") = \(comparison.level) AND \(DimensionTables.matches(columns, Array(chunk)))
                """
            try connection.execute(sql)
        }
    }
}
