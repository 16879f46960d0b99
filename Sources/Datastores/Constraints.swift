internal import ButlerConfig
internal import Datasets
internal import Dimensions
internal import StewardCore

/// Which datasets a datastore takes, as section `constraints` of its configuration says.
///
/// An accepted key wins over a rejected one; `all` is a wildcard in either list; without an `accept` list everything is
/// taken that is not rejected.
struct Constraints: Sendable {
    private let accept: LookupTable<Bool>
    private let reject: LookupTable<Bool>
    private let hasAccepted: Bool

    init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        let accepted = try Constraints.keys(section?["accept"])
        let rejected = try Constraints.keys(section?["reject"])
        accept = LookupTable(accepted, in: universe) { _, _ in true }
        reject = LookupTable(rejected, in: universe) { _, _ in true }
        hasAccepted = !accepted.isEmpty
    }

    /// The keys of a list, whose elements are keys or `instrument<NAME>` with a list.
    private static func keys(_ list: ConfigTree?) throws -> ConfigMap {
        var map = ConfigMap()
        for item in list?.list ?? [] {
            if let key = item.string {
                map[key] = true
                continue
            }
            guard let sections = item.map else {
                throw ButlerError(
                    .configuration,
                    "\(item.json) under \"datastore.constraints\" is no lookup key.",
                    remedy: "Correct it in the repository's butler.yaml."
                )
            }
            for (instrument, keys) in sections { map[instrument] = .map(try Constraints.keys(keys)) }
        }
        return map
    }

    /// Whether datasets of a type are taken.
    ///
    /// - Throws: ``ButlerError`` with `.invalidArgument` if not.
    func check(_ type: DatasetType, instrument: String?) throws {
        let keys = LookupKey.keys(of: type)
        if accept.first(keys, instrument: instrument) != nil { return }
        let isRejected = reject.first(keys + [.name("all")], instrument: instrument) != nil
        let isTaken = !hasAccepted || accept.first([.name("all")], instrument: instrument) != nil
        guard !isRejected, isTaken else {
            throw ButlerError(
                .invalidArgument,
                "The datastore does not take datasets of type \"\(type.name)\".",
                remedy: "Change \"datastore.constraints\" in the repository's butler.yaml."
            )
        }
    }
}

/// Which composites are stored in parts, as section `composites` of a datastore's configuration says.
struct CompositeChoice: Sendable {
    private let table: LookupTable<Bool>
    private let fallback: Bool

    init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        fallback = try section?.bool("default") ?? false
        table = try LookupTable(section?["disassembled"]?.map ?? ConfigMap(), in: universe) { key, value in
            if key.hasPrefix("__") { return nil }
            if case .bool(let value) = value { return value }
            throw ButlerError(
                .configuration,
                "\"datastore.composites.disassembled.\(key)\" is \(value.json), which is not true or false.",
                remedy: "Correct it in the repository's butler.yaml."
            )
        }
    }

    func disassembles(_ type: DatasetType, instrument: String?) -> Bool {
        table.first(LookupKey.keys(of: type), instrument: instrument) ?? fallback
    }
}
