public import AstroTime

/// A formatter of raw data and the raws that it is for.
public struct RawFormatterEntry: Hashable, Sendable {
    /// Dotted class name of the reference, which is what the datastore records.
    public let formatter: String
    /// Detectors that it is for; nil for all.
    public let detectors: Set<Int64>?
    /// Exposures from this instant on; nil for all.
    public let from: TAI?
    /// Exposures before this instant; nil for all.
    public let until: TAI?

    /// Whether the entry is for a raw.
    func applies(detector: Int64?, begin: TAI?) -> Bool {
        if let detectors, !(detector.map(detectors.contains) ?? false) { return false }
        if let from, !(begin.map { $0 >= from } ?? false) { return false }
        if let until, !(begin.map { $0 < until } ?? false) { return false }
        return true
    }
}

extension InstrumentDefinition {
    /// The formatter of a raw.
    ///
    /// - Parameters:
    ///   - detector: Number of the detector.
    ///   - begin: Beginning of the exposure; entries limited in time do not apply without it.
    /// - Returns: Dotted class name of the first entry that applies.
    public func rawFormatter(detector: Int64?, begin: TAI? = nil) -> String? {
        rawFormatters.first { $0.applies(detector: detector, begin: begin) }?.formatter
    }

    /// The filters that go by a name: physical name, band or alias; in the order of the definition.
    public func filters(named name: String) -> [FilterDefinition] {
        filters.filter { $0.answers(to: name) }
    }
}
