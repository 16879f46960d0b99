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
            "name", "recognise", "headers", "observation_types", "conditions", "properties", "fix_ups", "corrections",
        ])
        let types = try mapping["observation_types"]?.mapping(["sky", "dark"])
        name = try mapping.required("name").text()
        recognition = try mapping.required("recognise").list().map { try HeaderCondition.list($0) }
        headers = try mapping["headers"].map(HeaderSelection.init) ?? .primary
        self.dayOffsetSeconds = dayOffsetSeconds
        skyTypes = try Set(types?["sky"]?.list().map { try $0.text() } ?? ["science", "object"])
        darkTypes = try Set(types?["dark"]?.list().map { try $0.text() } ?? ["bias", "dark"])
        let named = try NamedConditions(mapping["conditions"])
        properties = try Self.properties(named.expanding(mapping.required("properties")))
        fixUps = try mapping["fix_ups"].map { try named.expanding($0).list().map { try HeaderFixUp($0) } } ?? []
        corrections = try Self.corrections(mapping["corrections"])
        self.detectors = Dictionary(detectors.map { ($0.id, $0) }) { first, _ in first }
        detectorNumbers = Dictionary(detectors.map { ($0.fullName, $0.id) }) { first, _ in first }
        detectorSerials = Dictionary(detectors.compactMap { item in item.serial.map { ($0, item.id) } }) { first, _ in
            first
        }
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
            switch try node.text() {
            case "primary": self = .primary
            case "first_two": self = .firstTwo
            default: throw node.error("headers must be \"primary\", \"first_two\" or {extensions_with: KEYWORD}")
            }
            return
        }
        let mapping = try node.mapping(["extensions_with", "up_to", "matching", "inherit"])
        self = .extensions(
            keyword: try mapping.required("extensions_with").text(),
            upTo: try mapping["up_to"]?.integer(),
            matching: try mapping["matching"]?.regularExpression(),
            inheritsPrimary: try mapping["inherit"]?.flag() ?? true
        )
    }
}

extension HeaderFixUp {
    /// Reads `{when: [...], begin: {...}, set: {KEYWORD: value}, or_stop: true}`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(RuleGuard.keys + ["begin", "set", "or_stop"])
        guardian = try RuleGuard(mapping)
        period = try mapping["begin"].map { try InstantBounds($0) }
        isVital = try mapping["or_stop"]?.flag() ?? false
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
        if try node.dictionary().contains(where: { $0.key == "date_of" }) {
            let mapping = try node.mapping(["date_of", "minus_seconds", "form"])
            let form = try mapping.required("form").text()
            guard ["mjd", "iso"].contains(form) else { throw node.error("\"form\" must be mjd or iso") }
            self = .earlier(
                keyword: try mapping.required("date_of").text(),
                minusSeconds: try mapping.required("minus_seconds").text(),
                isISO: form == "iso"
            )
            return
        }
        guard try node.dictionary().contains(where: { $0.key == "angle_of" }) else {
            self = .changed(try HeaderChange(node))
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
