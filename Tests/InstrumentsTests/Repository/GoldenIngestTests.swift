import FITS
import Foundation
import Instruments
import ObservationMetadata
import Resources
import Steward
import StewardCore
import StewardTesting
import Testing

/// Raws in a repository against the reference's: identifiers, paths and exposure records.
@Suite struct GoldenIngestTests {
    static let files = Golden.names("ingest")

    @Test("there are golden files")
    func present() {
        #expect(!Self.files.isEmpty)
    }

    @Test("raws get the reference's identifiers", arguments: files)
    func identifiers(_ file: String) async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root)
        for row in try #require(Golden.json("ingest", file).array) {
            let type = try DatasetType(
                name: "raw",
                dimensions: butler.universe.group(["instrument", "exposure", "detector"]),
                storageClass: "Exposure"
            )
            let values: [String: DimensionValue] = [
                "instrument": .string(try #require(row["instrument"]?.string)),
                "exposure": .int(try #require(row["exposure"]?.int)),
                "detector": .int(try #require(row["detector"]?.int)),
            ]
            let ref = DatasetRef(
                type,
                try DataCoordinate(values, for: type.dimensions),
                run: try #require(row["run"]?.string),
                mode: .dataIDTypeRun
            )
            #expect(ref.id.dashed == row["dataset_id"]?.string)
        }
    }

    /// What was ingested together: rows that share instrument, exposure, run and mode.
    private func calls(_ file: String) throws -> [[JSONValue]] {
        var calls: [[JSONValue]] = []
        for row in try #require(Golden.json("ingest", file).array) {
            let same = { (key: String) in calls.last?.first?[key] == row[key] }
            if same("instrument"), same("exposure"), same("run"), same("transfer") {
                calls[calls.count - 1].append(row)
            } else {
                calls.append([row])
            }
        }
        return calls
    }

    @Test("raws of defined cameras get the reference's paths and exposure records", arguments: files)
    func paths(_ file: String) async throws {
        var tested = 0
        for rows in try calls(file) {
            let first = rows[0]
            let name = try #require(first["instrument"]?.string)
            guard RawNight.catalog.names().contains(name) else { continue }
            let found = GoldenHeader.known.first { header in
                header.expected["properties"]?["exposure_id"] == first["exposure"]
                    && header.expected["instrument"] == first["instrument"]
            }
            guard let header = found else { continue }
            let night = try await RawNight()
            let butler = try await Butler.open(night.root, writeable: true)
            _ = try await RawNight.catalog.definition(name).register(in: butler)
            let sources = try write(rows, header, in: night)
            let report = try await night.ingest(butler, sources) { options in
                options.run = first["run"]?.string
                options.mode = first["transfer"]?.string.flatMap(TransferMode.init) ?? .copy
            }
            #expect(report.failures.map(\.error.description) == [])
            #expect(report.ingested.map(\.id.dashed) == rows.compactMap { $0["dataset_id"]?.string })
            for (row, uris) in zip(rows, try await butler.uris(of: report.ingested)) {
                let path = try #require(row["path"]?.string)
                let uri = try ResourcePath(uris[""] ?? "").localPath
                #expect(uri == (path.hasPrefix("<") ? sources[0] : "\(night.root)/\(path)"))
                #expect(uri.map(FileManager.default.fileExists) == true)
            }
            try await compare(butler, header.expected.at("exposure_record"))
            tested += 1
        }
        #expect(tested > 0 || GoldenHeader.known.isEmpty)
    }

    /// Writes what the reference ingested: one file with all detectors when the camera has such files, else one file
    /// and sidecar for each.
    private func write(_ rows: [JSONValue], _ header: GoldenHeader, in night: RawNight) throws -> [String] {
        let stored = rows[0]["path"]?.string.flatMap { $0.hasPrefix("<") ? nil : $0 } ?? "raw.fits.fz"
        let suffix = try ResourcePath(stored).fileExtension
        guard header.translator.readsExtensions else {
            return try rows.enumerated().map { index, row in
                let path = "\(night.raws)/raw\(index)\(suffix)"
                try Data([0]).write(to: URL(fileURLWithPath: path))
                var properties = try #require(header.expected["properties"]?.members)
                properties.removeAll { $0.key == "detector_num" }
                properties.append(.init("detector_num", try row.at("detector")))
                properties.append(.init("__CONTENT__", "translated"))
                try Data(JSONValue.object(properties).text().utf8)
                    .write(to: URL(fileURLWithPath: "\(night.raws)/raw\(index).json"))
                return path
            }
        }
        let path = "\(night.raws)/raw.fits"
        let file = try FITSFile(creating: path)
        var primary = header.header
        primary.remove("CCDNUM")
        try file.appendHeader(primary)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 4, height: 4)
        for number in rows.compactMap({ $0["detector"]?.int }) + [63] {
            try file.append(
                Image<UInt16>(box: box, filledWith: 1),
                header: FITSHeader([("CCDNUM", .integer(number)), ("EXTNAME", .string("X\(number)"))])
            )
        }
        try file.close()
        try FileManager.default.moveItem(atPath: path, toPath: "\(night.raws)/raw\(suffix)")
        return ["\(night.raws)/raw\(suffix)"]
    }

    private func compare(_ butler: Butler, _ expected: JSONValue) async throws {
        let record = try #require(try await butler.queryDimensionRecords("exposure").first)
        for member in expected.members ?? [] where !["timespan_begin_nsec", "timespan_end_nsec"].contains(member.key) {
            let field = member.key == "id" ? "exposure" : member.key
            guard record.element.fieldIndex(field) != nil, field != "timespan" else { continue }
            switch (record[field], member.value) {
            case (nil, .null): break
            case (.real(let value), let other): #expect(abs(value - (other.double ?? .nan)) < 1e-9, "\(field)")
            case (.int(let value), let other): #expect(value == other.int, "\(field)")
            case (.string(let value), let other): #expect(value == other.string, "\(field)")
            case (.bool(let value), let other): #expect(.bool(value) == other, "\(field)")
            default: Issue.record("\(field): \(String(describing: record[field])) and \(member.value)")
            }
        }
        #expect(record.timespan?.beginNanoseconds == expected["timespan_begin_nsec"]?.int)
        #expect(record.timespan?.endNanoseconds == expected["timespan_end_nsec"]?.int)
    }
}
