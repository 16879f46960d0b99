import StewardCore
import StewardTesting
import Testing

extension Golden {
    /// The groups of query cases whose name passes a test.
    static func queries(where isWanted: (String) -> Bool) throws -> [JSONValue] {
        let files = names("queries")
        try #require(!files.isEmpty, "no golden values of queries")
        return try files.map { try json("queries", $0) }.filter { $0["group"]?.string.map(isWanted) == true }
    }
}
