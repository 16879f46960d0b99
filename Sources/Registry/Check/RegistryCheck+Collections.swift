internal import Databases
internal import Datasets

extension RegistryCheck {
    /// Checks that runs have their rows, and that chains hold what exists and not themselves.
    func checkCollections(on connection: any Connection, _ report: Report) throws {
        try checkRuns(on: connection, report)
        try checkChainRows(on: connection, report)
        try checkCycles(try tables.collections.fetch(.everything, on: connection), report)
    }

    private func checkRuns(on connection: any Connection, _ report: Report) throws {
        let key = format.collectionTableKey
        let collections: SQL = """
            SELECT \(id: "c", "name"), \(id: "c", "type") FROM \(table: schema.collection.name) AS \(id: "c") \
            LEFT JOIN \(table: schema.run.name) AS \(id: "r") ON \(id: "r", key) = \(id: "c", key) \
            WHERE (\(id: "c", "type") = \(CollectionKind.run.rawValue)) <> (\(id: "r", key) IS NOT NULL) \
            ORDER BY \(id: "c", "name")
            """
        let page = try connection.query(collections, kinds: [.text, .integer])
        for row in 0..<page.rowCount {
            guard let name = page.text(row, 0), let type = page.integer(row, 1) else { continue }
            let isRun = type == Int64(CollectionKind.run.rawValue)
            try report(
                RepositoryFinding(
                    .runRow,
                    name,
                    isRun
                        ? "Collection \"\(name)\" is a RUN collection, but has no row in \"run\"."
                        : "Collection \"\(name)\" is no RUN collection, but has a row in \"run\".",
                    remedy: isRun ? "Insert its key into \"run\"." : "Delete the row of \"run\"."
                )
            )
        }
        let runs: SQL = """
            SELECT \(id: "r", key) FROM \(table: schema.run.name) AS \(id: "r") \
            LEFT JOIN \(table: schema.collection.name) AS \(id: "c") ON \(id: "c", key) = \(id: "r", key) \
            WHERE \(id: "c", key) IS NULL
            """
        let orphans = try connection.query(runs, kinds: [format.collectionKind])
        for row in 0..<orphans.rowCount {
            let key = orphans.value(row, 0).description
            try report(
                RepositoryFinding(
                    .runRow,
                    "run \(key)",
                    "\"run\" has a row for collection \(key), which does not exist.",
                    remedy: "Restore the row of \"collection\" from a copy of the database."
                )
            )
        }
    }

    private func checkChainRows(on connection: any Connection, _ report: Report) throws {
        let key = format.collectionTableKey
        let sql: SQL = """
            SELECT \(id: "k", "parent"), \(id: "k", "child"), \(id: "p", "name"), \(id: "p", "type"), \
            \(id: "c", "name") FROM \(table: schema.collectionChain.name) AS \(id: "k") \
            LEFT JOIN \(table: schema.collection.name) AS \(id: "p") ON \(id: "p", key) = \(id: "k", "parent") \
            LEFT JOIN \(table: schema.collection.name) AS \(id: "c") ON \(id: "c", key) = \(id: "k", "child") \
            WHERE \(id: "p", key) IS NULL OR \(id: "c", key) IS NULL \
            OR \(id: "p", "type") <> \(CollectionKind.chained.rawValue)
            """
        let page = try connection.query(
            sql,
            kinds: [format.collectionKind, format.collectionKind, .text, .integer, .text]
        )
        for row in 0..<page.rowCount {
            let (parent, child) = (page.text(row, 2), page.text(row, 4))
            let subject = "\(parent ?? page.value(row, 0).description) > \(child ?? page.value(row, 1).description)"
            let message =
                parent == nil
                ? "A row of \"collection_chain\" belongs to a collection that does not exist."
                : child == nil
                    ? "Chain \"\(parent ?? "")\" holds a collection that does not exist."
                    : "Collection \"\(parent ?? "")\" has children, but is no CHAINED collection."
            try report(
                RepositoryFinding(
                    .chainMember,
                    subject,
                    message,
                    remedy: parent == nil || child != nil
                        ? "Delete the row of \"collection_chain\"."
                        : "Define the chain anew with \"steward collection-chain --mode redefine\"."
                )
            )
        }
    }

    /// Takes away, again and again, the chains whose children hold no chain any more; what stays leads to a circle.
    private func checkCycles(_ records: [CollectionRecord], _ report: Report) throws {
        let chains = records.filter { $0.kind == .chained && !$0.children.isEmpty }
        var children = Dictionary(chains.map { ($0.name, Set($0.children)) }, uniquingKeysWith: { $0.union($1) })
        for (name, names) in children { children[name] = names.filter { children[$0] != nil } }
        var parents: [String: [String]] = [:]
        for (name, names) in children { for child in names { parents[child, default: []].append(name) } }
        var done = children.filter { $0.value.isEmpty }.map(\.key)
        while let name = done.popLast() {
            children[name] = nil
            for parent in parents[name] ?? [] {
                children[parent]?.remove(name)
                if children[parent]?.isEmpty == true { done.append(parent) }
            }
        }
        var told: Set<String> = []
        for name in children.keys.sorted() where !told.contains(name) {
            let circle = Self.circle(from: name, children)
            guard !told.contains(where: circle.contains) else { continue }
            told.formUnion(circle)
            try report(
                RepositoryFinding(
                    .chainCycle,
                    circle[0],
                    "Chain \"\(circle[0])\" holds itself: \((circle + [circle[0]]).joined(separator: " > ")).",
                    remedy: "Take one out with \"steward collection-chain --mode remove\"."
                )
            )
        }
    }

    /// A circle to which the first children lead; every collection that is left has children.
    private static func circle(from start: String, _ children: [String: Set<String>]) -> [String] {
        var path: [String] = []
        var places: [String: Int] = [:]
        var name = start
        while places[name] == nil {
            places[name] = path.count
            path.append(name)
            guard let next = children[name]?.min() else { return path }
            name = next
        }
        return Array(path[(places[name] ?? 0)...])
    }
}
