import Databases
import Datasets
import Registry
import StewardCore
import Testing

@Suite struct CollectionTests {
    static let formats: [RegistryFormat] = [.current, .init(collectionKeys: .names, ingestDates: .timestamps)]

    private func chains(_ repository: TestRepository, _ names: [String]) async throws {
        try await repository.write { tables, connection in
            for name in names { try tables.collections.register(name, kind: .chained, on: connection) }
        }
    }

    private func runs(_ repository: TestRepository, _ names: [String]) async throws {
        try await repository.write { tables, connection in
            for name in names { try tables.collections.register(name, kind: .run, on: connection) }
        }
    }

    private func rows(_ repository: TestRepository, of chain: String) async throws -> [String] {
        let key = repository.tables.schema.format.collectionTableKey
        return try await repository.rows(
            """
            SELECT n.\(id: "name"), k.\(id: "position") FROM collection_chain k \
            JOIN collection p ON p.\(id: key) = k.parent JOIN collection n ON n.\(id: key) = k.child \
            WHERE p.name = \(chain) ORDER BY k.position
            """,
            [.text, .integer]
        )
    }

    @Test("all kinds are registered once, and an existing name is returned whatever its kind", arguments: formats)
    func register(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            for kind in CollectionKind.allCases {
                let (record, isNew) = try await repository.write {
                    try $0.collections.register("a/\(kind)", kind: kind, documentation: "of \(kind)", on: $1)
                }
                #expect(isNew)
                #expect(record.kind == kind)
            }
            let (record, isNew) = try await repository.write {
                try $0.collections.register("a/RUN", kind: .tagged, on: $1)
            }
            #expect(!isNew)
            #expect(record.kind == .run)
            #expect(try await repository.integer("SELECT COUNT(*) FROM run") == 1)
            let info = try await repository.read {
                try $0.collections.describe(.everything, withParents: true, on: $1)
            }
            #expect(info.map(\.name).sorted() == ["a/CALIBRATION", "a/CHAINED", "a/RUN", "a/TAGGED"])
            #expect(info.first { $0.name == "a/RUN" }?.documentation == "of RUN")
            #expect(info.allSatisfy { $0.parents == [] })
        }
    }

    @Test(
        "names that cannot be used are refused",
        arguments: [("", CollectionKind.tagged), ("a#b", .run), ("a\0b", .tagged)]
    )
    func badNames(name: String, kind: CollectionKind) async throws {
        try await TestRepository.with { repository in
            await #expect(throws: ButlerError(.invalidArgument, "")) {
                try await repository.write { _ = try $0.collections.register(name, kind: kind, on: $1) }
            }
        }
    }

    @Test(
        "any other text can be a name",
        arguments: ["'; DROP TABLE run; --", "\"q\"", "a%_[x]*?\\", "ünï/ςδ 漢字", String(repeating: "x", count: 300)]
    )
    func oddNames(name: String) async throws {
        try await TestRepository.with { repository in
            try await repository.write { tables, connection in
                try tables.collections.register(name, kind: .run, documentation: name, on: connection)
                try tables.collections.register("chain " + name, kind: .chained, on: connection)
                try tables.collections.change(.redefine, "chain " + name, [name], on: connection)
            }
            let found = try await repository.read { try $0.collections.flatten(["chain " + name], on: $1) }
            #expect(found.map(\.name) == [name])
            #expect(try await repository.read { try $0.collections.documentation(of: name, on: $1) } == name)
            #expect(try await repository.integer("SELECT COUNT(*) FROM collection") == 2)
        }
    }

    @Test("positions are the reference's", arguments: formats)
    func positions(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            try await runs(repository, ["a", "b", "c", "d"])
            try await chains(repository, ["one", "two", "three"])
            try await repository.write { tables, connection in
                try tables.collections.change(.extend, "one", ["a", "b"], on: connection)
                try tables.collections.change(.prepend, "one", ["c", "b"], on: connection)
                try tables.collections.change(.prepend, "two", ["a", "b"], on: connection)
                try tables.collections.change(.redefine, "three", ["d", "c", "d", "a"], on: connection)
            }
            #expect(try await rows(repository, of: "one") == ["\"c\" -1", "\"b\" 0", "\"a\" 1"])
            #expect(try await rows(repository, of: "two") == ["\"a\" -2", "\"b\" -1"])
            #expect(try await rows(repository, of: "three") == ["\"d\" 0", "\"c\" 1", "\"a\" 2"])
            try await repository.write { tables, connection in
                try tables.collections.change(.remove, "one", ["b", "d"], on: connection)
                try tables.collections.change(.extend, "three", ["d", "b"], on: connection)
            }
            #expect(try await rows(repository, of: "one") == ["\"c\" -1", "\"a\" 1"])
            #expect(try await rows(repository, of: "three") == ["\"c\" 1", "\"a\" 2", "\"d\" 3", "\"b\" 4"])
        }
    }

    @Test("a chain that drifts out of 16 bits is numbered anew")
    func drift() async throws {
        try await TestRepository.with { repository in
            try await runs(repository, ["a", "b"])
            try await chains(repository, ["one"])
            try await repository.write { tables, connection in
                try tables.collections.change(.redefine, "one", ["a"], on: connection)
                try connection.execute("UPDATE collection_chain SET position = 32767")
                try tables.collections.change(.extend, "one", ["b"], on: connection)
            }
            #expect(try await rows(repository, of: "one") == ["\"a\" 0", "\"b\" 1"])
        }
    }

    @Test("cycles are refused, directly and through children")
    func cycles() async throws {
        try await TestRepository.with { repository in
            try await runs(repository, ["a"])
            try await chains(repository, ["one", "two", "three"])
            try await repository.write { tables, connection in
                try tables.collections.change(.redefine, "one", ["two", "a"], on: connection)
                try tables.collections.change(.redefine, "two", ["three"], on: connection)
            }
            for (parent, child) in [("one", "one"), ("three", "one"), ("two", "one")] {
                let error = try await butlerError {
                    try await repository.write { _ = try $0.collections.change(.extend, parent, [child], on: $1) }
                }
                #expect(error.code == .collectionCycle)
                #expect(error.message.contains("\"\(parent)\""))
            }
            await #expect(throws: ButlerError(.collectionType, "")) {
                try await repository.write { _ = try $0.collections.change(.extend, "a", ["one"], on: $1) }
            }
            let error = try await butlerError {
                try await repository.write { _ = try $0.collections.change(.extend, "one", ["thre"], on: $1) }
            }
            #expect(error.code == .missingCollection)
            #expect(error.candidates.first == "three")
        }
    }

    @Test("flattening is depth first and the first occurrence counts", arguments: formats)
    func flatten(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            try await runs(repository, ["u/a", "u/b", "v/c", "v/d"])
            try await chains(repository, ["x", "y", "u/z"])
            try await repository.write { tables, connection in
                try tables.collections.change(.redefine, "x", ["u/b", "y", "u/a"], on: connection)
                try tables.collections.change(.redefine, "y", ["v/d", "u/b", "u/z"], on: connection)
                try tables.collections.change(.redefine, "u/z", ["v/c"], on: connection)
            }
            func names(
                _ words: [String],
                flattening: Bool = true,
                chains: Bool? = nil,
                kinds: Set<CollectionKind> = Set(CollectionKind.allCases)
            ) async throws -> [String] {
                try await repository.read { tables, connection in
                    try tables.collections.resolve(
                        CollectionExpression(words),
                        kinds: kinds,
                        flattening: flattening,
                        includingChains: chains,
                        on: connection
                    ).map(\.name)
                }
            }
            #expect(try await names(["u/a", "x"]) == ["u/a", "u/b", "v/d", "v/c"])
            #expect(try await names(["x"]) == ["u/b", "v/d", "v/c", "u/a"])
            #expect(try await names(["x"], chains: true) == ["x", "u/b", "y", "v/d", "u/z", "v/c", "u/a"])
            #expect(try await names(["x"], flattening: false) == ["x"])
            #expect(try await names(["u/*"], flattening: false) == ["u/a", "u/b", "u/z"])
            #expect(try await names(["u/*", "v/d"]) == ["u/a", "u/b", "v/d", "v/c"])
            #expect(try await names(["*"], kinds: [.run]).sorted() == ["u/a", "u/b", "v/c", "v/d"])
            #expect(try await names(["nothing*"]) == [])
            #expect(try await names([]) == [])
            let parents = try await repository.read { try $0.collections.parents(of: "u/b", on: $1) }
            #expect(parents == ["x", "y"])
            let error = try await butlerError { _ = try await names(["u/a", "v/e"]) }
            #expect(error.code == .missingCollection)
            #expect(error.candidates.contains("v/d"))
        }
    }

    @Test("what another process has done to a chain is seen at once")
    func freshness() async throws {
        try await TestRepository.with { repository in
            try await runs(repository, ["a", "b"])
            try await chains(repository, ["x"])
            let other = try await repository.reopened()
            #expect(try await other.read { try $0.collections.flatten(["x"], on: $1) } == [])
            try await repository.write { _ = try $0.collections.change(.extend, "x", ["b"], on: $1) }
            #expect(try await other.read { try $0.collections.flatten(["x"], on: $1) }.map(\.name) == ["b"])
            try await other.database.close()
        }
    }

    @Test("a registration that was rolled back is forgotten")
    func rollback() async throws {
        struct Stop: Error {}
        try await TestRepository.with { repository in
            await #expect(throws: Stop.self) {
                try await repository.write { tables, connection in
                    try tables.collections.register("a", kind: .run, on: connection)
                    throw Stop()
                }
            }
            await #expect(throws: ButlerError(.missingCollection, "")) {
                try await repository.read { _ = try $0.collections.record("a", on: $1) }
            }
        }
    }

    @Test(
        "patterns follow fnmatch",
        arguments: [
            ("u/*", "u/a/b", true), ("u/?", "u/ab", false), ("[ab]c", "bc", true), ("[!ab]c", "bc", false),
            ("[a-c]x", "bx", true), ("[]]x", "]x", true), ("*a*b*", "xxaxxb", true), ("*a*b", "xxaxxbc", false),
            ("A*", "abc", false), ("[x", "[x", true), ("*", "", true), ("?", "", false), ("[*]", "*", true),
        ]
    )
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(name) == matches)
    }
}
