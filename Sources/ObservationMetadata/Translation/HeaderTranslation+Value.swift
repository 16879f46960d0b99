import FITS
import Foundation
import StewardCore

extension HeaderTranslation {
    /// Follows a value rule.
    mutating func evaluate(
        _ rule: ValueRule,
        for property: ObservationProperty
    ) throws(ButlerError) -> PropertyValue? {
        guard let (raw, keyword) = try source(rule), try isEnough(raw, rule, for: property) else {
            if let other = rule.otherwise.first { return try evaluate(other, for: property) }
            if rule.unit == nil, let limits = rule.limits, case .error = rule.absence { return limits.substitute }
            try absent(rule.absence, rule.keywords)
            return rule.substitute
        }
        let value = try textSteps(rule, raw, keyword)
        guard value != .undefined else { return nil }
        switch property.kind {
        case .text: return .text(value.text)
        case .integer: return .integer(try wholeNumber(rule, value, keyword))
        case .real: return .real(try realNumber(rule, value, keyword))
        case .flag: return .flag(try flag(value, keyword))
        case .instant, .location, .position: return nil
        }
    }

    /// Whether a number is not below the property that limits it.
    private mutating func isEnough(
        _ raw: FITSValue,
        _ rule: ValueRule,
        for property: ObservationProperty
    ) throws(ButlerError) -> Bool {
        guard let floor = rule.floor, let limit = try real(floor), let number = raw.number else { return true }
        return (rule.unit?.converted(number) ?? number) >= limit
    }

    /// The raw value with the keyword it came from (or the property's name); nil when nothing is there.
    private mutating func source(_ rule: ValueRule) throws(ButlerError) -> (FITSValue, String)? {
        switch rule.source {
        case .keywords(let keywords):
            for keyword in keywords {
                if let value = header.defined(keyword) { return (value, keyword) }
            }
            return nil
        case .join(let rules, let separator):
            var parts: [String] = []
            for rule in rules {
                if case .text(let text) = try evaluate(rule, for: .object) { parts.append(text) }
            }
            let text = parts.joined(separator: separator)
            return text.isEmpty ? nil : (.string(text), "join")
        case .property(let property):
            guard let value = try value(property) else { return nil }
            let raw: FITSValue =
                switch value {
                case .integer(let number): .integer(number)
                case .real(let number): .real(number)
                case .flag(let flag): .logical(flag)
                default: .string(value.description)
                }
            return (raw, property.rawValue)
        }
    }

    private func textSteps(_ rule: ValueRule, _ raw: FITSValue, _ keyword: String) throws(ButlerError) -> FITSValue {
        var value = raw
        if rule.needsText, raw.stringValue == nil { throw header.error(keyword, "has the value \(raw), not a text") }
        if let part = rule.part {
            let parts = value.text.split(separator: part.separator, omittingEmptySubsequences: false)
            guard part.index < parts.count else {
                throw header.error(keyword, "has the value \(raw), which has no part \(part.index)")
            }
            value = .string(String(parts[part.index]))
        }
        if let pattern = rule.pattern { value = .string(try group(pattern, value.text, keyword)) }
        for (part, replacement) in rule.substitutions {
            value = .string(value.text.replacingOccurrences(of: part, with: replacement))
        }
        if rule.keepsDigits { value = .string(value.text.filter { ("0"..."9").contains($0) }) }
        if rule.trimsBlanks { value = .string(value.text.trimmingCharacters(in: .whitespaces)) }
        switch rule.letterCase {
        case .upper: value = .string(value.text.uppercased())
        case .lower: value = .string(value.text.lowercased())
        case nil: break
        }
        if let suffix = rule.droppedSuffix {
            while value.text.hasSuffix(suffix) { value = .string(String(value.text.dropLast(suffix.count))) }
        }
        if let table = rule.table, let word = table.words[value.text] ?? table.other,
            table.conditions.allSatisfy({ $0.holds(in: header) })
        {
            value = .string(word)
        }
        guard let field = rule.detectorField else { return value }
        return try lookUp(field, value, keyword, rule)
    }

    private func group(
        _ pattern: NSRegularExpression,
        _ text: String,
        _ keyword: String
    ) throws(ButlerError) -> String {
        let whole = NSRange(text.startIndex..., in: text)
        guard let match = pattern.firstMatch(in: text, range: whole),
            let range = Range(match.range(at: 1), in: text)
        else {
            throw header.error(keyword, "has the value \"\(text)\", which does not match \(pattern.pattern)")
        }
        return String(text[range])
    }

    private func lookUp(
        _ field: DetectorField,
        _ value: FITSValue,
        _ keyword: String,
        _ rule: ValueRule
    ) throws(ButlerError) -> FITSValue {
        let number: Int64? =
            switch rule.detectorKey {
            case .serial: rules.detectorSerials[value.text]
            case .fullName: rules.detectorNumbers[value.text]
            default: value.wholeNumber
            }
        guard let detector = number.flatMap({ rules.detectors[$0] }) else {
            if case .allowed = rule.absence { return .undefined }
            throw header.error(keyword, "is the detector \(value), which the camera has not")
        }
        if field == .id { return .integer(detector.id) }
        let name =
            switch field {
            case .raft: detector.raft
            case .nameInRaft: detector.nameInRaft
            case .serial: detector.serial
            case .id, .fullName: detector.fullName
            }
        return name.map { .string($0) } ?? .undefined
    }

    private func wholeNumber(_ rule: ValueRule, _ value: FITSValue, _ keyword: String) throws(ButlerError) -> Int64 {
        // A fraction is cut off, as the reference does.
        guard let number = value.wholeNumber ?? value.realValue.flatMap({ Int64(exactly: $0.rounded(.towardZero)) })
        else { throw header.error(keyword, "has the value \(value), which is not a whole number") }
        guard rule.limits != nil || rule.linear != nil else { return number }
        let changed = linear(rule, limited(rule, Double(number)))
        guard let whole = Int64(exactly: changed) else {
            throw header.error(keyword, "gives \(changed), which is not a whole number")
        }
        return whole
    }

    private func realNumber(_ rule: ValueRule, _ value: FITSValue, _ keyword: String) throws(ButlerError) -> Double {
        guard let number = rule.refusesText ? value.realValue : value.number else {
            throw header.error(keyword, "has the value \(value), which is not a number")
        }
        let limited = limited(rule, number)
        return linear(rule, rule.unit?.converted(limited) ?? limited)
    }

    private func flag(_ value: FITSValue, _ keyword: String) throws(ButlerError) -> Bool {
        if let flag = value.logicalValue { return flag }
        switch value.text.lowercased() {
        case "true", "t", "yes", "1": return true
        case "false", "f", "no", "0": return false
        default: throw header.error(keyword, "has the value \(value), which is neither true nor false")
        }
    }

    /// The number, or the default where it is NaN or out of limits.
    private func limited(_ rule: ValueRule, _ number: Double) -> Double {
        guard let limits = rule.limits else { return number }
        let substitute: Double =
            switch limits.substitute {
            case .real(let value): value
            case .integer(let value): Double(value)
            default: number
            }
        let isInside = number >= limits.minimum ?? -.infinity && number <= limits.maximum ?? .infinity
        return isInside ? number : substitute
    }

    private func linear(_ rule: ValueRule, _ number: Double) -> Double {
        rule.linear?.applied(to: number) ?? number
    }
}

extension ValueRule {
    /// The default in the unit of the property.
    fileprivate var substitute: PropertyValue? {
        guard let unit, case .real(let number) = limits?.substitute else { return limits?.substitute }
        return .real(unit.converted(number))
    }

    /// The keywords that the rule looks for; the property's name where it looks for none.
    var keywords: [String] {
        switch source {
        case .keywords(let keywords): keywords
        case .property(let property): [property.rawValue]
        case .join(let rules, _):
            rules.flatMap { rule in
                if case .value(let rule) = rule { rule.keywords } else { [String]() }
            }
        }
    }
}

extension ValueRule.Linear {
    /// Offset + factor * number, wrapped.
    func applied(to number: Double) -> Double {
        let value = factor == 1 ? number + offset : offset + factor * number
        guard let wrap, !(0..<wrap).contains(value) else { return value }
        let wrapped = value - wrap * (value / wrap).rounded(.down)
        return wrapped >= wrap ? wrapped - wrap : wrapped
    }
}
