internal import Steward

/// Lays collections out as tables, trees and lists, as the reference's `query-collections` does.
struct CollectionListing {
    let butler: Butler
    let showsDatasetTypes: Bool
    let excluded: [String]
    /// Everything there is, by name, once it was needed.
    private var known: [String: CollectionInfo] = [:]
    private var datasetTypes: [String: [String]] = [:]

    init(butler: Butler, showsDatasetTypes: Bool, excluded: [String]) {
        self.butler = butler
        self.showsDatasetTypes = showsDatasetTypes
        self.excluded = excluded
    }

    /// One row a collection; chains (or, inverted, members of chains) take one row a relative.
    mutating func table(of found: [CollectionInfo], inverse: Bool) async throws -> OutputTable {
        try await load()
        var output = OutputTable(["Name", "Type", inverse ? "Parents" : "Children"] + typeHeading, alignment: .left)
        for info in found.sorted(by: { $0.name < $1.name }) {
            let relatives = inverse ? (known[info.name]?.parents ?? []).sorted() : info.children
            if relatives.isEmpty {
                append([.text(info.name), .text(info.kind.description), .text("")], types(of: info.name), to: &output)
            }
            for (index, relative) in relatives.enumerated() {
                let name = index == 0 ? info.name : ""
                let kind = index == 0 ? info.kind.description : ""
                append([.text(name), .text(kind), .text(relative)], types(of: relative), to: &output)
            }
        }
        let showsRelatives =
            inverse ? output.rows.contains { $0[2] != .text("") } : found.contains { $0.kind == .chained }
        if !showsRelatives { output.removeColumn(at: 2) }
        return output
    }

    /// Children below their chain (or, inverted, chains below their members), indented by two spaces a level.
    mutating func tree(of found: [CollectionInfo], inverse: Bool) async throws -> OutputTable {
        try await load()
        var output = OutputTable(["Name", "Type"] + typeHeading, alignment: .left)
        for info in found.sorted(by: { $0.name < $1.name }) {
            addBranch(info, level: 0, inverse: inverse, to: &output)
        }
        return output
    }

    /// One row a collection, in search order.
    mutating func list(of found: [CollectionInfo]) async throws -> OutputTable {
        if showsDatasetTypes { try await load() }
        var output = OutputTable(["Name", "Type"] + typeHeading, alignment: .left)
        for info in found {
            append([.text(info.name), .text(info.kind.description)], types(of: info.name), to: &output)
        }
        return output
    }

    /// One record a collection for programs, whatever the shape: name, type, children, parents and dataset types.
    ///
    /// Sorted by name unless the order of a search is kept.
    mutating func records(of found: [CollectionInfo], inOrder: Bool) async throws -> OutputTable {
        try await load()
        var output = OutputTable(
            ["name", "type", "children", "parents"] + (showsDatasetTypes ? ["dataset_types"] : []),
            alignment: .left
        )
        for info in inOrder ? found : found.sorted(by: { $0.name < $1.name }) {
            let parents = (known[info.name]?.parents ?? []).sorted()
            let types = types(of: info.name).filter { !$0.isEmpty }
            output.rows.append(
                [.text(info.name), .text(info.kind.description), .list(info.children), .list(parents)]
                    + (showsDatasetTypes ? [.list(types)] : [])
            )
        }
        return output
    }

    private var typeHeading: [String] { showsDatasetTypes ? ["Dataset Types"] : [] }

    private mutating func load() async throws {
        let all = try await butler.collections.query(["*"], includingChains: true, withParents: true)
        known = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        if showsDatasetTypes { datasetTypes = try await butler.collections.datasetTypes(in: all.map(\.name)) }
    }

    private func addBranch(_ info: CollectionInfo, level: Int, inverse: Bool, to output: inout OutputTable) {
        let name = String(repeating: "  ", count: level) + info.name
        let types = info.kind == .chained ? [""] : types(of: info.name)
        append([.text(name), .text(info.kind.description)], types, to: &output)
        let relatives = inverse ? (known[info.name]?.parents ?? []).sorted() : info.children
        for relative in relatives {
            if let info = known[relative] { addBranch(info, level: level + 1, inverse: inverse, to: &output) }
        }
    }

    /// Names of the dataset types of a collection that are not excluded, sorted; one empty text for none.
    private func types(of collection: String) -> [String] {
        let names = (datasetTypes[collection] ?? []).filter { name in
            !excluded.contains { GlobPattern($0).matches(name) }
        }
        return names.isEmpty ? [""] : names.sorted()
    }

    /// Adds a row, and with dataset types a further row for each but the first.
    private func append(_ cells: [OutputTable.Cell], _ types: [String], to output: inout OutputTable) {
        guard showsDatasetTypes else { return output.rows.append(cells) }
        for (index, type) in types.enumerated() {
            let left = index == 0 ? cells : cells.map { _ in .text("") }
            output.rows.append(left + [.text(type)])
        }
    }
}

extension OutputTable {
    mutating func removeColumn(at index: Int) {
        columns.remove(at: index)
        for row in rows.indices { rows[row].remove(at: index) }
    }
}
