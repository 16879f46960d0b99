import StewardCore

extension ButlerDefaults {
    /// The default storage classes, resolved once for the process.
    private static let shipped: Result<StorageClassDefinitions, any Error> = Result {
        var resolver = StorageClassResolver(Dictionary(uniqueKeysWithValues: entries))
        return try resolver.resolve(entries.map(\.0))
    }

    /// The default storage classes as written, in order.
    private static let entries: [(String, StorageClassEntry)] = StorageClassTable.text.utf8
        .split(separator: UInt8(ascii: "\n"))
        .map { line in
            let fields = TableLine(line)
            let entry = StorageClassEntry(
                pythonType: fields[1].isEmpty ? nil : fields[1],
                base: fields[2].isEmpty ? nil : fields[2],
                components: fields.pairs(3).map { .init(name: $0, storageClass: $1) },
                derivedComponents: fields.pairs(4).map { .init(name: $0, storageClass: $1) },
                parameters: fields.words(5),
                delegate: fields[6].isEmpty ? nil : fields[6],
                converters: fields.pairs(7).map { .init(pythonType: $0, function: $1) }
            )
            return (fields[0], entry)
        }

    /// The default storage classes with a repository's own laid over them.
    ///
    /// - Parameter overrides: The section `storageClasses` of the configuration; keys of an entry replace those of
    ///   the default of the same name.
    /// - Returns: All definitions with inheritance resolved.
    /// - Throws: ``ButlerError`` with `.configuration` if an entry is malformed, `.storageClass` if it refers to an
    ///   unknown storage class or to itself.
    public static func storageClasses(overridingWith overrides: ConfigTree? = nil) throws -> StorageClassDefinitions {
        guard let own = try overrides?.map(), !own.isEmpty else { return try shipped.get() }
        var merged = Dictionary(uniqueKeysWithValues: entries)
        var names = entries.map(\.0)
        for (name, tree) in own {
            if merged[name] == nil { names.append(name) }
            var entry = merged[name] ?? StorageClassEntry()
            try entry.merge(tree, name: name)
            merged[name] = entry
        }
        var resolver = StorageClassResolver(merged)
        return try resolver.resolve(names)
    }

    /// The default storage classes as the section `storageClasses` of a configuration.
    public static var storageClassTree: ConfigTree {
        var map = ConfigMap()
        for (name, entry) in entries { map[name] = entry.tree }
        return .map(map)
    }
}

extension StorageClassEntry {
    private static let keys: Set<String> = [
        "pytype", "inheritsFrom", "components", "derivedComponents", "parameters", "delegate", "converters",
    ]

    /// Lays the keys of a configuration entry over this one.
    mutating func merge(_ tree: ConfigTree, name: String) throws {
        let map = try tree.map() ?? ConfigMap()
        if let unknown = map.keys.first(where: { !StorageClassEntry.keys.contains($0) }) {
            throw ButlerError(
                .configuration,
                "The storage class \"\(name)\" has the unknown key \"\(unknown)\".",
                remedy: "Correct it in the configuration file.",
                candidates: Candidates.nearest(to: unknown, in: StorageClassEntry.keys)
            )
        }
        pythonType = try tree.string("pytype") ?? pythonType
        base = try tree.string("inheritsFrom") ?? base
        delegate = try tree.string("delegate") ?? delegate
        parameters = try tree.strings("parameters") ?? parameters
        for (part, storageClass) in try StorageClassEntry.texts(tree, "components") {
            components.removeAll { $0.name == part }
            components.append(.init(name: part, storageClass: storageClass))
        }
        for (part, storageClass) in try StorageClassEntry.texts(tree, "derivedComponents") {
            derivedComponents.removeAll { $0.name == part }
            derivedComponents.append(.init(name: part, storageClass: storageClass))
        }
        for (type, function) in try StorageClassEntry.texts(tree, "converters") {
            converters.removeAll { $0.pythonType == type }
            converters.append(.init(pythonType: type, function: function))
        }
    }

    /// The entry as configuration; keys without value are left out.
    var tree: ConfigTree {
        var map = ConfigMap()
        map["pytype"] = pythonType.map { .string($0) }
        map["inheritsFrom"] = base.map { .string($0) }
        map["components"] = StorageClassEntry.tree(components.map { ($0.name, $0.storageClass) })
        map["derivedComponents"] = StorageClassEntry.tree(derivedComponents.map { ($0.name, $0.storageClass) })
        map["parameters"] = parameters.isEmpty ? nil : .list(parameters.map { .string($0) })
        map["delegate"] = delegate.map { .string($0) }
        map["converters"] = StorageClassEntry.tree(converters.map { ($0.pythonType, $0.function) })
        return .map(map)
    }

    private static func tree(_ pairs: [(String, String)]) -> ConfigTree? {
        guard !pairs.isEmpty else { return nil }
        var map = ConfigMap()
        for (key, value) in pairs { map[key] = .string(value) }
        return .map(map)
    }

    private static func texts(_ tree: ConfigTree, _ key: String) throws -> [(String, String)] {
        try (tree.map(key) ?? ConfigMap()).map { name, _ in (name, try tree.string(key, name) ?? "") }
    }
}
