internal import ButlerConfig
internal import Dimensions
internal import StewardCore

/// Which datasets a datastore takes.
///
/// Being accepted by name, dimensions or storage class wins over being rejected, that over `all` being rejected, that
/// over `all` being accepted; with nothing accepted everything else is taken. Source: `daf_butler:
/// datastore/constraints.py`.
struct DatasetConstraints: Sendable {
    private let accepted: Set<LookupKey>
    private let rejected: Set<LookupKey>

    /// Reads the section `constraints`; without one everything is taken.
    ///
    /// - Throws: `ButlerError` with `.configuration` if the section is malformed.
    init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        accepted = try Self.keys(section?["accept"], in: universe)
        rejected = try Self.keys(section?["reject"], in: universe)
        let all = LookupKey(.name("all"))
        guard !(accepted.contains(all) && rejected.contains(all)) else {
            throw ButlerError(.configuration, "A datastore's constraints both accept and reject \"all\".")
        }
    }

    private static func keys(_ list: ConfigTree?, in universe: DimensionUniverse) throws -> Set<LookupKey> {
        var keys: Set<LookupKey> = []
        guard let list, !list.isNull else { return keys }
        guard let items = list.list else { throw malformed(list) }
        for item in items {
            if let name = item.string {
                keys.insert(LookupKey(parsing: name, in: universe))
                continue
            }
            guard let map = item.map, map.count == 1, let key = map.keys.first,
                let instrument = InstrumentSection.instrument(key), let names = try item.strings(key)
            else { throw malformed(item) }
            for name in names { keys.insert(LookupKey(parsing: name, instrument: instrument, in: universe)) }
        }
        return keys
    }

    private static func malformed(_ tree: ConfigTree) -> ButlerError {
        ButlerError(
            .configuration,
            "\(tree.json) is not a list of names for a datastore's constraints.",
            remedy: "List names of dataset types or storage classes, dimensions with \"+\", or instrument<NAME>: [...]."
        )
    }

    /// Whether a dataset with these keys is taken.
    func accepts(_ keys: [LookupKey]) -> Bool {
        guard !(accepted.isEmpty && rejected.isEmpty) else { return true }
        if keys.contains(where: accepted.contains) { return true }
        if keys.contains(where: rejected.contains) { return false }
        let wildcards = Set(keys.map { LookupKey(.name("all"), instrument: $0.instrument) })
        if !wildcards.isDisjoint(with: rejected) { return false }
        return accepted.isEmpty || !wildcards.isDisjoint(with: accepted)
    }
}
