internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry

/// A collection that a dataset search looks into, with what its summary says it may hold.
struct SearchedCollection: Sendable, Hashable {
    let key: CollectionKey
    let name: String
    let kind: CollectionKind
    /// Names of the dataset types that it may hold.
    let datasetTypes: Set<String>
    /// Values of each governor that it may hold; governors without any value are left out.
    let governors: [String: Set<String>]
}

/// A dataset search with the collections that are worth looking into, in search order.
struct ResolvedSearch: Sendable {
    let type: DatasetTypeRecord
    let collections: [SearchedCollection]
    /// Why collections were left out.
    let messages: [String]

    /// Leaves out collections whose summary lacks the dataset type or a governor value that every row must have.
    init(
        _ search: DatasetSearch,
        _ type: DatasetTypeRecord,
        in path: [SearchedCollection],
        dataID: [String: LiteralValue]
    ) {
        self.type = type
        var messages: [String] = []
        if path.isEmpty { messages.append("The list of collections to search is empty.") }
        collections = path.filter { collection in
            let reasons = Self.reasons(against: collection, search, dataID)
            messages += reasons
            return reasons.isEmpty
        }
        if collections.isEmpty {
            let names = search.collections.joined(separator: ", ")
            messages.insert(
                "The search for dataset type \"\(search.datasetType)\" in [\(names)] cannot find any.",
                at: 0
            )
        }
        self.messages = collections.isEmpty ? messages : []
    }

    private static func reasons(
        against collection: SearchedCollection,
        _ search: DatasetSearch,
        _ dataID: [String: LiteralValue]
    ) -> [String] {
        guard collection.datasetTypes.contains(search.datasetType) else {
            return ["Collection \"\(collection.name)\" has no datasets of type \"\(search.datasetType)\"."]
        }
        var reasons: [String] = []
        for (governor, values) in collection.governors.sorted(by: { $0.key < $1.key }) {
            guard let value = dataID[governor], search.dimensions.contains(governor),
                let wanted = value.dimensionValue, !values.contains(wanted.description)
            else { continue }
            reasons.append(
                "Collection \"\(collection.name)\" has no datasets with \(governor)=\(value), only with "
                    + "\(values.sorted().map { "'\($0)'" }.joined(separator: ", "))."
            )
        }
        return reasons
    }

    /// Whether validity ranges take part.
    var isCalibrationSearch: Bool { collections.contains { $0.kind == .calibration } }

    var calibrations: [SearchedCollection] { collections.filter { $0.kind == .calibration } }

    /// RUN and TAGGED collections.
    var memberships: [SearchedCollection] { collections.filter { $0.kind != .calibration } }

    /// Whether every collection is a RUN, so that the collection of a membership is the dataset's run.
    var hasOnlyRuns: Bool { collections.allSatisfy { $0.kind == .run } }
}
