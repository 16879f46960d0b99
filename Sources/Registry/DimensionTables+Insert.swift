public import Databases
public import Dimensions
internal import SphericalGeometry
internal import StewardCore

extension DimensionTables {
    /// What happens to a record that exists.
    public enum InsertRule: Sendable, Hashable {
        /// The insertion fails.
        case fail
        /// The stored record is left as it is, whatever its values.
        case skip
        /// The stored record gets the new values.
        case replace
    }

    /// Inserts records, in an order in which each refers only to those before it.
    ///
    /// One statement for each element. Spatial elements take one more for their overlaps with sky pixels (two when
    /// skipping or replacing), governors one for each spatial element under them; the first spatial record of a process takes one
    /// to check the overlaps' pixelisation.
    ///
    /// - Parameters:
    ///   - records: Records of any elements that have tables.
    ///   - rule: What happens to a record that exists.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.integrity` if a record exists or something it refers to does not,
    ///   `.invalidArgument` for elements without tables, `.incompatibleRepository` if the overlaps use another
    ///   pixelisation; database errors.
    public func insert(
        _ records: [DimensionRecord],
        onExisting rule: InsertRule = .fail,
        on connection: any Connection
    ) throws {
        for (element, group) in Self.grouped(records) {
            let coder = try coder(element)
            cache.noteChange(of: element)
            let new = rule == .skip ? try unstored(group, of: element, on: connection) : group
            let conflict: ConflictRule =
                switch rule {
                case .fail: .fail
                case .skip: .keepSameKey
                case .replace: .replace
                }
            do {
                try connection.insert(coder.rows(group), into: coder.table, onConflict: conflict)
            } catch let error as ButlerError where error.code == .integrity {
                throw refused(element, error)
            }
            try insertOverlaps(new, of: element, deletingOld: rule == .replace, on: connection)
            try insertSummaries(group, of: element, on: connection)
        }
    }

    /// The records of a spatial element that are not stored yet, so that only they get overlaps; others as they are.
    private func unstored(
        _ records: [DimensionRecord],
        of element: DimensionElement,
        on connection: any Connection
    ) throws -> [DimensionRecord] {
        guard element.isSpatial else { return records }
        let stored = try self.records(of: element, keys: records.map(\.key), on: connection)
        var seen: Set<[DimensionValue]> = []
        return records.filter { stored[$0.key] == nil && seen.insert($0.key).inserted }
    }

    /// Records by element, elements in universe order, in which each comes after those it depends on.
    static func grouped(_ records: [DimensionRecord]) -> [(element: DimensionElement, records: [DimensionRecord])] {
        var groups: [Int: [DimensionRecord]] = [:]
        for record in records { groups[record.element.position, default: []].append(record) }
        return groups.sorted { $0.key < $1.key }.compactMap { _, group in group.first.map { ($0.element, group) } }
    }

    private func refused(_ element: DimensionElement, _ cause: ButlerError) -> ButlerError {
        let others = element.required.filter { $0 != element.name } + element.implied
        let needed = others.compactMap(universe.find).filter(\.hasTable).map(\.name)
        return ButlerError(
            .integrity,
            "Records of \"\(element.name)\" cannot be inserted: "
                + "a record of the same key or name exists, or one that they refer to does not.",
            remedy: needed.isEmpty
                ? "Skip or replace existing records."
                : "Insert the records of \(needed.joined(separator: ", ")) first; skip or replace existing records.",
            cause: cause
        )
    }

    // MARK: Overlaps with sky pixels

    /// Stores which pixels of the common pixelisation the records' regions touch.
    func insertOverlaps(
        _ records: [DimensionRecord],
        of element: DimensionElement,
        deletingOld: Bool,
        on connection: any Connection
    ) throws {
        guard let overlap = schema.overlap(of: element) else { return }
        try checkOverlaps(on: connection)
        let (system, level, pixels) = try commonPixelization()
        if deletingOld { try deleteOverlaps(records, overlap, system, level, on: connection) }
        var rows = RowBatch(columns: overlap.table.columns.map(\.name))
        // Of several records of one key the last one is stored when replacing.
        for record in ElementRecords(element, records).records {
            guard let region = record.region else { continue }
            let key = record.key.map(\.sqlValue)
            for pixel in try pixels.envelope(of: region).members {
                rows.append(row: [.text(system), .int(Int64(level))])
                rows.append(row: key)
                rows.append(Int64(bitPattern: pixel))
            }
        }
        try connection.insert(rows, into: overlap.table)
    }

    private func deleteOverlaps(
        _ records: [DimensionRecord],
        _ overlap: RegistrySchema.SkyPixelOverlap,
        _ system: String,
        _ level: Int,
        on connection: any Connection
    ) throws {
        let keys = Array(Set(records.map(\.key))).map { $0.map(\.sqlValue) }
        let columns = overlap.element.required
        let chunk = max(1, connection.dialect.maximumBindings / 4 / columns.count)
        for start in stride(from: 0, to: keys.count, by: chunk) {
            let some = Array(keys[start..<min(start + chunk, keys.count)])
            let sql: SQL = """
                DELETE FROM \(table: overlap.table.name) WHERE \(id: "skypix_system") = \(system) \
                AND \(id: "skypix_level") = \(level) AND \(Self.matches(columns, some))
                """
            try connection.execute(sql)
        }
    }

    /// For each governor value among the records, says that its spatial elements' overlaps use the common pixelisation.
    func insertSummaries(
        _ records: [DimensionRecord],
        of element: DimensionElement,
        on connection: any Connection
    ) throws {
        guard element.isGovernor, !records.isEmpty else { return }
        guard case .skyPixel(let system, let level) = universe.commonSkyPixel.kind else { return }
        for overlap in schema.overlaps where overlap.element.required.contains(element.name) {
            let columns = overlap.summary.columns.map(\.name)
            // A summary of several governors gets its rows with the first record of the element itself.
            guard columns.count == 3 else { continue }
            var rows = RowBatch(columns: columns)
            for record in records {
                rows.append(row: [.text(system), .int(Int64(level))])
                rows.append(row: record.key.map(\.sqlValue))
            }
            try connection.ensure(rows, in: overlap.summary)
        }
    }

    /// Refuses to write where the overlaps use another pixelisation than the universe's common one.
    private func checkOverlaps(on connection: any Connection) throws {
        guard !cache.overlapsAreChecked, !schema.overlaps.isEmpty,
            case .skyPixel(let system, let level) = universe.commonSkyPixel.kind
        else { return }
        let parts = schema.overlaps.map { overlap -> SQL in
            """
            SELECT \(id: "skypix_system"), \(id: "skypix_level") FROM \(table: overlap.summary.name) \
            WHERE \(id: "skypix_system") <> \(system) OR \(id: "skypix_level") <> \(level)
            """
        }
        let page = try connection.query(parts.joined(separator: " UNION "), kinds: [.label, .integer])
        if let other = page.text(first: 0), let otherLevel = page.integer(first: 1) {
            throw ButlerError(
                .incompatibleRepository,
                "The repository's spatial overlaps use the pixelisation \(other)\(otherLevel), "
                    + "but its universe says \(universe.commonSkyPixel.name).",
                remedy: "Open it read-only."
            )
        }
        cache.overlapsAreChecked = true
    }

    private func commonPixelization() throws -> (system: String, level: Int, pixels: HTMPixelization) {
        guard case .skyPixel(let system, let level) = universe.commonSkyPixel.kind,
            universe.skyPixelClasses[system]?.hasSuffix("HtmPixelization") == true
        else {
            throw ButlerError(
                .incompatibleRepository,
                "Spatial records cannot be written: the universe's common pixels are \(universe.commonSkyPixel.name), "
                    + "and this program indexes regions by HTM pixels only.",
                remedy: "Open the repository read-only."
            )
        }
        return (system, level, try HTMPixelization(level: level))
    }
}

extension ColumnPage {
    /// The text in a column of the first row, or nil.
    func text(first column: Int) -> String? { isEmpty ? nil : text(0, column) }

    /// The integer in a column of the first row, or nil.
    func integer(first column: Int) -> Int64? { isEmpty ? nil : integer(0, column) }
}
