internal import StewardCore

extension VisitDefinition.Options {
    private static let fields = [
        "groupExposures", "ignoreNonScienceExposures", "computeVisitRegions.padding",
        "computeVisitRegions.mergeExposures", "updateObsCoreTable",
    ]

    /// Takes over changes of the reference's `DefineVisitsConfig`.
    ///
    /// Fields that only repeat how the reference's algorithms are set are passed over: names and numbers of visit
    /// systems, the one way to compute regions, its camera.
    ///
    /// - Parameter overrides: The changes.
    /// - Throws: ``ButlerError`` with `.configuration` for fields and values that there are not.
    public mutating func apply(_ overrides: TaskOverrides) throws {
        for change in overrides.changes {
            let field = Self.canonical(change.field)
            switch (field, change.value) {
            case ("groupExposures", .string(let name)):
                guard let value = VisitGrouping(rawValue: name) else { throw Self.refused(field, change) }
                grouping = value
            case ("ignoreNonScienceExposures", .bool(let value)): refusesUnusable = !value
            case ("computeVisitRegions.padding", .int(let value)): padding = Double(value)
            case ("computeVisitRegions.mergeExposures", .bool(let value)): mergesExposures = value
            case ("computeVisitRegions", .string("single-raw-wcs")), ("computeVisitRegions.detectorId", .null),
                ("computeVisitRegions.requireVersionedCamera", .bool(false)), ("updateObsCoreTable", .bool),
                ("visitSystem", _):
                break
            default: throw Self.refused(field, change)
            }
        }
    }

    private static func refused(_ field: String, _ change: TaskOverrides.Change) -> ButlerError {
        TaskOverrides.refused(.init(field: field, value: change.value, origin: change.origin), known: fields)
    }

    /// The field without the name of the algorithm: `computeVisitRegions['single-raw-wcs'].padding` and
    /// `computeVisitRegions.active.padding` are the same, as are `groupExposures.name` and `groupExposures`.
    private static func canonical(_ field: String) -> String {
        if field.hasPrefix("groupExposures"), field.hasSuffix(".visitSystemId") || field.hasSuffix(".visitSystemName") {
            return "visitSystem"
        }
        let algorithm = "computeVisitRegions"
        for quote in ["'", "\""] where field.hasPrefix("\(algorithm)[\(quote)single-raw-wcs\(quote)].") {
            return algorithm + field.dropFirst(algorithm.count + "[\(quote)single-raw-wcs\(quote)]".count)
        }
        if field.hasPrefix(algorithm + ".active.") { return algorithm + field.dropFirst(algorithm.count + 7) }
        return field.hasSuffix(".name") ? String(field.dropLast(5)) : field
    }
}
