internal import CPostgreSQL

/// Which statements are prepared on one connection, by their text and the types of their parameters.
///
/// A statement is prepared when it comes for the second time: most commands of a program run once.
struct PreparedStatementCache {
    /// A statement as the server knows it: the same text with other types is another one.
    struct Key: Hashable {
        let text: String
        let types: [Oid]
    }

    private struct Entry {
        /// Name on the server; nil as long as it was seen but not prepared.
        var name: String?
        /// Types that the server inferred, where they were asked for.
        var parameterTypes: [Oid]?
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var evicted: [String] = []
    private var clock = 0

    /// Creates a cache for so many statements; the least recently used quarter goes when it is full.
    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    /// How many statements are known.
    var count: Int { entries.count }

    /// Notes a use; returns the name to run it by, and whether it still has to be prepared under that name.
    ///
    /// - Parameters:
    ///   - key: The statement.
    ///   - atOnce: Whether it is prepared on its first use.
    /// - Returns: Nil if it should run without being prepared.
    mutating func use(_ key: Key, atOnce: Bool = false) -> (name: String, isNew: Bool)? {
        clock += 1
        guard let entry = entries[key] else {
            if entries.count >= capacity { evict() }
            entries[key] = Entry(name: nil, lastUse: clock)
            return atOnce ? ("steward_\(clock)", true) : nil
        }
        entries[key]?.lastUse = clock
        guard let name = entry.name else { return ("steward_\(clock)", true) }
        return (name, false)
    }

    /// Notes that a statement is now prepared.
    mutating func prepared(_ key: Key, as name: String) {
        entries[key]?.name = name
    }

    /// The types that the server inferred for a prepared statement, if known.
    func parameterTypes(_ key: Key) -> [Oid]? { entries[key]?.parameterTypes }

    /// Notes the types that the server inferred.
    mutating func inferred(_ key: Key, _ types: [Oid]) {
        entries[key]?.parameterTypes = types
    }

    /// Names of statements that the server should drop.
    mutating func takeEvicted() -> [String] {
        defer { evicted = [] }
        return evicted
    }

    private mutating func evict() {
        let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(capacity / 4 + 1)
        for (key, entry) in oldest {
            entries[key] = nil
            if let name = entry.name { evicted.append(name) }
        }
    }
}
