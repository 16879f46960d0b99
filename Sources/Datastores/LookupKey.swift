internal import ButlerConfig
public import Datasets
public import Dimensions

/// What a section of the configuration is looked up by: a name, or the dimensions of a dataset type.
public enum LookupKey: Hashable, Sendable, CustomStringConvertible {
    /// Name of a dataset type (with component or without) or storage class.
    case name(String)
    /// A group of dimensions.
    case dimensions(DimensionGroup)

    /// Reads a key of a configuration file.
    ///
    /// Names joined by `+` are a dimension group, closed over its dependencies; where one of them is no dimension of
    /// the universe the text is a plain name.
    public init(_ text: String, in universe: DimensionUniverse) {
        if text.contains("+"), let group = try? universe.group(text.split(separator: "+").map(String.init)) {
            self = .dimensions(group)
        } else {
            self = .name(text)
        }
    }

    /// The keys of a dataset type, the most specific first.
    ///
    /// Name, name without component, dimensions, storage class, storage class of the composite. Source:
    /// `daf_butler: _dataset_type.py`.
    public static func keys(of type: DatasetType) -> [LookupKey] {
        var keys = [LookupKey.name(type.name)]
        if type.component != nil { keys.append(.name(type.parentName)) }
        if !type.dimensions.isEmpty { keys.append(.dimensions(type.dimensions)) }
        keys.append(.name(type.storageClass))
        if let parent = type.parentStorageClass { keys.append(.name(parent)) }
        return keys
    }

    /// The name, or the names of the dimensions joined by `+`.
    public var description: String {
        switch self {
        case .name(let name): name
        case .dimensions(let group): group.names.joined(separator: "+")
        }
    }
}

/// Values by lookup key, with sections that hold for one instrument only.
struct LookupTable<Value: Sendable>: Sendable {
    private var common: [LookupKey: Value] = [:]
    private var byInstrument: [String: [LookupKey: Value]] = [:]

    /// Reads a section of the configuration.
    ///
    /// - Parameters:
    ///   - section: Keys with values; `instrument<NAME>` holds a section of its own.
    ///   - universe: Dimensions that keys can name.
    ///   - read: Makes a value; nil leaves the key out.
    init(
        _ section: ConfigMap,
        in universe: DimensionUniverse,
        _ read: (_ key: String, _ value: ConfigTree) throws -> Value?
    ) rethrows {
        for (key, value) in section {
            if let instrument = LookupTable.instrument(key), let own = value.map {
                for (key, value) in own {
                    guard let value = try read(key, value) else { continue }
                    byInstrument[instrument, default: [:]][LookupKey(key, in: universe)] = value
                }
            } else if let value = try read(key, value) {
                common[LookupKey(key, in: universe)] = value
            }
        }
    }

    /// The value of the first key that has one; those of the instrument come before all others.
    func first(_ keys: [LookupKey], instrument: String?) -> Value? {
        if let instrument, let own = byInstrument[instrument] {
            for key in keys { if let value = own[key] { return value } }
        }
        for key in keys { if let value = common[key] { return value } }
        return nil
    }

    private static func instrument(_ key: String) -> String? {
        guard key.hasPrefix("instrument<"), key.hasSuffix(">") else { return nil }
        return String(key.dropFirst("instrument<".count).dropLast())
    }
}

extension LookupKey {
    /// The keys in the order in which they are tried, as text for messages.
    static func text(of keys: [LookupKey], instrument: String?) -> String {
        let own = instrument.map { name in keys.map { "\($0) ({'instrument': '\(name)'})" } } ?? []
        return (own + keys.map(\.description)).joined(separator: ", ")
    }
}
