public import Databases
internal import Datasets
public import Dimensions
internal import Registry

extension QueryEngine {
    /// Values of governors that follow from collections: those of which the collections hold exactly one.
    ///
    /// These are the reference's inferred defaults (`daf_butler: registry/_defaults.py`). Three statements. Collections
    /// that do not exist are left out.
    ///
    /// - Parameters:
    ///   - names: Names of the default collections.
    ///   - connection: Where to read.
    /// - Returns: Values by governor.
    /// - Throws: Database errors.
    public func inferredDefaults(
        from names: [String],
        on connection: any Connection
    ) throws -> [String: DimensionValue] {
        guard !names.isEmpty else { return [:] }
        var known = try Set(registry.collections.resolve(.everything, flattening: false, on: connection).map(\.name))
        known.formIntersection(names)
        let path = CollectionExpression(names: names.filter(known.contains))
        let records = try registry.collections.resolve(path, flattening: true, on: connection)
        let summaries = try registry.datasets.summaries(of: records, on: connection)
        var values: [String: DimensionValue] = [:]
        for governor in registry.universe.governors {
            let found = summaries.values.reduce(into: Set<String>()) { $0.formUnion($1.governors[governor.name] ?? []) }
            if found.count == 1, let only = found.first { values[governor.name] = .string(only) }
        }
        return values
    }
}
