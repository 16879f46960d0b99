internal import AstroTime
internal import Databases
internal import Datasets
internal import Dimensions
internal import StewardCore

/// Reads and writes datasets and their membership in collections.
///
/// Functions that write need a write connection and leave the transaction to the caller, which adds the datastore's
/// rows to the same one. Statement counts do not depend on the number of datasets up to some thousands.
public final class DatasetTables: Sendable {
    /// The tables.
    public let schema: RegistrySchema
    let cache: RegistryCache
    let collections: CollectionTables
    let types: DatasetTypeTables
    let dimensions: DimensionTables

    init(
        _ schema: RegistrySchema,
        _ cache: RegistryCache,
        _ collections: CollectionTables,
        _ types: DatasetTypeTables,
        _ dimensions: DimensionTables
    ) {
        self.schema = schema
        self.cache = cache
        self.collections = collections
        self.types = types
        self.dimensions = dimensions
    }

    var format: RegistryFormat { schema.format }

    /// Datasets of one type.
    struct Batch {
        let type: DatasetTypeRecord
        var refs: [DatasetRef] = []
    }

    /// References by registered dataset type, in the order of their first appearance; checks that the dimensions agree.
    func batches(_ refs: [DatasetRef], on connection: any Connection) throws -> [Batch] {
        var batches: [Batch] = []
        var places: [String: Int] = [:]
        for ref in refs {
            let name = ref.datasetType.name
            if let place = places[name] {
                batches[place].refs.append(ref)
                continue
            }
            guard ref.datasetType.component == nil else {
                throw ButlerError(
                    .datasetTypeExpression,
                    "\"\(name)\" is a component; only whole datasets are registered.",
                    remedy: "Use \"\(ref.datasetType.parentName)\"."
                )
            }
            let type = try types.record(name, on: connection)
            guard type.type.dimensions == ref.datasetType.dimensions else {
                throw ButlerError(
                    .conflictingDefinition,
                    "Dataset type \"\(name)\" is registered with other dimensions.",
                    remedy: "Use the registered dataset type.",
                    context: [
                        .init("stored", type.type.dimensions.description),
                        .init("given", ref.datasetType.dimensions.description),
                    ]
                )
            }
            places[name] = batches.count
            batches.append(Batch(type: type, refs: [ref]))
        }
        return batches
    }

    /// Checks texts that no foreign key checks: values of dimensions without a table, such as `band`.
    func checkTexts(_ batch: Batch) throws {
        for dimension in batch.type.type.dimensions.required where !dimension.hasTable {
            guard case .string(let length)? = dimension.primaryKey?.type, length > 0 else { continue }
            for ref in batch.refs {
                guard let text = ref.dataID[dimension.name]?.string, !(1...length ~= text.unicodeScalars.count) else {
                    continue
                }
                throw ButlerError(
                    .dimensionValue,
                    "\"\(text)\" cannot be a value of \(dimension.name), which takes 1 to \(length) characters.",
                    context: [.init("data ID", ref.dataID.description)]
                )
            }
        }
    }

    /// Values of the columns of a data ID in an association table.
    static func key(_ ref: DatasetRef) -> [SQLValue] { ref.dataID.requiredValues.map(\.sqlValue) }

    /// The rows that make datasets members of a RUN or TAGGED collection.
    func tagsRows(_ type: DatasetTypeRecord) -> RowBatch {
        RowBatch(columns: ["dataset_type_id", "dataset_id", format.collectionColumn] + type.dimensionColumns)
    }

    /// The present time as it is stored with new datasets: whole microseconds.
    func ingestDate() -> SQLValue {
        let now = TAI.now()
        let rounded = TAI(nanoseconds: now.nanoseconds / 1000 * 1000)
        return switch format.ingestDates {
        case .nanoseconds: .int(rounded.nanoseconds)
        case .timestamps: .text(Self.timestamp(rounded))
        }
    }

    /// `2026-11-21 02:39:15.892453`, UTC.
    static func timestamp(_ instant: TAI) -> String {
        instant.iso(decimals: 6, scale: .utc)
    }

    /// Splits a list so that each part binds at most a quarter of what a statement may.
    static func chunks<Element>(_ list: [Element], width: Int, _ dialect: SQLDialect) -> [ArraySlice<Element>] {
        chunks(of: list.count, width: width, dialect).map { list[$0] }
    }

    /// Ranges of a list's indices, by the same rule.
    static func chunks(of count: Int, width: Int, _ dialect: SQLDialect) -> [Range<Int>] {
        let size = max(1, dialect.maximumBindings / 4 / max(1, width))
        return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
}
