import Datastores
import Foundation
import Steward
import StewardCore
import StewardTesting

extension Writer {
    /// Does one operation.
    ///
    /// - Parameter kind: Its kind; one that finds nothing to work on makes a dataset instead.
    /// - Throws: Errors of the repository, and ``Wrong``.
    mutating func perform(_ kind: Kind) async throws {
        switch kind {
        case .register: try await register()
        case .ingest: try await ingest()
        case .put: try await put("metric")
        case .get: try await get()
        case .certify: try await certify()
        case .decertify: try await decertify()
        case .associate: try await associate()
        case .disassociate: try await disassociate()
        case .chain: try await chain()
        case .query: try await query()
        case .prune: try await prune()
        case .compete: try await compete()
        case .putAgain: try await putAgain()
        }
    }

    /// Something that is not as this writer left it.
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
        try DimensionRecord(butler.universe.element(element), fields.merging(["instrument": .string("Cam1")]) { $1 })
    }

    private func makeDetector(_ detector: Int64) async throws {
        try await butler.sync([try record("detector", ["id": .int(detector), "full_name": .string("D\(detector)")])])
    }

    private func dataID(_ type: DatasetType, _ detector: Int64) async throws -> DataCoordinate {
        try await butler.dataID(["instrument": "Cam1", "detector": .int(detector)], for: type.dimensions)
    }

    /// Records of its own and ones that all writers register, and a dataset type that all register.
    private mutating func register() async throws {
        let shared = Int64.random(in: 0..<30, using: &generator)
        let own = nextDetector()
        try await butler.sync([
            try record("detector", ["id": .int(2000 + shared), "full_name": .string("D\(2000 + shared)")]),
            try record("detector", ["id": .int(own), "full_name": .string("D\(own)")]),
            try record("physical_filter", ["name": .string("Cam1-F\(shared)"), "band": .string("b\(shared % 5)")]),
        ])
        try await butler.register(
            try DatasetType(
                name: "extra\(shared)",
                dimensions: butler.universe.group(
                    shared % 2 == 0 ? ["instrument"] : ["instrument", "physical_filter"]
                ),
                storageClass: "TaskMetadata"
            )
        )
        report.detectors += [2000 + shared, own]
    }

    @discardableResult
    private mutating func put(_ name: String) async throws -> WriterReport.Dataset {
        let (detector, run, value) = (nextDetector(), anyRun(), nextValue())
        try await makeDetector(detector)
        report.detectors.append(detector)
        let type = try await butler.datasetType(name)
        let ref = try await butler.put(JSONValue.int(value), as: type, dataID(type, detector), run: run)
        let dataset = WriterReport.Dataset(type: name, run: run, detector: detector, value: value)
        note(dataset, ref)
        return dataset
    }

    /// Purges a dataset and puts another one into its place.
    private mutating func putAgain() async throws {
        guard let old = anyDataset("metric"), let ref = refs[old] else { return _ = try await put("metric") }
        try await butler.prune([ref], Pruning(purging: true))
        forget(old)
        var new = old
        new.value = nextValue()
        note(new, try await butler.put(JSONValue.int(new.value), as: ref.datasetType, ref.dataID, run: old.run))
    }

    private mutating func ingest() async throws {
        let type = try await butler.datasetType("metric")
        let (run, folder) = (anyRun(), NSTemporaryDirectory() + "steward-writer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var files: [FileDataset] = []
        var datasets: [WriterReport.Dataset] = []
        for _ in 0..<3 {
            let (detector, value) = (nextDetector(), nextValue())
            try await makeDetector(detector)
            report.detectors.append(detector)
            let path = folder + "/\(value).json"
            try Data("\(value)".utf8).write(to: URL(fileURLWithPath: path))
            files.append(FileDataset(path: path, refs: [DatasetRef(type, try await dataID(type, detector), run: run)]))
            datasets.append(.init(type: "metric", run: run, detector: detector, value: value))
        }
        let outcome = try await butler.ingest(files, IngestOptions(mode: [.copy, .move][Int(number % 2)]))
        for (dataset, ref) in zip(datasets, outcome.ingested) { note(dataset, ref) }
    }

    private mutating func get() async throws {
        guard let dataset = anyDataset(), let ref = refs[dataset] else { return _ = try await put("metric") }
        let value = try await butler.get(ref) as? JSONValue
        guard value == .int(dataset.value) else {
            throw Wrong(description: "\(dataset) has the content \(String(describing: value))")
        }
    }

    private static func days(_ first: Int64, _ count: Int64 = 1) throws -> Timespan {
        let start = try TAI("2025-01-01T00:00:00", format: .isot, scale: .tai)
        let begin = start.advanced(bySeconds: Double(first) * 86_400)
        return try Timespan(begin: begin, end: begin.advanced(bySeconds: Double(count) * 86_400))
    }

    private mutating func certify() async throws {
        let dataset = try await put("bias")
        guard let ref = refs[dataset] else { return }
        try await butler.certify([ref], in: "calib", validity: Self.days(0, 100))
        report.certified.append(dataset.detector)
    }

    private mutating func decertify() async throws {
        guard let detector = report.certified.randomElement(using: &generator) else { return try await certify() }
        let type = try await butler.datasetType("bias")
        let count = try await butler.decertify(
            type,
            in: "calib",
            validity: Self.days(0, 100),
            dataIDs: [dataID(type, detector)]
        )
        report.certified.removeAll { $0 == detector }
        if count != 1 { throw Wrong(description: "\(count) ranges of detector \(detector) were decertified") }
    }

    private mutating func associate() async throws {
        let dataset = try await put("metric")
        guard let ref = refs[dataset] else { return }
        try await butler.associate([ref], with: "tag")
        report.tagged.append(dataset)
    }

    private mutating func disassociate() async throws {
        guard let dataset = report.tagged.randomElement(using: &generator), let ref = refs[dataset] else {
            return try await associate()
        }
        try await butler.disassociate([ref], from: "tag")
        report.tagged.removeAll { $0 == dataset }
    }

    /// Adds a collection of its own to a chain of all, at either end, or removes one.
    private mutating func chain() async throws {
        if report.chained.count > 3, let name = report.chained.randomElement(using: &generator) {
            try await butler.collections.removeFromChain("chain", [name])
            report.chained.removeAll { $0 == name }
            return
        }
        let name = "own/\(number)/\(nextValue())"
        try await butler.collections.register(name, .tagged)
        if Bool.random(using: &generator) {
            try await butler.collections.prependChain("chain", [name])
        } else {
            try await butler.collections.extendChain("chain", [name])
        }
        report.chained.append(name)
    }

    private mutating func query() async throws {
        let first = 1_000_000 + number * 10_000
        let found = try await butler.queryDatasets(
            "metric",
            collections: ["all/*"],
            where: "instrument = 'Cam1' AND detector >= \(first) AND detector < \(first + 10_000)"
        )
        let expected = Set(report.datasets.filter { $0.type == "metric" }.compactMap { refs[$0]?.id })
        guard found.count == expected.count, Set(found.map(\.id)) == expected else {
            throw Wrong(description: "\(found.count) datasets were found instead of \(expected.count)")
        }
    }

    private mutating func prune() async throws {
        guard let dataset = anyDataset("metric"), let ref = refs[dataset] else { return _ = try await put("metric") }
        try await butler.prune([ref], Pruning(purging: true))
        forget(dataset)
    }

    /// Certifies what all others try to certify for the same days: one can do so.
    private mutating func compete() async throws {
        let day = Int64.random(in: 200..<240, using: &generator)
        let refs = try await butler.queryDatasets("bias", collections: ["shared"])
        try await butler.certify(refs, in: "calib", validity: Self.days(day))
        report.wonDays.append(day)
    }
}
