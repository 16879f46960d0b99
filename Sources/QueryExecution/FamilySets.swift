/// Families of elements, and calibration searches, that are known to be related, as disjoint sets.
struct FamilySets {
    /// The sets, the largest first, each with its members sorted by name.
    private(set) var sets: [[String]]

    init(_ families: some Sequence<String>) {
        sets = families.map { [$0] }
    }

    /// Puts the sets of two families together; nothing happens for families that are not there.
    mutating func merge(_ first: String, _ second: String) {
        guard let a = sets.firstIndex(where: { $0.contains(first) }),
            let b = sets.firstIndex(where: { $0.contains(second) }), a != b
        else { return }
        sets[min(a, b)] = (sets[a] + sets[b]).sorted()
        sets.remove(at: max(a, b))
        sets.sort { ($1.count, $0.first ?? "") < ($0.count, $1.first ?? "") }
    }
}
