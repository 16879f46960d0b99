import Databases
import Datasets
import Dimensions
import Registry
import StewardCore
import Testing

@Suite struct DatasetTypeTests {
    @Test("a registered dataset type is found again, by a new process too", arguments: CollectionTests.formats)
    func register(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            let bias = try repository.type("bias", ["detector"], isCalibration: true)
            let none = try repository.type("packages", [], "Packages")
            for type in [bias, none] {
                let (record, isNew) = try await repository.write { try $0.datasetTypes.register(type, on: $1) }
                #expect(isNew)
                #expect(record.type == type)
                #expect(try await !repository.write { try $0.datasetTypes.register(type, on: $1).isNew })
            }
            let other = try await repository.reopened()
            let found = try await other.read { try $0.datasetTypes.all(on: $1).map(\.type) }
            #expect(found == [bias, none])
            #expect(try await other.read { try $0.datasetTypes.record("packages", on: $1).groupKey } == 0)
            #expect(try await repository.integer("SELECT COUNT(*) FROM dimension_graph_key") == 1)
            try await other.database.close()
        }
    }

    @Test("another definition under the same name is refused field by field")
    func conflict() async throws {
        try await TestRepository.with { repository in
            let bias = try repository.type("bias", ["detector"], "IsrCalib", isCalibration: true)
            try await repository.write { try $0.datasetTypes.register(bias, on: $1) }
            let others = [
                (try repository.type("bias", ["detector"], "Packages", isCalibration: true), ["storage class"]),
                (try repository.type("bias", ["detector"], "IsrCalib"), ["calibration"]),
                (
                    try repository.type("bias", ["exposure"], "Packages"),
                    ["dimensions", "storage class", "calibration"]
                ),
            ]
            for (type, fields) in others {
                let error = try await butlerError {
                    _ = try await repository.write { try $0.datasetTypes.register(type, on: $1) }
                }
                #expect(error.code == .conflictingDefinition)
                #expect(error.context.map(\.label) == fields)
            }
            let storage = try await butlerError {
                _ = try await repository.write { try $0.datasetTypes.register(others[0].0, on: $1) }
            }
            #expect(storage.context.first?.value == "stored \"IsrCalib\", given \"Packages\"")
        }
    }

    @Test("components and unknown names are refused, with candidates")
    func refused() async throws {
        try await TestRepository.with { repository in
            let raw = try repository.type("raw", ["exposure", "detector"])
            try await repository.write { try $0.datasetTypes.register(raw, on: $1) }
            let component = try DatasetType(
                name: "raw.wcs",
                dimensions: raw.dimensions,
                storageClass: "Wcs",
                parentStorageClass: "Exposure"
            )
            await #expect(throws: ButlerError(.datasetTypeExpression, "")) {
                _ = try await repository.write { try $0.datasetTypes.register(component, on: $1) }
            }
            let error = try await butlerError {
                try await repository.read { _ = try $0.datasetTypes.record("rwa", on: $1) }
            }
            #expect(error.code == .missingDatasetType)
            #expect(error.candidates == ["raw"])
        }
    }

    @Test("names and patterns are resolved in order of name")
    func resolve() async throws {
        try await TestRepository.with { repository in
            for name in ["raw", "bias", "flat", "flat2"] {
                let type = try repository.type(name, ["detector"])
                try await repository.write { try $0.datasetTypes.register(type, on: $1) }
            }
            let (found, missing) = try await repository.read {
                let result = try $0.datasetTypes.resolve(["fl*", "bias", "nothing", "flat"], on: $1)
                return (result.found.map(\.type.name), result.missing)
            }
            #expect(found == ["bias", "flat", "flat2"])
            #expect(missing == ["nothing"])
        }
    }

    @Test("two processes that register at the same time agree on keys and tables")
    func concurrent() async throws {
        try await TestRepository.with { repository in
            let types = try ["a", "b", "c", "d", "e", "f"].map {
                try repository.type($0, ["detector", "exposure"], isCalibration: true)
            }
            let others = [try await repository.reopened(), try await repository.reopened()]
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for other in others {
                    group.addTask {
                        var count = 0
                        for type in types {
                            let isNew = try await other.write { try $0.datasetTypes.register(type, on: $1).isNew }
                            count += isNew ? 1 : 0
                        }
                        return count
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.reduce(0, +) == types.count)
            #expect(try await repository.integer("SELECT COUNT(*) FROM dimension_graph_key") == 1)
            let stored = try await repository.read { try $0.datasetTypes.all(on: $1).map(\.type) }
            #expect(stored == types)
            for other in others { try await other.database.close() }
        }
    }

    @Test("a key taken by another process meanwhile is not used twice")
    func staleKeys() async throws {
        try await TestRepository.with { repository in
            let other = try await repository.reopened()
            for (name, dimensions) in [("a", ["detector"]), ("b", ["exposure"])] {
                let type = try repository.type(name, dimensions)
                try await repository.write { try $0.datasetTypes.register(type, on: $1) }
                if name == "a" { _ = try await other.read { try $0.datasetTypes.all(on: $1).count } }
            }
            let third = try repository.type("c", ["visit"])
            let same = try repository.type("d", ["exposure"])
            for type in [third, same] { try await other.write { try $0.datasetTypes.register(type, on: $1) } }
            let tables = try await repository.rows(
                "SELECT name, dimensions_key, tag_association_table FROM dataset_type ORDER BY name",
                [.text, .integer, .text]
            )
            #expect(
                tables == [
                    "\"a\" 1 \"dataset_tags_00000001\"", "\"b\" 2 \"dataset_tags_00000002\"",
                    "\"c\" 3 \"dataset_tags_00000003\"", "\"d\" 2 \"dataset_tags_00000002\"",
                ]
            )
            try await other.database.close()
        }
    }

    @Test("a dataset type of dimensions that the universe lacks spoils only itself")
    func unusable() async throws {
        try await TestRepository.with { repository in
            let raw = try repository.type("raw", ["exposure", "detector"])
            try await repository.write { tables, connection in
                try tables.datasetTypes.register(raw, on: connection)
                try connection.execute("INSERT INTO dimension_graph_key (id) VALUES (9)")
                try connection.execute(
                    "INSERT INTO dimension_graph_definition VALUES (9, 'no_such_dimension')"
                )
                try connection.execute("INSERT INTO dataset_type VALUES (9, 'odd', 'Exposure', 9, 'x', NULL)")
            }
            let other = try await repository.reopened()
            #expect(try await other.read { try $0.datasetTypes.all(on: $1).map(\.type) } == [raw])
            await #expect(throws: ButlerError(.configuration, "")) {
                try await other.read { _ = try $0.datasetTypes.record("odd", on: $1) }
            }
            try await other.database.close()
        }
    }
}
