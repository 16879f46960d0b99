public import Databases
public import Dimensions
internal import StewardCore

/// Reads and writes the records of dimension elements.
///
/// Records of cached elements (instrument, detector, physical_filter, …) are kept in memory and read again, whole
/// table in one statement, when one is not found. Functions that write need a write connection and leave the
/// transaction to the caller.
public final class DimensionTables: Sendable {
    /// The tables.
    public let schema: RegistrySchema
    let cache: RegistryCache
    private let coders: [Int: RecordCoder]

    init(_ schema: RegistrySchema, _ cache: RegistryCache) {
        self.schema = schema
        self.cache = cache
        let stored = schema.universe.elements.compactMap { element in
            schema.table(of: element).map { (element.position, RecordCoder(element, $0)) }
        }
        coders = Dictionary(uniqueKeysWithValues: stored)
    }

    var universe: DimensionUniverse { schema.universe }

    /// How records of an element with a table are stored.
    func coder(_ element: DimensionElement) throws -> RecordCoder {
        guard let coder = coders[element.position] else {
            throw ButlerError(
                .invalidArgument,
                "Dimension \"\(element.name)\" has no records of its own"
                    + (element.viewOf.map { ": its values are those in records of \"\($0)\"." } ?? "."),
                remedy: element.viewOf.map { "Insert a record of \"\($0)\"." }
            )
        }
        return coder
    }

    // MARK: Whole elements

    /// All records of an element.
    ///
    /// Cached elements take no statement when they are in memory, else one, as do others; sky pixels have none. A
    /// dimension that is a view has a record for each value in the records of the other.
    ///
    /// - Parameters:
    ///   - element: The element.
    ///   - refreshing: Whether to read again what is in memory.
    ///   - connection: Where to read.
    /// - Returns: The records in the order of their keys.
    /// - Throws: Database errors; `.corruptFile` for values that cannot be decoded.
    public func all(
        of element: DimensionElement,
        refreshing: Bool = false,
        on connection: any Connection
    ) throws -> ElementRecords {
        if let viewed = element.viewOf, let target = universe.find(viewed) {
            return viewRecords(of: element, in: try all(of: target, refreshing: refreshing, on: connection))
        }
        guard !element.isSkyPixel else { return ElementRecords(element) }
        if element.isCached, !refreshing, let known = cache.records(of: element) { return known }
        let coder = try coder(element)
        let generation = cache.generation
        let sql: SQL = """
            SELECT \(coder.selection(connection.dialect)) FROM \(table: coder.table.name) \
            ORDER BY \(coder.keyColumns.identifierList)
            """
        let page = try connection.query(sql, kinds: coder.kinds)
        let records = ElementRecords(element, try (0..<page.rowCount).map { try coder.record(page, $0) })
        if element.isCached { cache.remember(records, generation: generation) }
        return records
    }

    /// The records of a dimension that is a view: one for each value there is.
    private func viewRecords(of view: DimensionElement, in target: ElementRecords) -> ElementRecords {
        let values = Set(target.records.compactMap { $0[view.name]?.dimensionValue })
        return ElementRecords(view, values.sorted().map { Self.keyRecord(view, [$0]) })
    }

    /// A record with only its key's values.
    static func keyRecord(_ element: DimensionElement, _ key: [DimensionValue]) -> DimensionRecord {
        var values = [DimensionRecord.FieldValue](repeating: .null, count: element.fields.count)
        for (index, value) in key.enumerated() where index < values.count {
            switch value {
            case .int(let value): values[index] = .int(value)
            case .string(let value): values[index] = .string(value)
            }
        }
        return DimensionRecord(element, values: values)
    }

    // MARK: By key

    /// The records of an element with the given keys.
    ///
    /// Cached elements and views are answered from memory, read again once if a key is missing; others take one
    /// statement for about 8,000 / n keys of n values, none for keys known from undisturbed writes. Sky pixels always have
    /// a record.
    ///
    /// - Parameters:
    ///   - element: The element.
    ///   - keys: Values of the required dimensions, in the element's order; equal ones count once.
    ///   - connection: Where to read.
    /// - Returns: The records that exist.
    /// - Throws: Database errors; `.corruptFile` for values that cannot be decoded.
    public func records(
        of element: DimensionElement,
        keys: some Collection<[DimensionValue]>,
        on connection: any Connection
    ) throws -> ElementRecords {
        guard !keys.isEmpty else { return ElementRecords(element) }
        if !element.isSkyPixel, element.isCached || element.viewOf != nil {
            let known = try all(of: element, on: connection)
            if keys.allSatisfy({ known[$0] != nil }) { return known }
            return try all(of: element, refreshing: true, on: connection)
        }
        let distinct = Set(keys)
        if element.isSkyPixel { return ElementRecords(element, distinct.map { Self.keyRecord(element, $0) }) }
        let mark = connection.undisturbedMark
        if let known = cache.undisturbed(mark, { $0.records(element, distinct) }) ?? nil { return known }
        let found = try read(element, distinct, on: connection)
        cache.undisturbed(mark) { $0.note(found) }
        return found
    }

    private func read(
        _ element: DimensionElement,
        _ keys: Set<[DimensionValue]>,
        on connection: any Connection
    ) throws -> ElementRecords {
        let coder = try coder(element)
        var found = ElementRecords(element)
        let rows = keys.map { $0.map(\.sqlValue) }
        let chunk = max(1, connection.dialect.maximumBindings / 4 / coder.keyColumns.count)
        for start in stride(from: 0, to: rows.count, by: chunk) {
            let some = Array(rows[start..<min(start + chunk, rows.count)])
            let sql: SQL = """
                SELECT \(coder.selection(connection.dialect)) FROM \(table: coder.table.name) \
                WHERE \(Self.matches(coder.keyColumns, some))
                """
            let page = try connection.query(sql, kinds: coder.kinds)
            for row in 0..<page.rowCount { found.add(try coder.record(page, row)) }
        }
        return found
    }

    /// The records of an element with the given values in some of its fields, at most so many.
    ///
    /// Serves to complete data IDs from alternate keys and other facts: `full_name` of a detector, `obs_id` of an
    /// exposure, `day_obs` with `seq_num`. Cached elements are answered from memory, read again once if nothing is
    /// found; others take one statement.
    ///
    /// - Parameters:
    ///   - element: The element; no sky pixel.
    ///   - fields: Values by field name; the own key answers to the dimension's name too. A null matches null.
    ///   - limit: Most records to return.
    ///   - connection: Where to read.
    /// - Returns: Records in the order of their keys.
    /// - Throws: ``ButlerError`` with `.dimensionName` and candidates for an unknown field; database errors.
    public func records(
        of element: DimensionElement,
        matching fields: [String: DimensionRecord.FieldValue],
        limit: Int = 100,
        on connection: any Connection
    ) throws -> [DimensionRecord] {
        let wanted = try fields.sorted { $0.key < $1.key }.map { name, value in
            guard let index = element.fieldIndex(name) else {
                throw ButlerError(
                    .dimensionName,
                    "Records of \"\(element.name)\" have no field \"\(name)\".",
                    candidates: Candidates.nearest(to: name, in: element.fields.map(\.name))
                )
            }
            return (index: index, value: value)
        }
        if element.isCached || element.viewOf != nil {
            for refreshing in [false, true] {
                let records = try all(of: element, refreshing: refreshing, on: connection).records
                let found = records.filter { record in wanted.allSatisfy { record.values[$0.index] == $0.value } }
                if !found.isEmpty || refreshing { return Array(found.prefix(limit)) }
            }
        }
        return try select(element, wanted, limit: limit, on: connection)
    }

    private func select(
        _ element: DimensionElement,
        _ wanted: [(index: Int, value: DimensionRecord.FieldValue)],
        limit: Int,
        on connection: any Connection
    ) throws -> [DimensionRecord] {
        let coder = try coder(element)
        var condition: SQL = "1 = 1"
        for (index, value) in wanted {
            let name = element.fields[index].name
            switch value {
            case .null: condition += " AND \(id: name) IS NULL"
            case .int(let value): condition += " AND \(id: name) = \(value)"
            case .real(let value): condition += " AND \(id: name) = \(value)"
            case .string(let value): condition += " AND \(id: name) = \(value)"
            case .bool(let value): condition += " AND \(id: name) = \(value)"
            case .bytes, .region, .timespan:
                throw ButlerError(
                    .invalidArgument,
                    "Records of \"\(element.name)\" cannot be looked up by field \"\(name)\".",
                    remedy: "Give a number, a text or a truth value."
                )
            }
        }
        let sql: SQL = """
            SELECT \(coder.selection(connection.dialect)) FROM \(table: coder.table.name) WHERE \(condition) \
            ORDER BY \(coder.keyColumns.identifierList) LIMIT \(limit)
            """
        let page = try connection.query(sql, kinds: coder.kinds)
        return try (0..<page.rowCount).map { try coder.record(page, $0) }
    }

    /// The test that some columns have one of the given rows of values; the rows are not empty.
    static func matches(_ columns: [String], qualifier: String? = nil, _ rows: [[SQLValue]]) -> SQL {
        let names = columns.map { name -> SQL in qualifier.map { "\(id: $0, name)" } ?? "\(id: name)" }
        if rows.count == 1 {
            return zip(names, rows[0]).map { "\($0) = \($1)" as SQL }.joined(separator: " AND ")
        }
        if columns.count == 1 { return "\(names[0]) \(in: rows.map { $0[0] })" }
        return "(\(names.joined(separator: ", "))) \(inRows: rows)"
    }
}
