public import Datasets
internal import Dimensions
internal import StewardCore

extension FileTemplate {
    private var fields: [Field] { pieces.compactMap(\.field) }

    /// Checks what can be checked without a dataset type.
    func checkFields() throws {
        let names = fields.flatMap(\.names)
        if names.contains(where: { $0.text == "collection" }) {
            throw invalid("\"collection\" is no longer a field", remedy: "Use {run}.")
        }
        let hasID = names.contains { $0.text == "id" }
        guard hasID || names.contains(where: { $0.text == "run" }) else {
            throw invalid("it has neither {run} nor {id}", remedy: "Add one, so that paths are unique.")
        }
        guard hasID || names.contains(where: { !$0.isSpecial }) else {
            throw invalid("it names no dimension", remedy: "Add fields of the dimensions, or {id}.")
        }
        guard !text.contains("../"), !text.hasSuffix("..") else {
            throw invalid("it leads to a parent directory", remedy: "Take \"..\" out.")
        }
        let fileName = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !hasID || fileName.contains("{id}") else {
            throw invalid("{id} is not in the file name", remedy: "Put {id} after the last slash.")
        }
    }

    /// Checks that the paths of a dataset type's files will be distinct.
    ///
    /// - Parameter type: The dataset type.
    /// - Throws: ``ButlerError`` with `.configuration` if a required dimension is missing from the template, a field
    ///   that is not optional is not one of the dataset type's, or the component is missing or asked for in vain.
    public func check(for type: DatasetType) throws {
        let group = type.dimensions
        let skyPixel = group.skyPixels.count == 1 ? group.skyPixels[0].name : nil
        func isKnown(_ name: Name) -> Bool {
            name.isSpecial || group.contains(name.primary) || name.primary == "skypix" && skyPixel != nil
        }
        var used: Set<String> = []
        for field in fields {
            let names = field.names.first(where: isKnown).map { [$0] } ?? field.names
            for name in names where !name.isSpecial {
                used.insert(name.primary == "skypix" ? skyPixel ?? name.primary : name.primary)
            }
            guard !field.isOptional, !names.contains(where: isKnown) else { continue }
            throw invalid(
                "{\(names[0].text)} is neither a dimension of \"\(type.name)\" nor optional",
                remedy: "Mark it as optional with \"?\", or give \"\(type.name)\" a template of its own."
            )
        }
        try checkComponent(type)
        let lacking = group.required.map(\.name).filter { !used.contains($0) }
        guard lacking.isEmpty || fields.contains(where: { $0.names[0].text == "id" }) else {
            throw invalid(
                "it lacks \(lacking.joined(separator: ", ")), which \"\(type.name)\" needs for distinct paths",
                remedy: "Add the fields, or {id}."
            )
        }
    }

    private func checkComponent(_ type: DatasetType) throws {
        let components = fields.filter { $0.names.contains { $0.text == "component" } }
        if type.component != nil, components.isEmpty {
            throw invalid("it does not use the component of \"\(type.name)\"", remedy: "Add {component}.")
        }
        if type.component == nil, components.contains(where: { !$0.isOptional && $0.names.count == 1 }) {
            throw invalid("\"\(type.name)\" has no component", remedy: "Write {component:?}.")
        }
    }

    private func invalid(_ reason: String, remedy: String) -> ButlerError {
        ButlerError(.configuration, "The file template \"\(text)\" is not usable: \(reason).", remedy: remedy)
    }
}
