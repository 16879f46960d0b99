public import Dimensions
internal import StewardCore

/// What names in a `where` expression or an order can mean.
public struct IdentifierContext: Sendable {
    /// Dimensions in whose elements bare field names are looked up; other elements need their name in front.
    public var dimensions: DimensionGroup
    /// Dataset types whose fields bare names may mean.
    public var datasetTypes: [String]
    /// Values bound to names; they hide everything else.
    public var binds: [String: BindValue]

    /// Creates a context.
    public init(dimensions: DimensionGroup, datasetTypes: [String] = [], binds: [String: BindValue] = [:]) {
        self.dimensions = dimensions
        self.datasetTypes = datasetTypes.sorted()
        self.binds = binds
    }

    private var universe: DimensionUniverse { dimensions.universe }

    /// The column, or bound of a timespan, that a name of one to three parts means; binds are not looked at.
    ///
    /// - Parameter name: Name as written.
    /// - Returns: A column, or the begin or end of one.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if the name means nothing or several things.
    public func column(_ name: String) throws -> ColumnExpression {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let found: ColumnExpression? =
            switch parts.count {
            case 1: try bare(name).map(ColumnExpression.column)
            case 2: try qualified(parts[0], parts[1])
            case 3: try column("\(parts[0]).\(parts[1])").bound(parts[2])
            default: nil
            }
        guard let found else { throw unknown(name, parts) }
        return found
    }

    private func bare(_ name: String) throws -> ColumnReference? {
        if let dimension = universe.find(name), dimension.isDimension { return .key(dimension) }
        let elements = dimensions.elements.filter { $0.fields.contains { $0.name == name } }
        let field = DatasetField(rawValue: name)
        let types = field == nil ? [] : datasetTypes
        guard elements.count + types.count < 2 else {
            let meanings = (elements.map(\.name) + types).map { "\($0).\(name)" }.sorted()
            throw ButlerError(
                .invalidQuery,
                "The name \"\(name)\" is ambiguous: it may mean \(Self.list(meanings)).",
                remedy: "Write one of them."
            )
        }
        if let element = elements.first { return column(name, of: element) }
        if let field, let type = types.first { return .dataset(type, field) }
        return nil
    }

    private func qualified(_ first: Substring, _ second: Substring) throws -> ColumnExpression? {
        if let element = universe.find(String(first)) {
            guard let column = column(String(second), of: element) else {
                throw ButlerError(
                    .invalidQuery,
                    "Dimension element \"\(first)\" has no field \"\(second)\".",
                    remedy: "It has \(element.fields.map(\.name).joined(separator: ", ")).",
                    candidates: Candidates.nearest(to: String(second), in: element.fields.map(\.name))
                )
            }
            return .column(column)
        }
        if let field = DatasetField(rawValue: String(second)) { return .column(.dataset(String(first), field)) }
        if first == "timespan" { return try column("timespan").bound(second) }
        guard datasetTypes.contains(String(first)) else { return nil }
        let fields = DatasetField.allCases.map(\.rawValue)
        throw ButlerError(
            .invalidQuery,
            "Datasets have no field \"\(second)\", so \"\(first).\(second)\" means nothing.",
            remedy: "They have \(fields.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: String(second), in: fields)
        )
    }

    /// The field of this exact name; own and foreign keys are the keys of their dimensions.
    private func column(_ name: String, of element: DimensionElement) -> ColumnReference? {
        guard let field = element.fields.first(where: { $0.name == name }) else { return nil }
        guard let dimension = field.dimension.flatMap(universe.find) else { return .field(element, name) }
        return .key(dimension)
    }

    private func unknown(_ name: String, _ parts: [Substring]) -> ButlerError {
        var known = universe.dimensions.map(\.name) + Array(binds.keys)
        if parts.count > 1 {
            let elements = universe.elements.filter { Self.isNear($0.name, parts[0]) }
            known = elements.flatMap { element in element.fields.map { "\(element.name).\($0.name)" } }
            known += datasetTypes.flatMap { type in DatasetField.allCases.map { "\(type).\($0.rawValue)" } }
        } else {
            known += dimensions.elements.flatMap { $0.fields.map(\.name) }
            if !datasetTypes.isEmpty { known += DatasetField.allCases.map(\.rawValue) }
        }
        let remedy = remedy(name, parts)
        return ButlerError(
            .invalidQuery,
            "The name \"\(name)\" means no dimension, field or bound value.",
            remedy: remedy,
            candidates: remedy == nil ? Candidates.nearest(to: name, in: known) : []
        )
    }

    /// What was probably meant, where that is more than another spelling.
    private func remedy(_ name: String, _ parts: [Substring]) -> String? {
        if ["true", "false"].contains(name.lowercased()) {
            return "Columns of truth values stand alone: \"exposure.can_see_sky\" or \"NOT exposure.can_see_sky\"."
        }
        if parts.count == 3, parts[1] == "timespan" { return "Timespans have a \"begin\" and an \"end\"." }
        let owners = parts.count == 1 ? elementsWithField(name) : []
        return owners.isEmpty ? nil : "Fields of other elements need their name: \(Self.list(owners))."
    }

    private func elementsWithField(_ name: String) -> [String] {
        universe.elements.filter { element in !element.isSkyPixel && element.fields.contains { $0.name == name } }
            .map { "\($0.name).\(name)" }
    }

    private static func isNear(_ name: String, _ other: Substring) -> Bool {
        name == other || !Candidates.nearest(to: String(other), in: [name]).isEmpty
    }

    private static func list(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
