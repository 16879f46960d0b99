import Datasets
import StewardCore
import Testing

@testable import Datastores

@Suite struct FormatterRegistryTests {
    private func registry() -> FormatterRegistry {
        var registry = FormatterRegistry()
        registry.register(BytesFormatter(), for: "a.b.BytesFormatter", "old.BytesFormatter", "x.Same")
        registry.register(PartsFormatter(), for: "a.b.PartsFormatter", "y.Same")
        return registry
    }

    @Test("names are found exactly, else by a last word that means one formatter")
    func names() throws {
        let registry = registry()
        #expect(try registry.formatter("a.b.BytesFormatter") is BytesFormatter)
        #expect(try registry.formatter("moved.elsewhere.BytesFormatter") is BytesFormatter)
        #expect(try registry.formatter("x.Same") is BytesFormatter)
        #expect(try registry.formatter("y.Same") is PartsFormatter)
        #expect(registry.find("z.Same") == nil)
        #expect(registry.find("a.b") == nil && registry.find("") == nil)
    }

    @Test("an unknown class is named with the known ones and near names")
    func unknown() throws {
        let registry = registry()
        do {
            _ = try registry.formatter("a.b.BytsFormatter")
            Issue.record("no error")
        } catch let error as ButlerError {
            #expect(error.code == .formatter && error.message.contains("a.b.BytsFormatter"))
            #expect(error.candidates.first == "BytesFormatter" && error.remedy?.contains("PartsFormatter") == true)
        }
    }
}
