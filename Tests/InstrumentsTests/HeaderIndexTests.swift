import FITS
import Foundation
import Instruments
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

/// Sidecars and indexes written by the reference (`header-indexes`: three made-up HSC headers), and our own.
@Suite struct HeaderIndexTests {
    private let folder = Golden.package.appendingPathComponent("Tests/Fixtures/header-indexes").path

    private func reader() throws -> ObservationReader {
        ObservationReader(
            try InstrumentCatalog.standard(environment: [:]).translators(),
            required: ObservationProperty.requiredForIngest
        )
    }

    @Test("headers of the reference's index translate to the properties of its other index")
    func referenceIndexes() throws {
        let headers = try HeaderIndex(contentsOf: "\(folder)/metadata.json")
        let translated = try HeaderIndex(contentsOf: "\(folder)/translated.json")
        #expect(headers.content == .header)
        #expect(translated.content == .translated)
        #expect(headers.files == ["f12_0.fits", "f12_1.fits", "f14_0.fits"])
        #expect(translated.files == headers.files)
        let reader = try reader()
        for file in headers.files {
            let ours = try reader.translate(#require(try headers.record(of: file)), of: file).info
            let theirs = try reader.translate(#require(try translated.record(of: file)), of: file).info
            #expect(ours.properties.count == theirs.properties.count)
            for (property, value) in theirs.properties where property != .location {
                #expect(ours[property] == value, "\(property.rawValue) of \(file)")
            }
            #expect(ours.translator == theirs.translator)
        }
    }

    @Test("the reference's sidecar is read back as it was written")
    func referenceSidecar() throws {
        let record = try #require(try Sidecar.read(besides: "\(folder)/f12_0.fits.fz"))
        guard case .translated(let info) = record else { throw ButlerError(.header, "a header") }
        let text = try String(contentsOfFile: "\(folder)/f12_0.json", encoding: .utf8)
        var members = try #require(info.json.members)
        members.append(.init("__CONTENT__", "translated"))
        #expect(JSONValue.object(members).text(.spaced) == text)
    }

    @Test("an index of ours is read back, with what files share stored once", arguments: ["metadata", "translated"])
    func roundTrip(_ kind: String) throws {
        let index = try HeaderIndex(contentsOf: "\(folder)/\(kind).json")
        let records = try index.files.map { ($0, try #require(try index.record(of: $0))) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json").path
        try HeaderIndex.write(records, to: path)
        let again = try HeaderIndex(contentsOf: path)
        #expect(again.content == index.content)
        #expect(again.files == index.files)
        for (file, record) in records {
            let other = try #require(try again.record(of: file))
            #expect(Set(other.json.members ?? []) == Set(record.json.members ?? []))
        }
        let stored = try JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(stored["__COMMON__"]?[kind == "metadata" ? "EXPTIME" : "exposure_time"] == .double(30))
        #expect(stored["f12_0.fits"]?[kind == "metadata" ? "EXPTIME" : "exposure_time"] == nil)
        try FileManager.default.removeItem(atPath: path)
    }
}
