import FITS
import Foundation
import StewardCore

/// A header value made of that of a keyword or property.
struct HeaderChange: Sendable {
    /// Where the value comes from.
    enum Source: Sendable {
        case keyword(String)
        case property(ObservationProperty)
    }

    private let source: Source
    private let pattern: NSRegularExpression?
    private let substitutions: [(part: String, replacement: String)]
    private let factor: Double?
    private let offset: Double?
    /// Brings a number into minus to plus half of this.
    private let wrap: Double?
    private let isInteger: Bool

    /// Reads `{keyword: K}` or `{property: P}` with `pattern`, `replace`, `factor`, `offset`, `wrap`, `integer`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping([
            "keyword", "property", "pattern", "replace", "factor", "offset", "wrap", "integer",
        ])
        if let keyword = mapping["keyword"] {
            source = .keyword(try keyword.text())
        } else {
            source = .property(try mapping.required("property").choice())
        }
        pattern = try mapping["pattern"]?.regularExpression()
        if let pattern, pattern.numberOfCaptureGroups != 1 {
            throw node.error(
                "\"\(pattern.pattern)\" must have exactly one group in parentheses, the part that is taken"
            )
        }
        substitutions = try mapping["replace"]?.dictionary().map { ($0.key, try $0.value.text()) } ?? []
        factor = try mapping["factor"]?.real()
        offset = try mapping["offset"]?.real()
        wrap = try mapping["wrap"]?.real()
        isInteger = try mapping["integer"]?.flag() ?? false
    }

    /// The value in the course of a translation; nil when it cannot be had.
    func value(in translation: inout HeaderTranslation) -> FITSValue? {
        let original: FITSValue?
        switch source {
        case .keyword(let keyword): original = translation.header[keyword]
        case .property(let property):
            // A property that is null clears the keyword; one that fails leaves it.
            guard case .success(let value) = Result(catching: { try translation.value(property) }) else { return nil }
            original = value.map { .string($0.description) } ?? .undefined
        }
        guard var value = original else { return nil }
        if pattern != nil || !substitutions.isEmpty, value.stringValue == nil { return nil }
        if let pattern {
            let text = value.text
            guard let match = pattern.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)),
                let range = Range(match.range(at: 1), in: text)
            else { return nil }
            value = .string(String(text[range]))
        }
        for (part, replacement) in substitutions {
            value = .string(value.text.replacingOccurrences(of: part, with: replacement))
        }
        if isInteger { return value.wholeNumber.map { .integer($0) } }
        return factor == nil && offset == nil && wrap == nil ? value : number(value)
    }

    private func number(_ value: FITSValue) -> FITSValue? {
        guard var number = value.realValue else { return nil }
        if let factor { number *= factor }
        if let offset { number += offset }
        if let wrap, !(-wrap / 2..<wrap / 2).contains(number) {
            number -= wrap * ((number + wrap / 2) / wrap).rounded(.down)
        }
        return .real(number)
    }
}
