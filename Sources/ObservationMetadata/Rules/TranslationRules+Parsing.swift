import FITS
import StewardCore

extension TranslationRules {
    /// Reads the section `translator` of a definition.
    ///
    /// - Parameters:
    ///   - node: The section.
    ///   - dayOffsetSeconds: Seconds from midnight TAI to the beginning of the observing day.
    ///   - detectors: The detectors of the camera.
    /// - Throws: `ButlerError` of code `instrument` with file, line and key.
    package init(_ node: DefinitionNode, dayOffsetSeconds: Int64?, detectors: [DetectorNames]) throws {
        let mapping = try node.mapping([
            "name", "recognise", "headers", "observation_types", "properties", "fix_ups", "corrections",
        ])
        let types = try mapping["observation_types"]?.mapping(["sky", "dark"])
        name = try mapping.required("name").text()
        recognition = try mapping.required("recognise").list().map { try HeaderCondition.list($0) }
        headers = try mapping["headers"].map(HeaderSelection.init) ?? .primary
        self.dayOffsetSeconds = dayOffsetSeconds
        skyTypes = try Set(types?["sky"]?.list().map { try $0.text() } ?? ["science", "object"])
        darkTypes = try Set(types?["dark"]?.list().map { try $0.text() } ?? ["bias", "dark"])
        properties = try Self.properties(mapping.required("properties"))
        fixUps = try mapping["fix_ups"]?.list().map { try HeaderFixUp($0) } ?? []
        corrections = try Self.corrections(mapping["corrections"])
        self.detectors = Dictionary(detectors.map { ($0.id, $0) }) { first, _ in first }
        detectorNumbers = Dictionary(detectors.map { ($0.fullName, $0.id) }) { first, _ in first }
        try checkCycles(node)
    }

    private static func properties(_ node: DefinitionNode) throws -> [ObservationProperty: PropertyRule] {
        var rules: [ObservationProperty: PropertyRule] = [:]
        for entry in try node.dictionary() {
            guard let property = ObservationProperty(rawValue: entry.key) else {
                let names = ObservationProperty.allCases.map(\.rawValue)
                throw entry.value.error(
                    "\"\(entry.key)\" is not an observation property",
                    candidates: Candidates.nearest(to: entry.key, in: names)
                )
            }
            rules[property] = try PropertyRule(entry.value, for: property)
        }
        return rules
    }

    private static func corrections(_ node: DefinitionNode?) throws -> [String: [HeaderCorrection]] {
        var corrections: [String: [HeaderCorrection]] = [:]
        for item in try node?.list() ?? [] {
            let mapping = try item.mapping(["observations", "set"])
            let values = try mapping.required("set").dictionary().map { entry in
                HeaderCorrection(keyword: entry.key, value: try entry.value.headerValue())
            }
            for observation in try mapping.required("observations").list() {
                corrections[try observation.text()] = values
            }
        }
        return corrections
    }

    /// No property may need itself.
    private func checkCycles(_ node: DefinitionNode) throws {
        var finished: Set<ObservationProperty> = []
        func visit(_ property: ObservationProperty, _ trail: [ObservationProperty]) throws {
            guard !finished.contains(property) else { return }
            if let start = trail.firstIndex(of: property) {
                let names = (trail[start...] + [property]).map(\.rawValue).joined(separator: " needs ")
                throw node.error("the rules go in a circle: \(names)")
            }
            for next in rule(property)?.dependencies ?? [] {
                try visit(next, trail + [property])
            }
            finished.insert(property)
        }
        for property in ObservationProperty.allCases {
            try visit(property, [])
        }
    }
}

extension HeaderSelection {
    /// Reads `primary` or `{extensions_with: K, up_to: N, inherit: true}`.
    init(_ node: DefinitionNode) throws {
        guard node.entries != nil else {
            guard try node.text() == "primary" else {
                throw node.error("headers must be \"primary\" or {extensions_with: KEYWORD}")
            }
            self = .primary
            return
        }
        let mapping = try node.mapping(["extensions_with", "up_to", "inherit"])
        self = .extensions(
            keyword: try mapping.required("extensions_with").text(),
            upTo: try mapping["up_to"]?.integer(),
            inheritsPrimary: try mapping["inherit"]?.flag() ?? true
        )
    }
}

extension HeaderFixUp {
    /// Reads `{when: [...], begin: {...}, set: {KEYWORD: value}}`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["when", "begin", "set"])
        conditions = try HeaderCondition.list(mapping["when"])
        period = try mapping["begin"].map { try InstantBounds($0) }
        replacements = try mapping.required("set").dictionary().map { ($0.key, try Replacement($0.value)) }
    }
}

extension HeaderFixUp.Replacement {
    /// Reads a value, or `{angle_of: K, unit: hours, plus_degrees: D}`.
    init(_ node: DefinitionNode) throws {
        guard node.entries != nil else {
            self = .constant(try node.headerValue())
            return
        }
        let mapping = try node.mapping(["angle_of", "unit", "plus_degrees"])
        self = .angle(
            keyword: try mapping.required("angle_of").text(),
            unit: try mapping.required("unit").choice(),
            plusDegrees: try mapping.required("plus_degrees").real()
        )
    }
}

extension DefinitionNode {
    /// A scalar as the header value that the reference's YAML reader makes of it.
    func headerValue() throws -> FITSValue {
        guard !isNull else { return .undefined }
        guard case .scalar(let text, let isQuoted) = content else {
            throw error("a header value must be a text, a number, true or false")
        }
        if isQuoted { return .string(text) }
        if ["true", "yes", "on"].contains(text.lowercased()) { return .logical(true) }
        if ["false", "no", "off"].contains(text.lowercased()) { return .logical(false) }
        if let integer = Int64(text) { return .integer(integer) }
        if let real = Double(text), text.contains(where: \.isNumber) { return .real(real) }
        return .string(text)
    }
}
