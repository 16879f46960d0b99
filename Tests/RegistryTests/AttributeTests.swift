import Databases
import Dimensions
import Foundation
import Registry
import SQLiteDriver
import StewardCore
import Testing

@Suite struct AttributeTests {
    private static let prefix = "lsst.daf.butler.registry."
    private static let dimensions = prefix + "dimensions.static.StaticDimensionRecordStorageManager"
    private static let datasets =
        prefix + "datasets.byDimensions._manager.ByDimensionsDatasetRecordStorageManagerUUID"

    private func attributes(_ change: (inout [String: String]) -> Void = { _ in }) throws -> RepositoryAttributes {
        var attributes = RepositoryAttributes.initial(try .standard())
        change(&attributes.values)
        return attributes
    }

    @Test(
        "versions decide as in the reference",
        arguments: [
            ("6.0.1", true, true), ("6.0.9", true, true), ("6.1.0", false, false), ("5.9.0", false, false),
            ("7.0.0", false, false), ("6.0", false, false), ("", false, false),
        ]
    )
    func versions(stored: String, writeable: Bool, readable: Bool) throws {
        let attributes = try attributes { $0["version:" + Self.dimensions] = stored }
        for (writing, opens) in [(true, writeable), (false, readable)] {
            if opens {
                #expect(try attributes.format(writing: writing) == .current)
            } else {
                let error = #expect(throws: ButlerError(.incompatibleRepository, "")) {
                    try attributes.format(writing: writing)
                }
                #expect(error?.message.contains("\"\(stored)\"") == true)
                #expect(error?.message.contains("6.0.2") == true)
                #expect(error?.context.first?.value == Self.dimensions)
                #expect(error?.remedy != nil)
            }
        }
    }

    @Test("a missing version row passes, rows of other programs too")
    func tolerated() throws {
        let attributes = try attributes {
            $0["version:" + Self.dimensions] = nil
            $0["some.other:program"] = "1"
            $0["schema_digest:" + Self.dimensions] = "abc"
        }
        #expect(try attributes.format(writing: true) == .current)
    }

    @Test(
        "managers that are missing or unknown are refused by name",
        arguments: [nil, "x.y.Other", prefix + "datasets.byDimensions.ByDimensionsDatasetRecordStorageManagerUUID"]
    )
    func managers(stored: String?) throws {
        let attributes = try attributes { $0["config:registry.managers.datasets"] = stored }
        let error = #expect(throws: ButlerError(.incompatibleRepository, "")) {
            try attributes.format(writing: false)
        }
        #expect(error?.message.contains("datasets") == true)
    }

    @Test("the configured manager must be the stored one, under either of its names")
    func configured() throws {
        let attributes = try attributes()
        let short = Self.prefix + "datasets.byDimensions.ByDimensionsDatasetRecordStorageManagerUUID"
        for name in [short, Self.datasets] {
            #expect(try attributes.format(configured: ["datasets": name], writing: true) == .current)
        }
        let other = Self.prefix + "collections.nameKey.NameKeyCollectionManager"
        #expect(throws: ButlerError(.incompatibleRepository, "")) {
            try attributes.format(configured: ["collections": other], writing: true)
        }
    }

    @Test("variants of the tables follow from manager and version")
    func variants() throws {
        let named = RegistryFormat(collectionKeys: .names, ingestDates: .timestamps)
        let attributes = RepositoryAttributes.initial(try .standard(), named)
        #expect(try attributes.format(writing: true) == named)
    }

    @Test("a repository without its universe is refused, also an empty table")
    func universe() throws {
        let none = try attributes { $0[RepositoryAttributes.universeKey] = nil }
        #expect(throws: ButlerError(.incompatibleRepository, "")) { try none.universe() }
        #expect(throws: ButlerError(.incompatibleRepository, "")) { try RepositoryAttributes(values: [:]).universe() }
        let broken = try attributes { $0[RepositoryAttributes.universeKey] = "{\"version\":8" }
        #expect(throws: ButlerError.self) { try broken.universe() }
    }

    @Test("a repository with an ObsCore table can be read but not written")
    func obscore() throws {
        let name = Self.prefix + "obscore._manager.ObsCoreLiveTableManager"
        let attributes = try attributes { $0["config:registry.managers.obscore"] = name }
        #expect(try attributes.format(writing: false) == .current)
        #expect(throws: ButlerError(.incompatibleRepository, "")) { try attributes.format(writing: true) }
    }

    @Test("attributes are read in one statement, and set one by one")
    func stored() async throws {
        try await TestRepository.with { repository in
            let count = try await repository.count {
                let (_, attributes) = try await repository.database.read(.latest) {
                    try RegistryTables.open(writing: true, on: $0)
                }
                #expect(attributes.values.count == 13)
            }
            #expect(count == 1)
            let again = try await repository.write { _, connection in
                var attributes = try RepositoryAttributes.read(on: connection)
                try attributes.set("a'b\"; DROP TABLE collection; --", to: "x", on: connection)
                try attributes.set("a'b\"; DROP TABLE collection; --", to: "y", on: connection)
                return try RepositoryAttributes.read(on: connection)
            }
            #expect(again.values["a'b\"; DROP TABLE collection; --"] == "y")
            await #expect(throws: ButlerError(.invalidArgument, "")) {
                try await repository.write { _, connection in
                    var attributes = again
                    try attributes.set("empty", to: "", on: connection)
                }
            }
        }
    }

    @Test("a database that is no repository is told so")
    func noRepository() async throws {
        let database = try await SQLiteDatabase.inMemory()
        await #expect(throws: ButlerError(.repositoryNotFound, "")) {
            try await database.read(.latest) { _ = try RegistryTables.open(writing: false, on: $0) }
        }
    }
}
