import Foundation
import Instruments
import Steward
import StewardCore
import Testing

/// Cameras in repositories.
@Suite struct RegistrationTests {
    /// The small camera, with a text replaced.
    private func camera(_ old: String = "", _ new: String = "") throws -> InstrumentDefinition {
        let text = old.isEmpty ? TinyCamera.yaml : TinyCamera.yaml.replacingOccurrences(of: old, with: new)
        let folder = try TinyCamera.folder(["TinyCam.yaml": text])
        return try RawNight.catalog.definition(atPath: folder + "/TinyCam.yaml")
    }

    private static let filters = "- {physical: clear}"
    private static let moreFilters = "- {physical: clear}\n    - {physical: tiny-z, band: z}"

    @Test("registering twice changes nothing")
    func idempotent() async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        let first = try await camera().register(in: butler)
        #expect(first.inserted == ["instrument": 1, "detector": 2, "physical_filter": 2])
        let second = try await camera().register(in: butler)
        #expect(second.isUnchanged)
        #expect(try await butler.records(of: "detector").count == 2)
    }

    @Test("a filter without a band gets its own name as band")
    func band() async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await camera().register(in: butler)
        let rows = try await butler.records(of: "physical_filter")
        #expect(rows.first { $0["physical_filter"] == .string("clear") }?["band"] == .string("clear"))
    }

    @Test("filters and detectors that a definition gains are added", arguments: RecordConflictRule.allCases)
    func gained(_ rule: RecordConflictRule) async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await camera().register(in: butler)
        let outcome = try await camera(Self.filters, Self.moreFilters).register(in: butler, onConflict: rule)
        #expect(outcome.inserted == ["physical_filter": 1])
        #expect(outcome.differing.isEmpty)
        let more = "offset_mm: [1, 0], yaw: 180}\n    - {id: 2, name: C, offset_mm: [3, 0]}"
        let grown = try await camera("offset_mm: [1, 0], yaw: 180}", more).register(in: butler, onConflict: rule)
        #expect(grown.inserted == ["detector": 1])
    }

    @Test("a conflict names record, field and both values, and nothing is written")
    func conflict() async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await camera().register(in: butler)
        let text = TinyCamera.yaml.replacingOccurrences(of: "name: B,", with: "name: X,")
            .replacingOccurrences(of: Self.filters, with: Self.moreFilters)
        let changed = try RawNight.catalog.definition(
            atPath: TinyCamera.folder(["TinyCam.yaml": text]) + "/TinyCam.yaml"
        )
        let error = await failure { _ = try await changed.register(in: butler) }
        #expect(error?.code == .conflictingDefinition)
        let shown = error?.context.map(\.value).joined() ?? ""
        #expect(shown.contains("full_name") && shown.contains("\"B\"") && shown.contains("\"X\""))
        #expect(try await butler.records(of: "physical_filter").count == 2)
    }

    @Test("a conflict is left or changed on request", arguments: [RecordConflictRule.skip, .update])
    func resolved(_ rule: RecordConflictRule) async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await camera().register(in: butler)
        let changed = try camera("exposure_max: 1000000", "exposure_max: 2000000")
        let outcome = try await changed.register(in: butler, onConflict: rule)
        #expect(outcome.differing.flatMap(\.fields).map(\.field) == ["exposure_max"])
        let stored = try await butler.records(of: "instrument").first?["exposure_max"]
        #expect(stored == .int(rule == .update ? 2_000_000 : 1_000_000))
    }

    @Test("a detector with the name of another one is refused, by every rule", arguments: RecordConflictRule.allCases)
    func sameName(_ rule: RecordConflictRule) async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await camera().register(in: butler)
        let error = await failure {
            _ = try await camera("{id: 1, name: B", "{id: 5, name: B").register(in: butler, onConflict: rule)
        }
        #expect(error?.code == .conflictingDefinition)
        #expect(error?.description.contains("full_name") == true)
        #expect(try await butler.records(of: "detector").count == 2)
    }

    @Test("a repository open for reading is not written to")
    func readOnly() async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root)
        let error = await failure { _ = try await camera().register(in: butler) }
        #expect(error?.code == .readOnly)
    }
}
