import SkyMaps
import StewardCore
import Testing

@Suite struct ConfigurationTests {
    private let file = """
        # The sky map of a survey.
        import lsst.skymap
        assert type(config).__name__ == "X", "never mind (it is"
        config.name = "hsc_rings_v1"
        config.skyMap = 'rings'
        config.skyMap["discrete"].raList = [5.5,
            10.7,  # two fields
        ]
        config.skyMap["rings"].numRings = 120
        config.skyMap["rings"].projection = "TAN"
        config.skyMap["rings"].tractOverlap = 1.0/60  # degrees
        config.skyMap['rings'].pixelScale = 2 * 0.084; config.skyMap.active.rotation = +(0.0)
        config.skyMap["rings"].tractBuilder["legacy"].patchInnerDimensions = (4000, 2*2000)
        """

    @Test("a file of the reference is read, and its sky map has the golden hash")
    func readsFiles() throws {
        let read = try RegistrationConfiguration([(file, "makeSkyMap.py")])
        #expect(read.name == "hsc_rings_v1")
        let map = try SkyMap(read.skyMap)
        #expect(Hexadecimal.encode(map.hash) == "e29fe9f1008e359f36a3677e7d69cc439376d1e6")
        #expect(read.skyMap.tractOverlap == 1.0 / 60)
    }

    @Test("overrides come after the files, and bare words are texts")
    func overrides() throws {
        let read = try RegistrationConfiguration(
            [(file, "makeSkyMap.py")],
            overrides: [
                "name=other", "skyMap['rings'].tractBuilder=cells", "skyMap['rings'].pixelScale=0.2",
            ]
        )
        #expect(read.name == "other")
        #expect(Hexadecimal.encode(try SkyMap(read.skyMap).hash) == "e2736e41244df00bbdb93aecac0ae4b2d19dda91")
    }

    @Test("defaults depend on the kind", arguments: SkyMapKind.allCases)
    func defaults(kind: SkyMapKind) throws {
        let text = kind == .rings ? "config.numRings=3" : ""
        let read = try SkyMapConfiguration(text, kind: kind)
        #expect(read == SkyMapConfiguration(read.layout))
        #expect(try SkyMapConfiguration(read.text(), kind: kind) == read)
    }

    @Test(
        "mistakes are errors that name line and key",
        arguments: [
            ("config.skyMap = 'ring'", "skyMap", 1), ("\nconfig.skyMap['rings'].numRing = 3", "numRing", 2),
            ("config.skyMap['rings'].numRings = 3.5", "3.5", 1), ("config.skyMap['rings'].numRings = True", "True", 1),
            ("config.skyMap['rings'].projection = 3", "projection", 1), ("for x in y: pass", "for x in y", 1),
            ("config.skyMap.load('x.py')", "load", 1), ("config.name = open('x')", "open", 1),
            ("config.name = 'x", "not closed", 1), ("config.skyMap['rings'].numRings = (3", "not closed", 1),
            ("x = 3", "x = 3", 1), ("config.name += 'a'", "name", 1), ("\n\n\nconfig = 3", "config = 3", 4),
            ("config.skyMap['rings'].numRings = 1 / 0", "1 / 0", 1), ("config.name = 1..2", "not a number", 1),
            ("config.skyMap['rings'].tractBuilder = 'grid'", "tractBuilder", 1),
            ("config.skyMap['rings'].tractBuilder['legacy'].patchInnerDimensions = [1, 2, 3]", "list of 2", 1),
            ("config.skyMap['rings'].numRings = 9223372036854775807 * 2", "9223372036854775807", 1),
        ]
    )
    func mistakes(text: String, part: String, line: Int) throws {
        let error = try #require(throws: ButlerError.self) { try RegistrationConfiguration([(text, "file.py")]) }
        #expect(error.code == .configuration)
        #expect(error.message.contains(part), "\(error)")
        #expect(error.context.contains(.init("line", "\(line)")), "\(error)")
    }

    @Test("deep brackets are an error, not a crash")
    func depth() {
        let text = "config.name = " + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: ButlerError.self) { try RegistrationConfiguration([(text, "file.py")]) }
        let signs = "config.name = " + String(repeating: "-", count: 100_000) + "1"
        #expect(throws: ButlerError.self) { try RegistrationConfiguration([(signs, "file.py")]) }
    }

    @Test(
        "numbers that make no sense are refused by name",
        arguments: [
            ("numRings", SkyMapConfiguration(.rings(count: 0))), ("raStart", .init(.rings(count: 3, raStart: 360))),
            ("pixelScale", .init(.rings(count: 3), pixelScale: 0)),
            ("pixelScale", .init(.rings(count: 3), pixelScale: .nan)),
            ("tractOverlap", .init(.rings(count: 3), tractOverlap: -1)),
            ("projection", .init(.rings(count: 3), projection: "TANGENT")),
            ("decList", .init(.discrete([.init(ra: 0, dec: 91, radius: 1)]))),
            ("radiusList", .init(.discrete([.init(ra: 0, dec: 0, radius: 0)]))),
            ("decRange", .init(.equatorial(south: 2, north: 1))), ("log2NSide", .init(.healpix(log2NSide: 30))),
            ("cellInnerDimensions", .init(.rings(count: 3), patches: .cells(.init(width: 150, height: 100)))),
            ("patchBorder", .init(.rings(count: 3), patches: .legacy(width: 4000, height: 4000, border: -1))),
        ]
    )
    func nonsense(key: String, configuration: SkyMapConfiguration) throws {
        let error = try #require(throws: ButlerError.self) { try SkyMap(configuration) }
        #expect(error.code == .configuration)
        #expect(error.message.contains("\"\(key)\""), "\(error)")
    }

    @Test("a configuration without its one required key says so")
    func required() throws {
        let error = try #require(throws: ButlerError.self) {
            try RegistrationConfiguration([("config.skyMap='rings'", "file.py")])
        }
        #expect(error.message.contains("numRings"))
    }

    @Test("the configuration of discrete sky maps around images is read")
    func discreteMaps() throws {
        let text = """
            config.skyMap.projection='TAN'
            config.skyMap.pixelScale=0.168
            config.borderSize=0.1
            config.doAppend=True
            config.datasetTypeName="preliminary_visit_image"
            """
        let read = try DiscreteMapConfiguration([(text, "discrete.py")])
        #expect(read.skyMap.tractOverlap == 0)
        #expect(read.skyMap.pixelScale == 0.168)
        #expect(read.appends)
        #expect(read.borderSize == 0.1)
        #expect(read.datasetType == "preliminary_visit_image")
        #expect(throws: ButlerError.self) { try DiscreteMapConfiguration([("config.borderSize=-1", "x")]) }
        #expect(throws: ButlerError.self) { try DiscreteMapConfiguration([("config.doAppend='yes'", "x")]) }
    }
}
