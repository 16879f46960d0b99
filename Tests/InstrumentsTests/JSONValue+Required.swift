import StewardCore
import Testing

extension JSONValue {
    /// The value of a key that must be there.
    func at(_ key: String) throws -> JSONValue {
        try #require(self[key], "no key \(key)")
    }
}
