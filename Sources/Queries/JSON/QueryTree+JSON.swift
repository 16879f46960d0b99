public import Dimensions
public import StewardCore

extension QueryTree {
    /// Reads a query from the reference's JSON form.
    ///
    /// Uploaded and materialised tables stand there by identifier only; their rows come separately.
    ///
    /// - Parameters:
    ///   - json: The tree.
    ///   - tables: Tables by identifier.
    ///   - universe: The universe.
    /// - Throws: ``ButlerError`` with `.invalidQuery`, `.dimensionName`, or `.unimplementedQuery`.
    public init(json: JSONValue, tables: [String: DataIDTable] = [:], in universe: DimensionUniverse) throws {
        let reader = QueryJSONReader(universe: universe)
        var tree = QueryTree(in: universe).joining(try reader.group(reader.member("dimensions", of: json)))
        for member in json["datasets"]?.members ?? [] {
            let collections = (member.value["collections"]?.array ?? []).compactMap(\.string)
            let group = try reader.group(reader.member("dimensions", of: member.value))
            tree = try tree.joining(DatasetSearch(named: member.key, dimensions: group, collections: collections))
        }
        if let any = json["any_dataset"], !any.isNull {
            throw ButlerError(.unimplementedQuery, "Searches for datasets of any type cannot be answered.")
        }
        for key in ["data_coordinate_uploads", "materializations"] {
            for member in json[key]?.members ?? [] {
                guard let table = tables[member.key] else {
                    throw ButlerError(.invalidQuery, "The rows of the table \"\(member.key)\" are missing.")
                }
                tree = tree.joining(table)
            }
        }
        tree = try tree.filtered(by: reader.predicate(reader.member("predicate", of: json)))
        tree.checksGovernors = json["validateGovernorConstraints"]?.bool ?? true
        self = tree
    }

    /// The reference's JSON form.
    ///
    /// - Parameter identifiers: Identifiers of the tables, in their order; as many as there are tables.
    /// - Returns: The tree, with tables by identifier only.
    public func json(identifiers: [String] = []) -> JSONValue {
        func members(_ wanted: Bool) -> JSONValue {
            .object(
                zip(identifiers, tables).filter { $0.1.hasImplied == wanted }
                    .map { .init($0.0, Self.names($0.1.dimensions)) }
            )
        }
        let datasets = searches.map { search -> JSONValue.Member in
            .init(
                search.datasetType,
                .object([
                    "collections": .array(search.collections.map { .string($0) }),
                    "dimensions": Self.names(search.dimensions),
                ])
            )
        }
        return .object([
            "dimensions": Self.names(dimensions), "datasets": .object(datasets), "any_dataset": .null,
            "data_coordinate_uploads": members(false), "materializations": members(true), "predicate": predicate.json,
            "validateGovernorConstraints": .bool(checksGovernors),
        ])
    }

    fileprivate static func names(_ group: DimensionGroup) -> JSONValue {
        .array(group.names.map { .string($0) })
    }
}

extension DatasetSearch {
    /// A search of a dataset type of which only name and dimensions are known.
    init(named name: String, dimensions: DimensionGroup, collections: [String]) {
        datasetType = name
        self.dimensions = dimensions
        self.collections = collections
    }
}
