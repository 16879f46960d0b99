internal import Databases
internal import Registry
internal import StewardCore

/// One step on the way to a dataset, and what it came to.
public struct ExplanationStep: Sendable {
    /// What was looked at, for instance `dataset type`.
    public let subject: String
    /// Whether the step leads on.
    public let isFine: Bool
    /// What was found, one sentence.
    public let finding: String
}

extension Butler {
    /// Walks the way of a look-up and says at each step what was found, down to near neighbours.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for a part.
    ///   - values: Values by dimension name, `dimension.field` or field name.
    ///   - words: Names and globs of collections in search order; the defaults, else all collections, if empty.
    ///   - timespan: Time for which calibrations must be valid.
    /// - Returns: The steps; the last one says whether there is such a dataset.
    /// - Throws: Database errors only; what a user did wrong is a step.
    public func explain(
        _ name: String,
        _ values: [String: DimensionValue],
        collections words: [String] = [],
        timespan: Timespan? = nil
    ) async throws -> [ExplanationStep] {
        var path = words.isEmpty ? defaults.collections : words
        if path.isEmpty { path = ["*"] }
        var explanation = Explanation(butler: self, name: name, values: values, words: path, timespan: timespan)
        do {
            try await explanation.run()
        } catch let error as ButlerError where !Self.isFailure(error.code) {
            explanation.stop(error)
        }
        return explanation.steps
    }

    private static func isFailure(_ code: ButlerError.Code) -> Bool {
        [.database, .databaseBusy, .corruptFile, .readOnly, .fileAccess].contains(code)
    }
}

/// An explanation under way.
private struct Explanation {
    let butler: Butler
    let name: String
    let values: [String: DimensionValue]
    let words: [String]
    let timespan: Timespan?
    var steps: [ExplanationStep] = []
    private var subject = "dataset type"

    init(butler: Butler, name: String, values: [String: DimensionValue], words: [String], timespan: Timespan?) {
        self.butler = butler
        self.name = name
        self.values = values
        self.words = words
        self.timespan = timespan
    }

    mutating func stop(_ error: ButlerError) {
        steps.append(.init(subject: subject, isFine: false, finding: error.description))
    }

    private mutating func note(_ finding: String, isFine: Bool = true) {
        steps.append(.init(subject: subject, isFine: isFine, finding: finding))
    }

    mutating func run() async throws {
        let type = try await butler.datasetType(name)
        let dimensions = type.dimensions.required.map(\.name).joined(separator: ", ")
        note("\"\(type.name)\" is registered with dimensions \(dimensions) and storage class \(type.storageClass).")
        subject = "data ID"
        let dataID = try await butler.dataID(values, for: type.dimensions)
        note("It reads \(dataID).")
        try await checkValues(dataID)
        subject = "collections"
        let searched = try await butler.collections.query(words, flattening: true)
        note("Searched in this order: \(searched.map(\.name).joined(separator: ", ")).", isFine: !searched.isEmpty)
        let holding = try await butler.collections.datasetTypes(in: searched.map(\.name))
        let able = searched.filter { holding[$0.name]?.contains(type.parentName) ?? false }
        let names = able.map(\.name).joined(separator: ", ")
        note(
            able.isEmpty
                ? "None of them has ever held a dataset of this type." : "Of these, \(names) can hold this type.",
            isFine: !able.isEmpty
        )
        subject = "dataset"
        try await conclude(type, dataID, able)
    }

    private mutating func checkValues(_ dataID: DataCoordinate) async throws {
        subject = "values"
        let expanded = try await butler.expand([dataID])
        let records = expanded.first?.records?.all.filter { $0.element.isDimension && $0.element.hasTable } ?? []
        note("All exist: \(records.map(\.element.name).joined(separator: ", ")) have records.")
    }

    private mutating func conclude(_ type: DatasetType, _ dataID: DataCoordinate, _ able: [CollectionInfo]) async throws
    {
        do {
            let ref = try await butler.resolve(name, values, collections: words, timespan: timespan)
            note("Found in run \(ref.run) with identifier \(ref.id.dashed).")
            return
        } catch let error as ButlerError where error.code == .datasetNotFound {
            note("There is none with this data ID\(type.isCalibration ? " at this time" : "").", isFine: false)
        }
        if type.isCalibration {
            let choice = try await butler.calibrations(
                for: values,
                collections: words,
                timespan: timespan,
                datasetTypes: [type.parentName]
            )
            if let reason = choice.first?.reason {
                subject = "validity"
                note(reason, isFine: false)
            }
        }
        try await neighbours(type, dataID, able)
    }

    /// Datasets of the type that agree in all values but one; an instrument or sky map gives the others their meaning, and
    /// varies only alone.
    private mutating func neighbours(
        _ type: DatasetType,
        _ dataID: DataCoordinate,
        _ able: [CollectionInfo]
    ) async throws {
        subject = "near neighbours"
        guard !able.isEmpty else { return }
        let query = try await butler.query().joining(datasets: type.parentName, collections: able.map(\.name))
        let required = type.dimensions.required
        for dimension in required where required.count == 1 || !dimension.isGovernor {
            var others: [String: LiteralValue] = [:]
            for other in required where other != dimension {
                others[other.name] = dataID[other.name].map { LiteralValue($0) }
            }
            let near = try query.filtered(dataID: others).dataIDs([dimension.name]).ordered(by: [dimension.name])
            let found = try await near.limited(to: Self.shownNeighbours + 1).all().compactMap { $0[dimension.name] }
            guard !found.isEmpty else { continue }
            let shown = found.prefix(Self.shownNeighbours).map(\.description).joined(separator: ", ")
            note(
                "With another \(dimension.name) there are: \(shown)\(found.count > Self.shownNeighbours ? ", …" : "")."
            )
        }
        if steps.last?.subject != subject {
            let results = try await butler.query().datasets(
                type.parentName,
                collections: able.map(\.name),
                findFirst: false
            )
            note("\(try await results.count()) datasets of this type exist, none near this data ID.", isFine: false)
        }
    }

    private static let shownNeighbours = 8
}
