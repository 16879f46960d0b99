internal import ButlerConfig
internal import Dimensions
internal import StewardCore

/// Values of a configuration section by lookup key.
struct LookupTable<Value: Sendable>: Sendable {
    private(set) var entries: [LookupKey: Value] = [:]

    init() {}

    /// Reads a section whose keys are lookup keys; those in a subsection `instrument<NAME>` are for that instrument.
    ///
    /// - Parameters:
    ///   - section: The section; nil gives an empty table.
    ///   - name: Name of the section, for messages.
    ///   - universe: The dimensions.
    ///   - allowsMaps: Whether a value can be a mapping; otherwise only an instrument's section is one.
    ///   - convert: Makes the value of an entry; nil leaves it out.
    /// - Throws: `ButlerError` with `.configuration` if the section is malformed, or what `convert` throws.
    init(
        _ section: ConfigTree?,
        named name: String,
        in universe: DimensionUniverse,
        allowsMaps: Bool = false,
        _ convert: (String, ConfigTree) throws -> Value?
    ) throws {
        for (key, tree) in try section?.map() ?? ConfigMap() {
            if let map = tree.map, let instrument = InstrumentSection.instrument(key) {
                for (inner, tree) in map {
                    guard let value = try convert(inner, tree) else { continue }
                    entries[LookupKey(parsing: inner, instrument: instrument, in: universe)] = value
                }
                continue
            }
            guard allowsMaps || tree.map == nil else {
                throw ButlerError(
                    .configuration,
                    "The key \"\(key)\" in \"\(name)\" holds a mapping, which only \"instrument<NAME>\" can.",
                    remedy: "Correct it in the configuration file."
                )
            }
            guard let value = try convert(key, tree) else { continue }
            entries[LookupKey(parsing: key, in: universe)] = value
        }
    }

    /// The value of the first key that has one.
    func first(of keys: [LookupKey]) -> Value? {
        for key in keys {
            if let value = entries[key] { return value }
        }
        return nil
    }
}

/// Subsections that hold for one instrument.
enum InstrumentSection {
    /// The name in `instrument<NAME>`; nil for any other key.
    static func instrument(_ key: String) -> String? {
        let prefix = "instrument<"
        guard key.hasPrefix(prefix), key.hasSuffix(">") else { return nil }
        return String(key.dropFirst(prefix.count).dropLast())
    }
}
