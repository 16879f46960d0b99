import AstroTime
import FITS
import Foundation
import Instruments
import ObservationMetadata
import Steward
import StewardCore
import StewardTesting

/// A folder with a repository and raw files of the simulated camera; gone with the value.
final class RawNight: Sendable {
    let folder: String
    var root: String { folder + "/repo" }
    var raws: String { folder + "/raw" }

    init(_ backend: TestBackend = .current) async throws {
        folder = NSTemporaryDirectory() + "steward-night-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/raw", withIntermediateDirectories: true)
        try await Butler.create(root, RepositoryCreation(seedConfig: backend.seedConfig(for: root)))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let catalog = InstrumentCatalog.standard(environment: [:])

    /// The repository, with the simulated camera.
    func open() async throws -> Butler {
        let butler = try await Butler.open(root, writeable: true)
        _ = try await Self.camera().register(in: butler)
        return butler
    }

    static func camera() throws -> InstrumentDefinition { try catalog.definition("SimCam") }

    /// Cards of one detector of one exposure on the sky.
    static func cards(_ number: Int64, _ detector: Int, changes: [String: FITSValue?] = [:]) -> [(String, FITSValue)] {
        let label = String(number)
        let cards: [(String, FITSValue)] = [
            ("INSTRUME", "SimCam"),
            ("OBSID", .string("SC_O_20260310_" + String(repeating: "0", count: 6 - label.count) + label)),
            ("DAYOBS", 20_260_310), ("SEQNUM", .integer(number)), ("IMGTYPE", "SCIENCE"), ("FILTER", "SimCam-r"),
            ("EXPTIME", 60.0), ("DARKTIME", 60.5), ("OBJECT", "field 1"), ("REASON", "test"), ("PROGRAM", "P1"),
            ("MJD-BEG", .real(61_109.95 + 0.001 * Double(number))),
            ("MJD-END", .real(61_109.9507 + 0.001 * Double(number))),
            ("DETNAME", .string(["R00_S00", "R00_S01", "R00_S10", "R00_S11"][detector])),
            ("RA", .real(150.1 + 0.01 * Double(number))), ("DEC", 2.2), ("RADESYS", "ICRS"), ("ROTPA", 0.0),
            ("ROTCOORD", "sky"), ("ELSTART", 61.5), ("AZSTART", .real(35.2 + Double(number))),
        ]
        var result = cards.compactMap { key, value -> (String, FITSValue)? in
            guard let change = changes[key] else { return (key, value) }
            return change.map { (key, $0) }
        }
        let known = Set(cards.map(\.0))
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            if let value { result.append((key, value)) }
        }
        return result
    }

    /// Writes a raw file with a few pixels; nil takes a card away.
    @discardableResult
    func write(
        _ number: Int64,
        _ detector: Int = 0,
        name: String? = nil,
        changes: [String: FITSValue?] = [:]
    ) throws -> String {
        let path = "\(raws)/\(name ?? "SC_\(number)_\(detector).fits")"
        let file = try FITSFile(creating: path)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 8, height: 8)
        try file.append(
            Image<UInt16>(box: box, filledWith: 7),
            header: FITSHeader(Self.cards(number, detector, changes: changes))
        )
        try file.close()
        return path
    }

    /// Writes exposures with the same number of detectors each.
    func write(_ numbers: ClosedRange<Int64>, detectors: Int = 2, changes: [String: FITSValue?] = [:]) throws {
        for number in numbers {
            for detector in 0..<detectors { try write(number, detector, changes: changes) }
        }
    }

    /// Ingests the folder of raw files, or other locations.
    func ingest(
        _ butler: Butler,
        _ locations: [String]? = nil,
        _ change: (inout RawIngest.Options) -> Void = { _ in }
    ) async throws -> RawIngest.Report {
        var options = RawIngest.Options()
        change(&options)
        return try await RawIngest(butler, catalog: Self.catalog, options: options).run(locations ?? [raws])
    }

    /// Makes visits of the simulated camera.
    func defineVisits(
        _ butler: Butler,
        _ change: (inout VisitDefinition.Options) -> Void = { _ in }
    ) async throws -> VisitDefinition.Report {
        var options = VisitDefinition.Options()
        change(&options)
        return try await VisitDefinition(butler, Self.camera(), options: options).run()
    }
}

extension Butler {
    /// Raw datasets by label of exposure and detector.
    func raws() async throws -> [String] {
        guard try await !datasetTypes(matching: ["raw"]).isEmpty else { return [] }
        let refs = try await queryAllDatasets(["raw"], collections: ["*"])
        return refs.map { "\($0.dataID["exposure"]?.int ?? 0) \($0.dataID["detector"]?.int ?? 0)" }.sorted()
    }

    /// Values of a field of all records.
    func column(_ field: String, of element: String) async throws -> [DimensionRecord.FieldValue?] {
        try await queryDimensionRecords(element).map { $0[field] }
    }
}

/// The error of an operation that must fail.
func failure(_ body: () async throws -> Void) async -> ButlerError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ButlerError
    }
}
