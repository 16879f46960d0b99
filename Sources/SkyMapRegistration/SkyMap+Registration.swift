internal import Datasets
internal import Dimensions
public import SkyMaps
internal import SphericalGeometry
public import Steward
internal import StewardCore

/// What a registration of a sky map did.
public struct SkyMapOutcome: Sendable, Hashable {
    /// The dataset that holds the sky map, or nil if nothing was done because it was registered.
    public let dataset: DatasetRef?
    /// How many tracts the sky map has.
    public let tracts: Int
    /// How many patches were registered; 0 if nothing was done.
    public let patches: Int

    /// Whether it had been registered before.
    public var isUnchanged: Bool { dataset == nil }
}

extension SkyMap {
    /// The run in which the reference keeps sky maps.
    public static let run = "skymaps"
    /// The dataset type of sky maps.
    public static let datasetType = "skyMap"

    /// How many patches are written at once.
    private static let batchSize = 4096

    /// Registers the sky map: its dimension records with the regions of all tracts and patches, and its dataset.
    ///
    /// One transaction; repeating it changes nothing. The rows are those of the reference (`skymap: baseSkyMap.py`).
    ///
    /// - Parameters:
    ///   - name: Name of the sky map, the value of the dimension `skymap`.
    ///   - butler: A repository open for writing.
    ///   - progress: Called with the number of tracts written and their number in all.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` if another sky map has the name, or this one has another
    ///   name; `.dimensionValue` for a name that is empty or too long, `.readOnly`; database and file errors.
    public func register(
        as name: String,
        in butler: Butler,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> SkyMapOutcome {
        guard count > 0 else { throw ButlerError(.configuration, "A sky map without tracts cannot be registered.") }
        let universe = butler.universe
        let record = try record(name, in: universe)
        try await checkNames(name, butler)
        let type = try DatasetType(
            name: Self.datasetType,
            dimensions: universe.group(["skymap"]),
            storageClass: "SkyMap"
        )
        try await butler.register(type)
        let rows = try SkyMapRows(self, name: name, universe: universe)
        // Tracts of one map are nearly equal, so the first tells how many make a batch.
        let step = max(1, Self.batchSize / max(1, try tract(0).grid.count))
        let total = count
        let dataset = try await butler.put(
            self,
            as: type,
            defining: record,
            batches: { number in
                let begin = number * step
                guard begin < total else { return nil }
                progress(begin, total)
                return try rows.records(of: begin..<min(begin + step, total))
            },
            run: Self.run
        )
        guard dataset != nil else { return SkyMapOutcome(dataset: nil, tracts: total, patches: 0) }
        progress(total, total)
        return SkyMapOutcome(dataset: dataset, tracts: total, patches: try rows.patchCount())
    }

    /// The dimension record of the sky map itself.
    private func record(_ name: String, in universe: DimensionUniverse) throws -> DimensionRecord {
        let counts = try greatestPatchCounts()
        return try DimensionRecord(
            universe.element("skymap"),
            [
                "name": .string(name), "hash": .bytes(hash), "tract_max": .int(Int64(count)),
                "patch_nx_max": .int(Int64(counts.columns)), "patch_ny_max": .int(Int64(counts.rows)),
            ]
        )
    }

    /// Fails if another sky map has the name, or this one has another name.
    private func checkNames(_ name: String, _ butler: Butler) async throws {
        for stored in try await butler.records(of: "skymap") {
            guard case .string(let other)? = stored["name"], case .bytes(let bytes)? = stored["hash"] else { continue }
            if other == name, bytes != hash {
                throw ButlerError(
                    .conflictingDefinition,
                    "The name \"\(name)\" belongs to another sky map, whose hash is \(Hexadecimal.encode(bytes)).",
                    remedy: "Choose another name; registered sky maps are never changed.",
                    context: [.init("hash", Hexadecimal.encode(hash))]
                )
            }
            if other != name, bytes == hash {
                throw ButlerError(
                    .conflictingDefinition,
                    "This sky map is registered already, under the name \"\(other)\".",
                    remedy: "Use that name; a repository holds each sky map once.",
                    context: [.init("hash", Hexadecimal.encode(hash))]
                )
            }
        }
    }
}
