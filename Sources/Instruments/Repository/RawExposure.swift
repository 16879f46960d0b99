internal import Datasets
internal import Steward
internal import StewardCore

/// The raw files of one exposure with what they need in the repository.
struct RawExposure: Sendable {
    /// What tells exposures apart.
    struct Key: Hashable, Sendable {
        let instrument: String
        let exposure: Int64
    }

    /// Its instrument and number.
    let key: Key
    /// Label of the observation.
    let name: String
    /// Records of its group, its day and itself.
    var records: [DimensionRecord]
    /// Its files with references to new datasets.
    let datasets: [FileDataset]

    /// All its datasets.
    var refs: [DatasetRef] { datasets.flatMap(\.refs) }

    /// Where the files of an exposure lie.
    enum Place {
        case inside
        case outside
        case both
    }

    /// Where its files lie with regard to a folder.
    func place(_ root: String) -> Place {
        let inside = datasets.count { $0.path.hasPrefix(root.hasSuffix("/") ? root : root + "/") }
        return inside == 0 ? .outside : inside == datasets.count ? .inside : .both
    }
}

extension RawExposure.Key {
    /// The exposure of a raw.
    init?(_ raw: DatasetRef) {
        guard let instrument = raw.dataID["instrument"]?.string, let exposure = raw.dataID["exposure"]?.int else {
            return nil
        }
        self.init(instrument: instrument, exposure: exposure)
    }
}

extension RawExposure {
    /// Files put together by exposure.
    struct Grouping {
        /// Exposures in the order of their first files.
        var exposures: [RawExposure] = []
        /// Datasets of files that are left out because an earlier file has the same detector.
        var duplicates: [DatasetRef] = []
        /// Files and exposures that cannot be ingested.
        var failures: [RawIngest.Failure] = []
    }

    /// Puts files together by exposure; the first file says what the exposure is.
    static func grouped(
        _ files: [RawFile],
        _ cameras: RegisteredCameras,
        _ options: RawIngest.Options,
        _ universe: DimensionUniverse
    ) throws -> Grouping {
        var keys: [Key] = []
        var groups: [Key: [RawFile]] = [:]
        for file in files {
            let key = file.key
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(file)
        }
        var grouping = Grouping()
        for key in keys {
            let own = groups.removeValue(forKey: key) ?? []
            guard let first = own.first else { continue }
            do {
                try grouping.add(own, first, cameras, options, universe)
            } catch let error as ButlerError {
                grouping.failures.append(
                    .init(subject: first.exposure.obsID, stage: .record, error: error, files: own.map(\.path))
                )
            }
        }
        return grouping
    }
}

extension RawExposure.Grouping {
    fileprivate mutating func add(
        _ files: [RawFile],
        _ first: RawFile,
        _ cameras: RegisteredCameras,
        _ options: RawIngest.Options,
        _ universe: DimensionUniverse
    ) throws {
        let exposure = first.exposure
        let definition = try cameras.definition(exposure.instrument)
        let type = try DatasetType(
            name: definition.raw.datasetType,
            dimensions: universe.group(definition.raw.dimensions),
            storageClass: definition.raw.storageClass
        )
        let run = options.run ?? definition.collections.raw
        var seen: [Int64: String] = [:]
        var datasets: [FileDataset] = []
        for file in files {
            let refs = try file.detectors.map { detector in
                let values: [String: DimensionValue] = [
                    "instrument": .string(exposure.instrument), "exposure": .int(exposure.id),
                    "detector": .int(detector),
                ]
                return DatasetRef(
                    type,
                    try DataCoordinate(values, for: type.dimensions),
                    run: run,
                    mode: .dataIDTypeRun
                )
            }
            let fresh = zip(file.detectors, refs).filter { seen[$0.0] == nil }.map(\.1)
            if fresh.count < refs.count, let twin = file.detectors.compactMap({ seen[$0] }).first {
                note(file, refs.filter { !fresh.contains($0) }, twin, options)
                guard options.skipsExisting, !fresh.isEmpty else { continue }
            }
            for detector in file.detectors { seen[detector] = file.path }
            datasets.append(FileDataset(path: file.path, refs: fresh, formatter: file.formatter))
        }
        exposures.append(
            RawExposure(
                key: first.key,
                name: exposure.obsID,
                records: try exposure.records(day: first.day, in: universe),
                datasets: datasets
            )
        )
    }

    private mutating func note(_ file: RawFile, _ refs: [DatasetRef], _ twin: String, _ options: RawIngest.Options) {
        guard !options.skipsExisting else {
            duplicates += refs
            return
        }
        let error = ButlerError(
            .conflictingDefinition,
            "\"\(file.path)\" and \"\(twin)\" have the same detector of exposure \(file.exposure.obsID).",
            remedy: "Ingest one of them, or leave out what is there with --skip-existing."
        )
        failures.append(.init(subject: file.path, stage: .duplicate, error: error))
    }
}
