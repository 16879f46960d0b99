import ButlerConfig
import StewardCore
import Testing

@Suite struct StorageClassDefaultTests {
    @Test("the default storage classes are the reference's, inheritance resolved, in its order")
    func defaults() throws {
        let expected = try #require(ConfigFixture.json("storage-classes.json").list)
        let classes = try ButlerDefaults.storageClasses()
        #expect(classes.names == expected.map { $0["name"]?.string })
        for entry in expected {
            let definition = try #require(classes[entry.string("name") ?? ""])
            #expect(definition.pythonType == entry["pytype"]?.string)
            #expect(tree(definition.components.map { ($0.name, $0.storageClass) }) == entry["components"])
            #expect(tree(definition.derivedComponents.map { ($0.name, $0.storageClass) }) == entry["derived"])
            #expect(tree(definition.converters.map { ($0.pythonType, $0.function) }) == entry["converters"])
            #expect(definition.parameters.sorted() == (try entry.strings("parameters")))
            // The reference fills in a delegate that can do nothing where there is none.
            let delegate = entry["delegate"]?.string ?? ""
            #expect(definition.delegate ?? "lsst.daf.butler.StorageClassDelegate" == delegate)
        }
    }

    @Test("a repository's own definitions lie over the defaults")
    func overrides() throws {
        let own = try ConfigTree(
            yaml: """
                Mine: {inheritsFrom: Exposure, pytype: my.Type, components: {extra: int, image: ImageF}}
                Later: {inheritsFrom: Mine, parameters: [p]}
                int: {pytype: builtins.int}
                """
        )
        let classes = try ButlerDefaults.storageClasses(overridingWith: own)
        let later = try #require(classes["Later"])
        #expect(later.pythonType == "my.Type")
        #expect(later.component("extra")?.storageClass == "int")
        #expect(later.component("image")?.storageClass == "ImageF")
        #expect(later.component("bbox")?.storageClass == "Box2I")
        #expect(later.parameters.last == "p" && later.parameters.first == "bbox")
        #expect(later.isComposite && later.delegate?.hasSuffix("ExposureAssembler") == true)
        #expect(classes["int"]?.pythonType == "builtins.int")
        #expect(classes.names.count == 124)
        #expect(try ButlerDefaults.storageClasses()["Mine"] == nil)
    }

    @Test(
        "malformed definitions are errors",
        arguments: [
            ("A: {inheritsFrom: Exposur}", ButlerError.Code.storageClass), ("A: {inheritsFrom: A}", .storageClass),
            ("A: {}", .storageClass), ("A: {pytype: x, components: {a: B}}\nB: {inheritsFrom: A}", .storageClass),
            ("A: {pytype: x, component: {a: int}}", .configuration), ("A: 5", .configuration),
            ("A: {pytype: [1]}", .configuration), ("[1]", .configuration),
        ]
    )
    func malformed(text: String, code: ButlerError.Code) throws {
        let own = try ConfigTree(yaml: text)
        let error = #expect(throws: ButlerError.self) { try ButlerDefaults.storageClasses(overridingWith: own) }
        #expect(error?.code == code)
        if text.contains("Exposur}") { #expect(error?.candidates.first == "Exposure") }
    }

    @Test("formatters have class names and parameters")
    func formatters() {
        let formatters = ButlerDefaults.datastore["formatters"]
        #expect(formatters?["ExposureF"] == "lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter")
        #expect(formatters?["Packages", "parameters", "format"] == "yaml")
        #expect(formatters?["Box2I"] == nil)
    }

    private func tree(_ pairs: [(String, String)]) -> ConfigTree {
        var map = ConfigMap()
        for (key, value) in pairs { map[key] = .string(value) }
        return .map(map)
    }
}
