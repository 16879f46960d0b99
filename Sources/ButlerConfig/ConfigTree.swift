/// A value of a configuration file: a scalar, a list or a mapping with ordered keys.
///
/// Two mappings are equal when they have the same keys with equal values, in whichever order.
public enum ConfigTree: Hashable, Sendable {
    /// No value.
    case null
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// Text; also what YAML takes for a date.
    case string(String)
    /// A list.
    case list([ConfigTree])
    /// A mapping.
    case map(ConfigMap)

    /// A mapping without keys.
    public static let empty = ConfigTree.map(ConfigMap())
}

/// A mapping from text to configuration values that keeps the order of its keys.
public struct ConfigMap: Sendable {
    /// The keys in the order in which they were first set.
    public private(set) var keys: [String] = []
    private var values: [String: ConfigTree] = [:]

    /// Creates a mapping without keys.
    public init() {}

    /// The number of keys.
    public var count: Int { keys.count }

    /// Whether there is no key.
    public var isEmpty: Bool { keys.isEmpty }

    /// The value of a key; setting nil removes the key.
    public subscript(key: String) -> ConfigTree? {
        get { values[key] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
                return
            }
            if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
        }
    }
}

extension ConfigMap: Sequence {
    /// The pairs of keys and values, in order.
    public func makeIterator() -> AnyIterator<(key: String, value: ConfigTree)> {
        var iterator = keys.makeIterator()
        return AnyIterator {
            guard let key = iterator.next() else { return nil }
            return (key, values[key] ?? .null)
        }
    }
}

extension ConfigMap: Hashable {
    /// Compares keys and values, not their order.
    public static func == (left: ConfigMap, right: ConfigMap) -> Bool {
        left.values == right.values
    }

    /// Feeds keys and values to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(values)
    }
}

extension ConfigTree: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates no value.
    public init(nilLiteral: ()) { self = .null }

    /// Creates a truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Creates a whole number.
    public init(integerLiteral value: Int) { self = .int(value) }

    /// Creates a floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// Creates text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Creates a list.
    public init(arrayLiteral elements: ConfigTree...) { self = .list(elements) }

    /// Creates a mapping; of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, ConfigTree)...) {
        var map = ConfigMap()
        for (key, value) in elements { map[key] = value }
        self = .map(map)
    }
}
