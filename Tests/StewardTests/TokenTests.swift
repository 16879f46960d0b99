import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// A butler that goes to another process as a small value.
@Suite(.serialized) struct TokenTests {
    /// Tells the second process which token to open.
    private static let variable = "STEWARD_TEST_TOKEN"

    @Test("a token survives JSON, is small, and has no secrets", arguments: TestBackend.available)
    func json(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        _ = try await repository.filled()
        var defaults = Butler.Defaults(collections: ["u/r"], run: "u/r", dataID: ["instrument": "Cam1", "detector": 2])
        let writer = try await Butler.open(repository.root, writeable: true)
        try await writer.collections.register("u/r")
        let butler = try await Butler.open(repository.root, writeable: true, defaults: defaults)
        let text = try JSONEncoder().encode(butler.token)
        let token = try JSONDecoder().decode(ButlerToken.self, from: text)
        #expect(token == butler.token)
        #expect(text.count < 1000)
        #expect(token.repository == repository.root + "/butler.yaml" && token.datastore == repository.root)
        #expect(token.isWriteable && token.run == "u/r" && token.collections == ["u/r"])
        #expect(token.dataID == ["instrument": "Cam1", "detector": 2])
        let again = try await Butler.open(token)
        #expect(again.isWriteable && again.token == token)
        defaults.run = nil
        #expect(try await !Butler.open(repository.root, defaults: defaults).token.isWriteable)
    }

    @Test("files go where the token says, and are found there", arguments: TestBackend.available)
    func datastore(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let ref = try await butler.put(JSONValue.int(7), as: type, butler.dataID(type, detector: 1), run: "u/r")
        let moved = repository.folder + "/moved"
        try FileManager.default.copyItem(atPath: repository.root, toPath: moved)
        var text = String(decoding: try JSONEncoder().encode(butler.token), as: UTF8.self)
        text = text.replacing("\\/", with: "/")
        text = text.replacing("\"datastore\":\"\(repository.root)\"", with: "\"datastore\":\"\(moved)\"")
        let other = try await Butler.open(JSONDecoder().decode(ButlerToken.self, from: Data(text.utf8)))
        #expect(try await other.get(ref) as? JSONValue == .int(7))
        #expect(try await other.uris(of: [ref])[0][""]?.contains("/moved/") == true)
    }

    @Test(
        "a second process opens the token, reads by its defaults and writes into its run",
        arguments: TestBackend.available
    )
    func process(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let first = try await repository.filled()
        let type = try await first.datasetType("metric")
        try await first.put(JSONValue.int(5), as: type, first.dataID(type, detector: 1), run: "u/r")
        let defaults = Butler.Defaults(collections: ["u/r"], run: "u/r", dataID: ["instrument": "Cam1"])
        let butler = try await Butler.open(repository.root, writeable: true, defaults: defaults)
        let text = String(decoding: try JSONEncoder().encode(butler.token), as: UTF8.self)
        setenv(Self.variable, text, 1)
        defer { unsetenv(Self.variable) }
        await #expect(processExitsWith: .success) {
            let text = try #require(ProcessInfo.processInfo.environment[TokenTests.variable])
            let butler = try await Butler.open(JSONDecoder().decode(ButlerToken.self, from: Data(text.utf8)))
            let value = try await butler.get("metric", ["detector": 1]) as? JSONValue
            let type = try await butler.datasetType("metric")
            let dataID = try await butler.dataID(["detector": 2], for: type.dimensions)
            try await butler.put(JSONValue.object([.init("got", value ?? .null)]), as: type, dataID)
        }
        let got = try await butler.get("metric", ["detector": 2]) as? JSONValue
        #expect(got == .object([.init("got", .int(5))]))
    }
}
