/// Finds the valid names that lie nearest to a mistyped one.
public enum Candidates {
    /// The nearest of the given names, best first.
    ///
    /// Distance is the optimal string alignment distance (insertions, deletions, substitutions and transpositions of
    /// neighbours) on case-folded text. A name is a candidate up to a distance of max(2, length / 3); ties go to a
    /// shared prefix, then to the alphabet.
    ///
    /// - Parameters:
    ///   - name: The name that was not found.
    ///   - names: The names that exist.
    ///   - limit: How many to return at most.
    /// - Returns: At most `limit` names, nearest first.
    public static func nearest(to name: String, in names: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        let reach = max(2, wanted.count / 3)
        var scored: [(distance: Int, prefix: Int, name: String)] = []
        for candidate in Set(names) {
            let folded = Array(candidate.lowercased().utf8)
            guard abs(folded.count - wanted.count) <= reach else { continue }
            let distance = alignmentDistance(wanted, folded)
            guard distance <= reach, distance < max(wanted.count, folded.count) else { continue }
            let prefix = zip(wanted, folded).prefix { $0 == $1 }.count
            scored.append((distance, prefix, candidate))
        }
        scored.sort { ($0.distance, -$0.prefix, $0.name) < ($1.distance, -$1.prefix, $1.name) }
        return scored.prefix(limit).map(\.name)
    }

    /// Optimal string alignment distance between two byte strings; O(n·m) time, three rows of memory.
    static func alignmentDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            row.reserveCapacity(b.count + 1)
            for j in 1...b.count {
                let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                var best = min(substitution, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, beforeLast[j - 2] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
