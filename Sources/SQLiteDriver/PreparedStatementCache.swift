internal import GRDB

/// Prepared statements of one connection by their text, ready to be used again.
///
/// A statement leaves the cache while it is in use, so that the same text can run twice at the same time.
struct PreparedStatementCache {
    private struct Entry {
        let statement: Statement
        let lastUse: Int
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock = 0

    /// Creates a cache for so many statements; the least recently used quarter goes when it is full.
    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    /// How many statements are ready.
    var count: Int { entries.count }

    /// Takes the statement of a text out of the cache, if it is there.
    mutating func take(_ text: String) -> Statement? {
        entries.removeValue(forKey: text)?.statement
    }

    /// Puts a statement back that is reset.
    mutating func put(_ statement: Statement, for text: String) {
        if entries.count >= capacity {
            let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(capacity / 4 + 1)
            for (text, _) in oldest {
                entries[text] = nil
            }
        }
        clock += 1
        entries[text] = Entry(statement: statement, lastUse: clock)
    }

    /// Finalizes all statements, as a connection needs before it is closed.
    mutating func removeAll() {
        entries = [:]
    }
}
