import FITS
import Foundation
import StewardCore
import Testing

@testable import ObservationMetadata

/// Real files, made of header blocks.
@Suite struct ObservationReaderTests {
    private func write(_ units: [[String]]) throws -> String {
        var bytes: [UInt8] = []
        for cards in units {
            let text = (cards + ["END"]).map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined()
            bytes += Array(text.utf8)
            bytes += [UInt8](repeating: 0x20, count: (2880 - bytes.count % 2880) % 2880)
        }
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("steward-\(UUID().uuidString).fits")
        try Data(bytes).write(to: url)
        return url.path
    }

    private let primary = [
        "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0",
    ]
    private let image = [
        "XTENSION= 'IMAGE   '", "BITPIX  =                    8", "NAXIS   =                    0",
        "PCOUNT  =                    0", "GCOUNT  =                    1",
    ]

    private func reader(_ further: String = "") throws -> ObservationReader {
        let translator = try Rules.translator("  exposure_id: EXPNUM\n  detector_num: CCDNUM", further: further)
        return ObservationReader(
            TranslatorRegistry([translator]),
            properties: [.instrument],
            required: [.exposureID, .detectorNum]
        )
    }

    @Test("a primary header is enough")
    func single() throws {
        let path = try write([primary + ["INSTRUME= 'Cam'", "EXPNUM  = 5", "CCDNUM  = 1"]])
        let results = try reader().read(path)
        #expect(results.map(\.info.exposureID) == [5])
        #expect(results.map(\.info.detectorNum) == [1])
    }

    @Test("an unknown primary header is read with the first extension over it")
    func merged() throws {
        let path = try write([
            primary + ["EXPNUM  = 5", "CCDNUM  = 9"], image + ["INSTRUME= 'Cam'", "CCDNUM  = 2"],
        ])
        #expect(try reader().read(path).map(\.info.detectorNum) == [2])
        #expect(try reader().read(path).map(\.info.exposureID) == [5])
    }

    @Test("extensions of one detector each, guide chips left out")
    func extensions() throws {
        let path = try write([
            primary + ["INSTRUME= 'Cam'", "EXPNUM  = 5"], image + ["CCDNUM  = 25"], image + ["CCDNUM  = 1"],
            image, image + ["CCDNUM  = 63"],
        ])
        let reader = try reader("headers: {extensions_with: CCDNUM, up_to: 62}")
        let results = try reader.read(path)
        #expect(results.map(\.info.detectorNum) == [25, 1])
        #expect(results.map(\.info.exposureID) == [5, 5])
    }

    @Test("extensions that stand alone, and none at all")
    func extensionsAlone() throws {
        let alone = try reader("headers: {extensions_with: CCDNUM, inherit: false}")
        let path = try write([
            primary + ["INSTRUME= 'Cam'", "EXPNUM  = 5"], image + ["CCDNUM  = 25", "EXPNUM  = 6"],
        ])
        #expect(try alone.read(path).map(\.info.exposureID) == [6])
        let none = try write([primary + ["INSTRUME= 'Cam'", "EXPNUM  = 5"]])
        #expect(throws: ButlerError(.header, "")) { try alone.read(none) }
    }

    @Test("errors name the file and the keyword; unknown cameras list the translators")
    func errors() throws {
        let unknown = try write([primary + ["INSTRUME= 'Other'"]])
        #expect {
            try reader().read(unknown)
        } throws: { error in
            guard let error = error as? ButlerError else { return false }
            return error.message.contains("\"Other\"") && error.remedy?.contains("Cam") == true
                && error.context.contains { $0.value == unknown }
        }
        let incomplete = try write([primary + ["INSTRUME= 'Cam'", "CCDNUM  = 1"]])
        #expect {
            try reader().read(incomplete)
        } throws: { error in
            guard let error = error as? ButlerError else { return false }
            let context = Dictionary(error.context.map { ($0.label, $0.value) }) { first, _ in first }
            return context["file"] == incomplete && context["keyword"] == "EXPNUM"
                && context["property"] == "exposure_id"
        }
        #expect(throws: ButlerError(.fileNotFound, "")) { try reader().read("/nowhere.fits") }
    }

    @Test("sidecars replace the extension, compression included")
    func sidecarPaths() {
        #expect(Sidecar.path(of: "/a.b/c.fits") == "/a.b/c.json")
        #expect(Sidecar.path(of: "/a.b/c.x.fits.fz") == "/a.b/c.x.json")
        #expect(Sidecar.path(of: "c.fits.gz") == "c.json")
        #expect(Sidecar.path(of: "/a.b/c") == "/a.b/c.json")
        #expect(Sidecar.path(of: ".hidden") == ".hidden.json")
    }

    @Test("a sidecar is used without the file, and written in the same form")
    func sidecars() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("steward-\(UUID().uuidString).fits")
            .path
        #expect(try Sidecar.read(besides: path) == nil)
        var header = Rules.header([("EXPNUM", 5), ("CCDNUM", 1), ("GAP", .undefined)])
        header.append(FITSCard("COMMENT", nil, comment: "one"))
        header.append(FITSCard("COMMENT", nil, comment: "two"))
        try Sidecar.write(.header(header), besides: path)
        let record = try #require(try Sidecar.read(besides: path))
        #expect(record == .header(header))
        #expect(try reader().translate(record, of: path).info.exposureID == 5)
        let info = try reader().translate(record, of: path).info
        try Sidecar.write(.translated(info), besides: path)
        #expect(try reader().translate(#require(try Sidecar.read(besides: path)), of: path).info.detectorNum == 1)
        try FileManager.default.removeItem(atPath: Sidecar.path(of: path))
    }

    @Test("a sidecar without a mark is judged by its keys")
    func guessing() throws {
        let translated: JSONValue = .object(["instrument": "Cam", "observation_id": "x", "exposure_id": 1])
        let header: JSONValue = .object(["instrument": "Cam", "observation_id": "x", "EXPNUM": 1])
        #expect(try Sidecar.record(in: translated, of: "a.fits", sidecar: "a.json").content == .translated)
        #expect(try Sidecar.record(in: header, of: "a.fits", sidecar: "a.json").content == .header)
        #expect(throws: ButlerError(.corruptFile, "")) {
            try Sidecar.record(in: .object(["__CONTENT__": "other"]), of: "a.fits", sidecar: "a.json")
        }
        #expect(throws: ButlerError(.corruptFile, "")) {
            try Sidecar.record(in: [1], of: "a.fits", sidecar: "a.json")
        }
    }

    @Test("translated properties must hold what is required")
    func incompleteRecord() throws {
        let info = try ObservationInfo([.exposureID: .integer(1)])
        #expect(throws: ButlerError(.header, "")) { try reader().translate(.translated(info), of: "a.fits") }
    }

    @Test("an index needs its common part, and one kind of record")
    func badIndexes() throws {
        #expect(throws: ButlerError(.corruptFile, "")) { try HeaderIndex(json: .object(["a": 1]), source: "i") }
        #expect(throws: ButlerError(.corruptFile, "")) {
            try HeaderIndex(json: .object(["__COMMON__": .object([:]), "a.fits": 1]), source: "i")
        }
        let index = try HeaderIndex(json: .object(["__COMMON__": .object(["A": 1])]), source: "i")
        #expect(index.content == .header)
        #expect(try index.record(of: "a.fits") == nil)
        #expect(throws: ButlerError(.invalidArgument, "")) { try HeaderIndex.write([], to: "/tmp/none.json") }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            let info = try ObservationInfo([.exposureID: .integer(1)])
            try HeaderIndex.write([("a", .header(FITSHeader())), ("b", .translated(info))], to: "/tmp/none.json")
        }
    }
}
