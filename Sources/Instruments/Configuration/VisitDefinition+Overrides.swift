internal import ButlerConfig
internal import StewardCore

extension VisitDefinition.Options {
    private static let fields = [
        "groupExposures", "ignoreNonScienceExposures", "computeVisitRegions.padding",
        "computeVisitRegions.mergeExposures", "computeVisitRegions.requireVersionedCamera", "updateObsCoreTable",
    ]

    /// Takes over changes of the reference's `DefineVisitsConfig`.
    ///
    /// Fields that only repeat how the reference's algorithms are set are passed over: names and numbers of visit
    /// systems, the one way to compute regions.
    ///
    /// - Parameter overrides: The changes.
    /// - Throws: ``ButlerError`` with `.configuration` for fields and values that there are not.
    public mutating func apply(_ overrides: TaskOverrides) throws {
        for change in overrides.changes {
            let field = Self.canonical(change.path)
            switch (field, change.value) {
            case ("groupExposures", .text(let name)):
                guard let value = VisitGrouping(rawValue: name) else { throw Self.refused(change, field) }
                grouping = value
            case ("ignoreNonScienceExposures", .bool(let value)): refusesUnusable = !value
            case ("computeVisitRegions.padding", .int(let value)): padding = Double(value)
            case ("computeVisitRegions.mergeExposures", .bool(let value)): mergesExposures = value
            case ("computeVisitRegions.requireVersionedCamera", .bool(let value)): requiresCameraVersion = value
            case ("computeVisitRegions", .text("single-raw-wcs")), ("computeVisitRegions.detectorId", .none),
                ("updateObsCoreTable", .bool), ("visitSystem", _):
                break
            default: throw Self.refused(change, field)
            }
        }
    }

    private static func refused(_ change: TaskOverrides.Change, _ field: String) -> ButlerError {
        TaskOverrides.refused(change, field, known: fields)
    }

    /// The field without the name of the algorithm: `computeVisitRegions['single-raw-wcs'].padding` and
    /// `computeVisitRegions.active.padding` are the same, as are `groupExposures.name` and `groupExposures`.
    private static func canonical(_ path: [String]) -> String {
        if path.first == "groupExposures", let last = path.last, ["visitSystemId", "visitSystemName"].contains(last) {
            return "visitSystem"
        }
        if path.count == 3, path[0] == "computeVisitRegions", ["single-raw-wcs", "active"].contains(path[1]) {
            return path[0] + "." + path[2]
        }
        return path.count == 2 && path[1] == "name" ? path[0] : path.joined(separator: ".")
    }
}
