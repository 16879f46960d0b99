import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

@testable import ReferenceCatalogues

/// What the reference and astropy make of a catalogue that was ingested here.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct CatalogueInteropTests {
    @Test("the reference finds the shards, and astropy reads them")
    func shards() async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let configuration = try CatalogueConfiguration(readingFrom: GoldenCatalogue.config)
        var options = CatalogueIngest.Options(run: "refcats/one")
        options.allowsAnyName = true
        _ = try await CatalogueIngest(configuration, options).run([GoldenCatalogue.input], in: butler)
        let catalogue = try await ReferenceCatalogue.open(configuration.name, in: butler)
        let fullest = try catalogue.shards.max { try Self.rowCount($0) < Self.rowCount($1) }
        let shard = try #require(fullest)
        let output = try Reference.peer(
            "reference_catalogue.py",
            [butler.root, catalogue.name, shard.path.path, "htm7 IN (\(shard.trixel)..\(shard.trixel + 3))"]
        )
        let found = try JSONValue(parsing: output)
        let trixels = catalogue.shards.map { JSONValue.int(Int64($0.trixel)) }
        #expect(found["trixels"]?.array == trixels)
        #expect(
            found["some"]?.array?.count == catalogue.shards.count { shard.trixel...shard.trixel + 3 ~= $0.trixel }
        )
        #expect(found["storage_class"]?.string == "SimpleCatalog")
        let rows = try ShardFile.rows(shard.path)
        let columns = rows.schema.fields.filter { $0.kind != .flag }
        #expect(found["columns"]?.array?.compactMap(\.string) == ["flags"] + columns.map(\.name))
        #expect(found["units"]?.array?.compactMap(\.string) == [""] + columns.map(\.unit))
        #expect(found["id"]?.array?.compactMap(\.int) == rows.integers("id"))
        #expect(found["coord_ra"]?.array?.compactMap(\.double) == rows.doubles("coord_ra"))
        #expect(found["coord_raErr"]?.array?.compactMap(\.double) == rows.doubles("coord_raErr"))
        #expect(found["text"]?.array?.compactMap(\.string) == rows.texts("var_class"))
        for field in rows.schema.fields where field.kind == .flag {
            #expect(found["flags"]?[field.name]?.array?.compactMap(\.bool) == rows.flags(field.name))
        }
        #expect(found["version"]?.int == 2)
    }

    private static func rowCount(_ shard: ReferenceCatalogue.Shard) throws -> Int {
        try ShardFile.rows(shard.path).rowCount
    }
}
