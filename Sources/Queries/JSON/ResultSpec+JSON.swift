internal import Datasets
public import Dimensions
public import StewardCore

extension ResultSpec {
    /// Reads a specification from the reference's JSON form.
    ///
    /// - Parameters:
    ///   - json: The specification.
    ///   - universe: The universe.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.dimensionName`.
    public init(json: JSONValue, in universe: DimensionUniverse) throws {
        let reader = QueryJSONReader(universe: universe)
        self.init(
            try Self.rows(json, reader),
            withRecords: json["include_dimension_records"]?.bool ?? false,
            order: try (json["order_by"]?.array ?? []).map { try OrderTerm(json: $0, reader) },
            limit: json["limit"]?.int.flatMap { Int(exactly: $0) }
        )
    }

    private static func rows(_ json: JSONValue, _ reader: QueryJSONReader) throws -> Rows {
        switch try reader.text("result_type", of: json) {
        case "data_coordinate": return .dataIDs(try reader.group(reader.member("dimensions", of: json)))
        case "dimension_record": return .records(try reader.universe.element(reader.text("element", of: json)))
        case "dataset_ref":
            let type = try DatasetType(
                name: reader.text("dataset_type_name", of: json),
                dimensions: reader.group(reader.member("dimensions", of: json)),
                storageClass: reader.text("storage_class_name", of: json)
            )
            return .datasets(type, findFirst: json["find_first"]?.bool ?? true)
        case "general":
            let columns = try GeneralColumns(
                dimensions: reader.group(reader.member("dimensions", of: json)),
                dimensionFields: sets(json["dimension_fields"]),
                datasetFields: sets(json["dataset_fields"]).mapValues { names in
                    Set(
                        try names.map { name in
                            guard let field = DatasetField(rawValue: name) else {
                                throw ButlerError(.invalidQuery, "Datasets have no field \"\(name)\".")
                            }
                            return field
                        }
                    )
                },
                findFirst: json["find_first"]?.bool ?? false
            )
            return .general(columns)
        default: throw QueryJSONReader.malformed(json, "has an unknown type of results")
        }
    }

    private static func sets(_ json: JSONValue?) -> [String: Set<String>] {
        let pairs = (json?.members ?? []).map { ($0.key, Set(($0.value.array ?? []).compactMap(\.string))) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The reference's JSON form; lists of fields are sorted.
    ///
    /// - Parameter universe: The universe.
    /// - Returns: The specification.
    public func json(in universe: DimensionUniverse) -> JSONValue {
        let names = JSONValue.array(dimensions(in: universe).names.map { .string($0) })
        let records = JSONValue.Member("include_dimension_records", .bool(withRecords))
        var kind: String
        var own: [JSONValue.Member]
        switch rows {
        case .dataIDs: (kind, own) = ("data_coordinate", [.init("dimensions", names), records])
        case .records(let element): (kind, own) = ("dimension_record", [.init("element", .string(element.name))])
        case .datasets(let type, let findFirst):
            kind = "dataset_ref"
            own = [
                .init("dataset_type_name", .string(type.name)), .init("dimensions", names),
                .init("storage_class_name", .string(type.storageClass)), records, .init("find_first", .bool(findFirst)),
            ]
        case .general(let columns):
            kind = "general"
            own = [
                .init("dimensions", names), .init("dimension_fields", Self.lists(columns.dimensionFields)),
                .init("dataset_fields", Self.lists(columns.datasetFields.mapValues { Set($0.map(\.rawValue)) })),
                records, .init("find_first", .bool(columns.findFirst)),
            ]
        }
        let common: [JSONValue.Member] = [
            .init("result_type", .string(kind)), .init("order_by", .array(order.map(\.json))),
            .init("limit", limit.map { .int(Int64($0)) } ?? .null), .init("allow_duplicate_overlaps", false),
        ]
        return .object(common + own)
    }

    private static func lists(_ sets: [String: Set<String>]) -> JSONValue {
        .object(sets.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value.sorted().map { .string($0) })) })
    }
}

extension OrderTerm {
    fileprivate init(json: JSONValue, _ reader: QueryJSONReader) throws {
        if json["expression_type"]?.string == "reversed" {
            try self.init(reader.expression(reader.member("operand", of: json)), isDescending: true)
        } else {
            try self.init(reader.expression(json))
        }
    }

    /// The reference's JSON form.
    fileprivate var json: JSONValue {
        isDescending ? .object(["expression_type": "reversed", "operand": expression.json]) : expression.json
    }
}
