internal import Datasets
internal import Dimensions
public import StewardCore

/// How a query would be answered: what is searched, how tables are joined, the statement, and what is done with its rows.
///
/// A value to look at; its ``description`` is meant for people, ``json`` for programs.
public struct QueryPlan: Sendable, Hashable {
    /// The collections of one dataset search.
    public struct Search: Sendable, Hashable {
        /// A collection that is not looked into.
        public struct LeftOut: Sendable, Hashable {
            /// Name of the collection.
            public let collection: String
            /// Why it cannot hold what is searched, one sentence each.
            public let reasons: [String]

            /// Creates a note on a collection.
            public init(collection: String, reasons: [String]) {
                self.collection = collection
                self.reasons = reasons
            }
        }

        /// Name of the dataset type.
        public let datasetType: String
        /// Collections that are looked into, in search order; chains are replaced by what they hold.
        public let collections: [String]
        /// Collections that are not looked into.
        public let leftOut: [LeftOut]

        /// Creates a note on a search.
        public init(datasetType: String, collections: [String], leftOut: [LeftOut]) {
            self.datasetType = datasetType
            self.collections = collections
            self.leftOut = leftOut
        }
    }

    /// A table or subquery that is joined.
    public struct Join: Sendable, Hashable {
        /// What it holds, for people.
        public let table: String
        /// How many rows it has, roughly; nil where sizes were not looked up.
        public let rows: Int?

        /// Creates a note on a join.
        public init(table: String, rows: Int?) {
            self.table = table
            self.rows = rows
        }
    }

    /// The query and what its rows show.
    public let query: RowQuery
    /// The searches in the order of joining.
    public let searches: [Search]
    /// Why there may be no rows, one sentence each.
    public let reasons: [String]
    /// Tables in the order of joining; empty when it is clear that there are no rows.
    public let joins: [Join]
    /// Whether the database has to keep that order.
    public let isOrderFixed: Bool
    /// The statement with placeholders; nil when it is clear that there are no rows.
    public let sql: String?
    /// The values of the placeholders, in order.
    public let binds: [JSONValue]
    /// What is done with the rows afterwards, one step each.
    public let steps: [String]

    /// Puts a plan together.
    public init(
        query: RowQuery,
        searches: [Search],
        reasons: [String] = [],
        joins: [Join] = [],
        isOrderFixed: Bool = false,
        sql: String? = nil,
        binds: [JSONValue] = [],
        steps: [String] = []
    ) {
        self.query = query
        self.searches = searches
        self.reasons = reasons
        self.joins = joins
        self.isOrderFixed = isOrderFixed
        self.sql = sql
        self.binds = binds
        self.steps = steps
    }
}

extension QueryPlan: CustomStringConvertible {
    /// The plan in paragraphs with indented lines.
    public var description: String {
        var lines: [String] = []
        func add(_ title: String, _ content: [String]) {
            guard !content.isEmpty else { return }
            lines.append(title)
            lines += content.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }.map { "  \($0)" }
        }
        add("query", [query.tree.description])
        add("result", [query.spec.summary])
        add("collections", searches.flatMap(Self.lines))
        add("no rows", sql == nil ? reasons : [])
        add("doubts", sql == nil ? [] : reasons)
        add(
            isOrderFixed ? "joins, in this order" : "joins, in an order that the database chooses",
            joins.map { join in join.rows.map { "\(join.table) (about \($0) rows)" } ?? join.table }
        )
        add("sql", sql.map { [$0] } ?? [])
        add("values", binds.isEmpty ? [] : [binds.map { $0.text() }.joined(separator: ", ")])
        add("then, for the rows that come", steps)
        return lines.joined(separator: "\n")
    }

    private static func lines(_ search: Search) -> [String] {
        let names = search.collections.isEmpty ? "none" : search.collections.joined(separator: ", ")
        return ["\(search.datasetType): \(names)"]
            + search.leftOut.map { "  without \($0.collection): \($0.reasons.joined(separator: " "))" }
    }

    /// The plan for programs: the query in the reference's form, and the rest by the names of the properties.
    public var json: JSONValue {
        let tree = query.tree
        return .object([
            "tree": tree.json(identifiers: tree.tables.indices.map { "given_\($0)" }),
            "result_spec": query.spec.json(in: tree.universe), "condition": .string(tree.predicate.description),
            "searches": .array(searches.map(Self.json)), "reasons": Self.list(reasons),
            "joins": .array(
                joins.map { .object(["table": .string($0.table), "rows": $0.rows.map { .int(Int64($0)) } ?? .null]) }
            ),
            "is_order_fixed": .bool(isOrderFixed), "sql": sql.map { .string($0) } ?? .null, "binds": .array(binds),
            "steps": Self.list(steps),
        ])
    }

    private static func json(_ search: Search) -> JSONValue {
        .object([
            "dataset_type": .string(search.datasetType), "collections": list(search.collections),
            "left_out": .array(
                search.leftOut.map {
                    .object(["collection": .string($0.collection), "reasons": list($0.reasons)])
                }
            ),
        ])
    }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension ResultSpec {
    /// One line for people.
    var summary: String {
        var text =
            switch rows {
            case .dataIDs(let group): "data IDs \(group)"
            case .records(let element): "records of \(element.name)"
            case .datasets(let type, let findFirst):
                "datasets \(type.name)\(findFirst ? ", those of the first collection" : "")"
            case .general(let columns): "columns of \(columns.dimensions)\(Self.names(columns))"
            }
        if withRecords { text += ", with dimension records" }
        if !order.isEmpty { text += ", ordered by \(order.map(\.description).joined(separator: ", "))" }
        if let limit { text += ", at most \(limit)" }
        return text
    }

    private static func names(_ columns: GeneralColumns) -> String {
        let fields = columns.dimensionFields.merging(columns.datasetFields.mapValues { Set($0.map(\.rawValue)) }) { $1 }
        let names = fields.sorted { $0.key < $1.key }.flatMap { owner, names in names.sorted().map { "\(owner).\($0)" }
        }
        return names.map { ", \($0)" }.joined() + (columns.findFirst ? ", those of the first collection" : "")
    }
}
