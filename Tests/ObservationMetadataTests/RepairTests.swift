import FITS
import Foundation
import StewardCore
import Testing

@testable import ObservationMetadata

@Suite struct RepairTests {
    private func folder(_ files: [String: String]) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("steward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
        return url.path
    }

    private let further = """
        fix_ups:
          - when: [{keyword: TYPE, contains: bias, ignore_case: true}]
            set: {FILTER: closed}
          - begin: {after: 2013-02-10, before: 2013-02-14}
            set: {TELRA: {angle_of: RA, unit: hours, plus_degrees: 15}}
        corrections:
          - observations: [obs1, obs2]
            set: {OBJECT: right, N: 5}
        """

    private func translator() throws -> HeaderTranslator {
        try Rules.translator("  object: OBJECT", further: further)
    }

    @Test("the corrections of the definition apply to their observations")
    func shipped() throws {
        let (header, repairs) = try translator().repair(Rules.header([("OBJECT", "wrong"), ("N", 5)]))
        #expect(header["OBJECT"] == "right")
        #expect(repairs.isModified)
        #expect(repairs.correctionSource == "definition of Cam")
        #expect(repairs.keywords.contains("OBJECT"))
        #expect(!repairs.keywords.contains("N"))
        #expect(header["ASTRO METADATA FIX MODIFIED"] == true)
    }

    @Test("the first file of the folders wins, also over the definition")
    func files() throws {
        let empty = try folder([:])
        let first = try folder(["Cam-obs1.yaml": "OBJECT: from file\nEXPTIME: 30.0\nDEFINED: true\nNOTHING: null"])
        let second = try folder(["Cam-obs1.yaml": "OBJECT: from second"])
        let corrections = CorrectionFolders([empty], environment: ["METADATA_CORRECTIONS_PATH": "\(first):\(second)"])
        let (header, repairs) = try translator().repair(Rules.header([("OBJECT", "wrong")]), corrections: corrections)
        #expect(header["OBJECT"] == "from file")
        #expect(header["EXPTIME"] == 30.0)
        #expect(header["DEFINED"] == true)
        #expect(header["NOTHING"] == .undefined)
        #expect(repairs.correctionSource == "\(first)/Cam-obs1.yaml")
        #expect(header["ASTRO METADATA FIX FILE"] == .string("\(first)/Cam-obs1.yaml"))
    }

    @Test("a malformed correction is an error that names the file", arguments: ["[1, 2]", "a: [1]", "a: {b: c}", "]["])
    func malformed(_ text: String) throws {
        let corrections = CorrectionFolders([try folder(["Cam-obs1.yaml": text])])
        #expect(throws: ButlerError(.corruptFile, "")) {
            try translator().repair(Rules.header([]), corrections: corrections)
        }
    }

    @Test("a label cannot lead out of the folders")
    func traversal() throws {
        let inner = try folder(["Cam-obs1.yaml": "OBJECT: stolen"])
        let name = try #require(inner.split(separator: "/").last)
        let corrections = CorrectionFolders([inner])
        #expect(try corrections.find(instrument: "..", observation: "/../\(name)/Cam-obs1") == nil)
        #expect(try corrections.find(instrument: "Cam", observation: "obs1") != nil)
    }

    @Test("repairs of the camera apply where their conditions hold")
    func fixUps() throws {
        let bias = Rules.header([("OBSID", "x"), ("TYPE", "BIAS"), ("FILTER", "r")])
        var header = bias
        header["OBSID"] = "x"
        let (repaired, repairs) = try translator().repair(header)
        #expect(repaired["FILTER"] == "closed")
        #expect(repairs.correctionSource == nil)
        let dated: [(String, FITSValue)] = [("RA", "18:00:00"), ("TELRA", "1")]
        var inside = Rules.header(dated + [("DATE-OBS", "2013-02-13T09:00:00")])
        inside["OBSID"] = "x"
        let value = try #require(try translator().repair(inside).header["TELRA"]?.realValue)
        #expect(abs(value - 19) < 1e-12)
        var outside = Rules.header(dated + [("DATE-OBS", "2013-02-14T00:00:00")])
        outside["OBSID"] = "x"
        let result = try translator().repair(outside)
        #expect(result.header["TELRA"] == "1")
        #expect(!result.repairs.isModified)
        #expect(result.header["ASTRO METADATA FIX MODIFIED"] == false)
    }

    @Test("a header without a label, or repaired before, is left alone")
    func leftAlone() throws {
        let unlabelled = FITSHeader([("INSTRUME", "Cam"), ("TYPE", "bias")])
        #expect(try translator().repair(unlabelled).header == unlabelled)
        let done = Rules.header([("TYPE", "bias"), ("HIERARCH ASTRO METADATA FIX MODIFIED", false)])
        #expect(try translator().repair(done).header == done)
    }
}
