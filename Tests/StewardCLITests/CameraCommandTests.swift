import Foundation
import Testing

/// `check-instrument`, `describe-instrument`, `translate-header`, `write-sidecars` and `write-index`.
@Suite struct CameraCommandTests {
    private static let camera = """
        name: MyCam
        class_name: my.Cam
        extends: DECam
        filters: {list: [{physical: q DECam, band: q}]}
        translator:
          name: MyCam
          recognise: [{keyword: INSTRUME, equals: MyCam}]
          properties: {object: {constant: anything}, instrument: {constant: MyCam}}
        """

    private func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A FITS file that is a primary header without data.
    private func fits(_ name: String, _ cards: [String], in folder: TemporaryFolder) throws -> String {
        let all = [
            "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0",
        ]
        let lines = (all + cards + ["END"]).map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }
        return try write(lines.joined().padding(toLength: 2880, withPad: " ", startingAt: 0), name, in: folder)
    }

    private func raw(_ name: String, number: Int, in folder: TemporaryFolder) throws -> String {
        let cards = [
            "INSTRUME= 'MyCam   '", "EXPNUM  =                 \(number)", "CCDNUM  =                    1",
            "OBSID   = 'o\(number)     '", "OBSTYPE = 'zero    '", "FILTER  = 'q DECam '",
            "EXPTIME =                  1.5",
            "DATE-OBS= '2024-01-05T01:02:03.5'", "PROPID  = 'p       '",
        ]
        return try fits(name, cards, in: folder)
    }

    @Test("a good definition is in order, a bad one is reported with line, key and near names")
    func check() throws {
        let folder = try TemporaryFolder()
        let good = try write(Self.camera, "MyCam.yaml", in: folder)
        let bad = try write(Self.camera.replacing("band: q", with: "bnad: q"), "Bad.yaml", in: folder)
        let outcome = try StewardProgram().run(["check-instrument", good, bad])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("MyCam is in order: 62 detectors, 13 filters, translator MyCam."))
        #expect(outcome.errors.contains("Bad.yaml, line 4"))
        #expect(outcome.errors.contains("\"bnad\" is not a key here"))
        #expect(outcome.errors.contains("band"))
        #expect(try StewardProgram().run(["check-instrument", "LSSTCamm"]).errors.contains("LSSTCam"))
        for name in ["HSC", "LATISS", "SuprimeCam"] { _ = try StewardProgram().expect(["check-instrument", name]) }
    }

    @Test("a camera is described, with what is other than in the one it extends")
    func describe() throws {
        let folder = try TemporaryFolder()
        let path = try write(Self.camera, "MyCam.yaml", in: folder)
        let text = try StewardProgram().expect(["describe-instrument", path, "--section", "all", "--format", "json"])
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: Any]]])
        #expect(json["detectors"]?.count == 62)
        #expect(json["filters"]?.count == 13)
        #expect(json["detectors"]?.first?["full_name"] as? String == "S29")
        let differences = try #require(json["differences"])
        #expect(differences.contains { $0["key"] as? String == "filters.list.q DECam" })
        #expect(
            differences.contains {
                $0["key"] as? String == "translator.properties.object" && $0["base"] as? String == "OBJECT"
            }
        )
        #expect(!differences.contains { ($0["key"] as? String)?.hasPrefix("camera") == true })
        #expect(try StewardProgram().expect(["describe-instrument", path]).contains("my.Cam"))
    }

    @Test("headers of FITS, JSON and YAML are translated by a definition that is given by path")
    func translate() throws {
        let folder = try TemporaryFolder()
        let camera = try write(Self.camera, "MyCam.yaml", in: folder)
        let file = try raw("a.fits", number: 17, in: folder)
        let yaml = try write("INSTRUME: MyCam\nEXPNUM: 18\nCCDNUM: 2\n", "b.yaml", in: folder)
        let cards = try write(#"{"cards": [["INSTRUME", "MyCam"], ["EXPNUM", 19]]}"#, "c.json", in: folder)
        let arguments = ["translate-header", file, yaml, cards, "--definition", camera, "--format", "json"]
        let text = try StewardProgram().expect(arguments)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let properties = json.compactMap { $0["properties"] as? [String: Any] }
        #expect(properties.compactMap { $0["exposure_id"] as? Int } == [17, 18, 19])
        #expect(properties.first?["object"] as? String == "anything")
        #expect(json.first?["is_repaired"] as? Bool == true)
        #expect((json.last?["problems"] as? [String: String])?["exposure_time"] != nil)
        let failure = try StewardProgram().run(["translate-header", yaml])
        #expect(failure.status == 1)
        #expect(failure.errors.contains("INSTRUME is"))
    }

    @Test("sidecars and indexes are written in the reference's form")
    func write() throws {
        let folder = try TemporaryFolder()
        let camera = try write(Self.camera, "MyCam.yaml", in: folder)
        _ = try raw("a.fits", number: 17, in: folder)
        _ = try raw("b.fits.fz", number: 18, in: folder)
        _ = try StewardProgram().expect(["write-sidecars", folder.path, "--definition", camera])
        _ = try StewardProgram().expect(["write-index", folder.path, "-c", "metadata", "--definition", camera])
        func json(_ name: String) throws -> [String: Any] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
        let sidecar = try json("b.json")
        #expect(sidecar["__CONTENT__"] as? String == "translated")
        #expect(sidecar["_translator"] as? String == "MyCam")
        #expect(sidecar["exposure_id"] as? Int == 18)
        let index = try json("_index.json")
        #expect(index["__CONTENT__"] as? String == "metadata")
        #expect((index["__COMMON__"] as? [String: Any])?["INSTRUME"] as? String == "MyCam")
        #expect((index["a.fits"] as? [String: Any])?["EXPNUM"] as? Int == 17)
        #expect((index["b.fits.fz"] as? [String: Any])?["EXPNUM"] as? Int == 18)
    }
}
