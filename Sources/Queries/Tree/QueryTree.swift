public import Dimensions
internal import StewardCore

/// Which rows a query has: dimensions, dataset searches and uploaded tables joined together, and a condition.
///
/// A value; each method returns a changed copy. What each row shows is a ``ResultSpec``.
public struct QueryTree: Sendable, Hashable {
    /// Dimensions of the rows; contains those of everything joined.
    public private(set) var dimensions: DimensionGroup
    /// Dataset searches, at most one for each dataset type, in the order of joining.
    public private(set) var searches: [DatasetSearch] = []
    /// Tables of data IDs.
    public private(set) var tables: [DataIDTable] = []
    /// The condition.
    public private(set) var predicate = QueryPredicate.true
    /// Whether dimensions used in the condition need a value of their governor.
    public var checksGovernors = true

    /// Creates the query with a single row without dimensions.
    public init(in universe: DimensionUniverse) {
        dimensions = universe.emptyGroup
    }

    /// The universe.
    public var universe: DimensionUniverse { dimensions.universe }

    /// The search for a dataset type, if it has been joined.
    public func search(_ datasetType: String) -> DatasetSearch? {
        searches.first { $0.datasetType == datasetType }
    }

    /// What names mean in a condition on this query.
    public func context(binds: [String: BindValue] = [:]) -> IdentifierContext {
        IdentifierContext(dimensions: dimensions, datasetTypes: searches.map(\.datasetType), binds: binds)
    }

    /// The query with more dimensions.
    public func joining(_ dimensions: DimensionGroup) -> QueryTree {
        var copy = self
        copy.dimensions = self.dimensions.union(dimensions)
        return copy
    }

    /// The query with rows for which a dataset is found.
    ///
    /// - Parameter search: The search.
    /// - Returns: The changed query; the same if it has this search already.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if the type is searched in other collections already.
    public func joining(_ search: DatasetSearch) throws -> QueryTree {
        if let existing = self.search(search.datasetType) {
            guard existing == search else {
                throw ButlerError(
                    .invalidQuery,
                    "Dataset type \"\(search.datasetType)\" is joined already, with collections "
                        + "\(existing.collections) instead of \(search.collections).",
                    remedy: "Use one list of collections for each dataset type of a query."
                )
            }
            return self
        }
        var copy = joining(search.dimensions)
        copy.searches.append(search)
        return copy
    }

    /// The query with rows for given data IDs.
    public func joining(_ table: DataIDTable) -> QueryTree {
        var copy = joining(table.dimensions)
        copy.tables.append(table)
        return copy
    }

    /// The query with rows for which a condition holds, too.
    ///
    /// Dimensions and elements that the condition mentions are joined.
    ///
    /// - Parameter condition: The condition.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for fields of dataset types that have not been joined.
    public func filtered(by condition: QueryPredicate) throws -> QueryTree {
        var copy = self
        var mentioned = Set<String>()
        for column in condition.columns {
            switch column {
            case .key(let element), .field(let element, _):
                mentioned.formUnion(element.required)
                mentioned.formUnion(element.implied)
            case .dataset(let type, _):
                try requireSearch(type)
            }
        }
        copy.dimensions = dimensions.union(try universe.group(mentioned))
        copy.predicate = predicate.and(condition)
        return copy
    }

    /// Checks that a dataset type has been joined.
    func requireSearch(_ datasetType: String) throws {
        guard search(datasetType) == nil else { return }
        let known = searches.map(\.datasetType).joined(separator: ", ")
        throw ButlerError(
            .invalidQuery,
            "Fields of dataset type \"\(datasetType)\" cannot be used, because it is not part of the query.",
            remedy: "Join a search for it first; the query has \(known.isEmpty ? "none" : known).",
            candidates: Candidates.nearest(to: datasetType, in: searches.map(\.datasetType))
        )
    }
}

extension QueryTree: CustomStringConvertible {
    /// One line for each part of the query.
    public var description: String {
        var lines = ["dimensions \(dimensions)"]
        lines += searches.map {
            "datasets \($0.datasetType)\($0.dimensions) in [\($0.collections.joined(separator: ", "))]"
        }
        lines += tables.map { "table of \($0.rows.count) data IDs \($0.dimensions)" }
        if !predicate.isTrue { lines.append("where \(predicate)") }
        return lines.joined(separator: "\n")
    }
}
