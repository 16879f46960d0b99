import StewardCore

/// A storage class as written, before inheritance.
struct StorageClassEntry {
    var pythonType: String?
    var base: String?
    var components: [StorageClassDefinition.Component] = []
    var derivedComponents: [StorageClassDefinition.Component] = []
    var parameters: [String] = []
    var delegate: String?
    var converters: [StorageClassDefinition.Converter] = []
}

/// Turns entries into definitions: base and components first, own values over inherited ones.
struct StorageClassResolver {
    private let entries: [String: StorageClassEntry]
    private var resolved: [String: StorageClassDefinition] = [:]
    private var order: [StorageClassDefinition] = []
    private var pending: Set<String> = []

    init(_ entries: [String: StorageClassEntry]) {
        self.entries = entries
    }

    /// Definitions of all entries.
    ///
    /// - Parameter names: The names in the order in which they were written.
    /// - Returns: The definitions.
    /// - Throws: ``ButlerError`` with `.storageClass` for an unknown name, a circle or a missing Python type.
    mutating func resolve(_ names: [String]) throws -> StorageClassDefinitions {
        order.reserveCapacity(names.count)
        for name in names { _ = try definition(name, neededBy: nil) }
        return StorageClassDefinitions(order)
    }

    private mutating func definition(_ name: String, neededBy user: String?) throws -> StorageClassDefinition {
        if let done = resolved[name] { return done }
        guard let entry = entries[name] else {
            throw ButlerError(
                .storageClass,
                "The storage class \"\(user ?? name)\" refers to \"\(name)\", which is not defined.",
                remedy: "Define it under \"storageClasses\" in the configuration.",
                candidates: Candidates.nearest(to: name, in: entries.keys)
            )
        }
        guard pending.insert(name).inserted else {
            throw ButlerError(
                .storageClass,
                "The definition of the storage class \"\(name)\" needs itself.",
                remedy: "Remove the circle from \"inheritsFrom\" and \"components\" in the configuration."
            )
        }
        let base = try entry.base.map { try definition($0, neededBy: name) }
        for part in entry.components + entry.derivedComponents {
            _ = try definition(part.storageClass, neededBy: name)
        }
        guard let pythonType = entry.pythonType ?? base?.pythonType else {
            throw ButlerError(
                .storageClass,
                "The storage class \"\(name)\" has neither \"pytype\" nor \"inheritsFrom\".",
                remedy: "Give its Python type in the configuration."
            )
        }
        let result = StorageClassDefinition(
            name: name,
            pythonType: pythonType,
            base: entry.base,
            components: merge(base?.components, entry.components, by: \.name),
            derivedComponents: merge(base?.derivedComponents, entry.derivedComponents, by: \.name),
            parameters: merge(base?.parameters, entry.parameters, by: \.self),
            delegate: entry.delegate ?? base?.delegate,
            converters: merge(base?.converters, entry.converters, by: \.pythonType)
        )
        resolved[name] = result
        order.append(result)
        return result
    }

    /// Inherited elements with own ones replacing those of the same key, or added at the end.
    private func merge<Element>(
        _ inherited: [Element]?,
        _ own: [Element],
        by key: KeyPath<Element, String>
    ) -> [Element] {
        guard var result = inherited, !result.isEmpty else { return own }
        for element in own {
            if let index = result.firstIndex(where: { $0[keyPath: key] == element[keyPath: key] }) {
                result[index] = element
            } else {
                result.append(element)
            }
        }
        return result
    }
}
