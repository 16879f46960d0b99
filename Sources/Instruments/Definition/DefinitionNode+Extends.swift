import ObservationMetadata

extension DefinitionNode {
    /// Mappings whose keys are merged one by one; any other value replaces that of the base as a whole.
    private static let merged: Set<String> = [
        "", "raw", "collections", "curated", "visits", "aliases", "filters", "camera", "camera.detector",
        "camera.raft_kinds", "translator", "translator.observation_types", "translator.conditions",
        "translator.properties",
    ]
    /// Lists that are merged by a key of their items.
    private static let lists = [
        "camera.detectors": "id", "camera.rafts": "first", "filters.list": "physical",
    ]

    /// This definition over the one that it extends: keys replace, detectors and filters add.
    ///
    /// - Parameter base: The definition beneath.
    /// - Returns: The definition as if it had been written in full.
    func extending(_ base: DefinitionNode) -> DefinitionNode {
        if let own = entries, let beneath = base.entries, Self.merged.contains(path) {
            var result = beneath
            for entry in own {
                guard let position = result.firstIndex(where: { $0.key == entry.key }) else {
                    result.append(entry)
                    continue
                }
                result[position] = Entry(entry.key, entry.value.extending(result[position].value))
            }
            return DefinitionNode(.mapping(result), file: file, line: line, path: path)
        }
        if let own = items, let beneath = base.items, let key = Self.lists[path] {
            var result = beneath
            for item in own {
                if let name = item.word(key), let position = result.firstIndex(where: { $0.word(key) == name }) {
                    result[position] = item
                } else {
                    result.append(item)
                }
            }
            return DefinitionNode(.sequence(result), file: file, line: line, path: path)
        }
        return self
    }

    /// A path, from the folder of the file that it stands in unless it is absolute.
    func folder() throws -> String {
        let text = try text()
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }

    /// The text of a key of a mapping.
    func word(_ key: String) -> String? {
        try? entries?.first { $0.key == key }?.value.text()
    }
}
