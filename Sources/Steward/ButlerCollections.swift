internal import Registry
internal import StewardCore

/// The collections of a repository.
public struct ButlerCollections: Sendable {
    let butler: Butler

    private var tables: CollectionTables { butler.registry.collections }

    /// Registers a collection.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - kind: Kind of the collection.
    ///   - documentation: What it is for; only used when it is new.
    /// - Returns: Whether it is new.
    /// - Throws: ``ButlerError`` with `.collectionType` if one of another kind has that name, `.invalidArgument` for
    ///   names that cannot be stored, `.readOnly`; database errors.
    @discardableResult
    public func register(
        _ name: String,
        _ kind: CollectionKind = .run,
        documentation: String = ""
    ) async throws -> Bool {
        let (record, isNew) = try await butler.write {
            try tables.register(name, kind: kind, documentation: documentation, on: $0)
        }
        guard record.kind == kind else {
            throw ButlerError(
                .collectionType,
                "There is a collection \"\(name)\" already, of kind \(record.kind) instead of \(kind).",
                remedy: "Choose another name."
            )
        }
        return isNew
    }

    /// Describes one collection.
    ///
    /// - Parameter name: Name of the collection.
    /// - Returns: Its kind, documentation, children and parents.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func info(_ name: String) async throws -> CollectionInfo {
        let infos = try await butler.read {
            try tables.describe(CollectionExpression(names: [name]), includingChains: true, withParents: true, on: $0)
        }
        guard let info = infos.first else {
            throw ButlerError(.missingCollection, "There is no collection \"\(name)\" in this repository.")
        }
        return info
    }

    /// Finds collections.
    ///
    /// - Parameters:
    ///   - words: Names and globs; names must exist.
    ///   - kinds: Kinds to return.
    ///   - flattening: Whether chains are replaced by what they hold.
    ///   - includingChains: Whether chains themselves are returned; nil means only when not flattening.
    ///   - withParents: Whether to say which chains hold each collection.
    ///   - missingIsEmpty: Whether a name that does not exist gives an empty answer instead of an error.
    /// - Returns: Descriptions in search order.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func query(
        _ words: [String] = ["*"],
        kinds: Set<CollectionKind> = Set(CollectionKind.allCases),
        flattening: Bool = false,
        includingChains: Bool? = nil,
        withParents: Bool = false,
        missingIsEmpty: Bool = false
    ) async throws -> [CollectionInfo] {
        do {
            return try await butler.read {
                try tables.describe(
                    CollectionExpression(words),
                    kinds: kinds,
                    flattening: flattening,
                    includingChains: includingChains,
                    withParents: withParents,
                    on: $0
                )
            }
        } catch let error as ButlerError where missingIsEmpty && error.code == .missingCollection {
            return []
        }
    }

    /// The dataset types that collections can hold, as far as their summaries tell; chains can hold what their
    /// children can.
    ///
    /// - Parameter names: Names of collections.
    /// - Returns: Sorted names of dataset types by collection.
    /// - Throws: ``ButlerError`` with `.missingCollection`; database errors.
    public func datasetTypes(in names: [String]) async throws -> [String: [String]] {
        let butler = butler
        return try await butler.read { connection in
            let all = try tables.resolve(
                CollectionExpression(names: names),
                flattening: true,
                includingChains: true,
                on: connection
            )
            let summaries = try butler.registry.datasets.summaries(of: all, on: connection)
            let children = Dictionary(all.map { ($0.name, $0.children) }, uniquingKeysWith: { first, _ in first })
            func types(_ name: String, _ visited: inout Set<String>) -> Set<String> {
                guard visited.insert(name).inserted else { return [] }
                var held = summaries[name]?.datasetTypes ?? []
                for child in children[name] ?? [] { held.formUnion(types(child, &visited)) }
                return held
            }
            return Dictionary(
                uniqueKeysWithValues: Set(names).map { name in
                    var visited: Set<String> = []
                    return (name, types(name, &visited).sorted())
                }
            )
        }
    }

    /// Replaces the children of a chain.
    ///
    /// - Parameters:
    ///   - parent: Name of the chain.
    ///   - children: Names of its children in search order.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.collectionCycle`; database errors.
    public func redefineChain(_ parent: String, _ children: [String]) async throws {
        try await change(.redefine, parent, children)
    }

    /// Puts children in front of those that a chain has.
    ///
    /// - Parameters:
    ///   - parent: Name of the chain.
    ///   - children: Names of the children in search order.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.collectionCycle`; database errors.
    public func prependChain(_ parent: String, _ children: [String]) async throws {
        try await change(.prepend, parent, children)
    }

    /// Puts children behind those that a chain has.
    ///
    /// - Parameters:
    ///   - parent: Name of the chain.
    ///   - children: Names of the children in search order.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.collectionCycle`; database errors.
    public func extendChain(_ parent: String, _ children: [String]) async throws {
        try await change(.extend, parent, children)
    }

    /// Takes children out of a chain; ones that are not in it do not matter.
    ///
    /// - Parameters:
    ///   - parent: Name of the chain.
    ///   - children: Names of the children.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`; database errors.
    public func removeFromChain(_ parent: String, _ children: [String]) async throws {
        try await change(.remove, parent, children)
    }

    private func change(_ edit: CollectionTables.ChainEdit, _ parent: String, _ children: [String]) async throws {
        _ = try await butler.write { try tables.change(edit, parent, children, on: $0) }
    }
}

extension Butler {
    /// The collections of the repository.
    public var collections: ButlerCollections { ButlerCollections(butler: self) }
}
