public import FITS
import StewardCore

/// Turns headers of one camera into standard properties.
///
/// ```swift
/// let translator = try registry.translator(for: header)
/// let result = try translator.translate(header, required: ObservationProperty.requiredForIngest)
/// print(result.info.exposureID ?? 0)
/// ```
public struct HeaderTranslator: Sendable {
    /// The rules of the camera.
    public let rules: TranslationRules

    /// Creates a translator.
    public init(_ rules: TranslationRules) {
        self.rules = rules
    }

    /// Registered name of the translator in the reference.
    public var name: String { rules.name }

    /// Repairs a header and translates it.
    ///
    /// - Parameters:
    ///   - header: The header; see ``translatableHeaders(in:)``.
    ///   - properties: The properties to work out; required ones are added.
    ///   - required: The properties that must have a value.
    ///   - corrections: Where to look for corrections of single observations.
    ///   - memory: Translations of similar headers.
    /// - Returns: The properties, and what went wrong with those that are not required.
    /// - Throws: `ButlerError` of code `header` naming property, keyword and file when a required property cannot be
    ///   had or is null; `corruptFile` when a correction file is malformed.
    public func translate(
        _ header: FITSHeader,
        properties: Set<ObservationProperty> = ObservationProperty.all,
        required: Set<ObservationProperty> = [],
        corrections: CorrectionFolders = .none,
        recalling memory: TranslationMemory? = nil
    ) throws -> Translation {
        var (translation, repairs) = try repairing(header, corrections, recalling: memory)
        var values = [ObservationProperty: PropertyValue](minimumCapacity: ObservationProperty.allCases.count)
        var problems: [Translation.Problem] = []
        for property in ObservationProperty.allCases {
            let isRequired = required.contains(property)
            guard isRequired || properties.contains(property) else { continue }
            guard isRequired || rules.rule(property) != nil else { continue }
            do throws(ButlerError) {
                if let value = try translation.value(property) {
                    values[property] = value
                } else if isRequired {
                    throw translation.failure("the property has no value, and it is required")
                }
            } catch {
                let error = error.adding("property", property.rawValue).adding("translator", name)
                if isRequired { throw error }
                problems.append(Translation.Problem(property: property, error: error))
            }
        }
        translation.remember()
        let info = ObservationInfo(unchecked: values, translator: name)
        return Translation(info: info, problems: problems, repairs: repairs ?? .none)
    }

    /// The headers of a file that describe a detector each.
    ///
    /// - Parameter units: The header-data units of the file.
    /// - Returns: One header for each detector; where the rules say so, an extension's merged over the primary one.
    /// - Throws: `ButlerError` of code `header` when there is none.
    public func translatableHeaders(in units: [FITSHeader]) throws -> [FITSHeader] {
        guard let primary = units.first else { throw ButlerError(.header, "The file has no header.") }
        guard case .extensions(let keyword, let last, let form, let inheritsPrimary) = rules.headers else {
            if case .primary = rules.headers, rules.recognises(primary) { return [primary] }
            return [units.merged(upTo: 2)]
        }
        let found = units.dropFirst().filter { unit in
            if let form {
                let condition = HeaderCondition(keyword: keyword, test: .matches(form), ignoresCase: false)
                return condition.holds(in: unit)
            }
            guard let number = unit.defined(keyword)?.wholeNumber else { return false }
            return last.map { number <= $0 } ?? true
        }
        if found.isEmpty, primary.defined(keyword) != nil { return [primary] }
        guard !found.isEmpty else {
            throw primary.error(keyword, "is in no extension of the file")
        }
        return found.map { inheritsPrimary ? [primary, $0].merged() : $0 }
    }

    /// Whether detectors are described in extensions, so that all headers of a file must be read.
    public var readsExtensions: Bool {
        if case .primary = rules.headers { false } else { true }
    }
}

extension Array where Element == FITSHeader {
    /// The headers merged, later ones over earlier ones.
    func merged(upTo count: Int = .max) -> FITSHeader {
        guard var merged = first else { return FITSHeader() }
        for header in prefix(count).dropFirst() {
            merged.merge(header)
        }
        return merged
    }
}
