public import Resources
internal import SphericalGeometry
public import Steward
internal import StewardCore

/// A version of a reference catalogue in a repository: its shards, and the searches in them.
///
/// ```swift
/// let catalogue = try await ReferenceCatalogue.open("gaia_dr3_20230707", in: butler)
/// let found = try await catalogue.search(.circle(cone)).all()
/// let flux = found.doubles("phot_g_mean_flux")
/// ```
public struct ReferenceCatalogue: Sendable {
    /// Level of the trixels by which catalogues are divided.
    public static let level = 7

    /// The rows of one trixel.
    public struct Shard: Sendable {
        /// Number of the trixel.
        public let trixel: UInt64
        /// The file.
        public let path: ResourcePath
        /// The dataset.
        public let dataset: DatasetRef
    }

    /// Name of the version, which is that of the dataset type.
    public let name: String
    /// Collections searched, in order.
    public let collections: [String]
    /// The shards found, in the order of their trixels.
    public let shards: [Shard]
    /// What is recorded of the version; nil if another program ingested it.
    public let record: ReferenceCatalogueRecord?
    /// The trixels of its level.
    let pixels: HTMPixelization
    let headers = HeaderMemory()
    /// Any shard, if there is none in the region.
    private let example: Shard?

    /// Finds the shards of a catalogue.
    ///
    /// Three queries; the shards do not change under a search, so keep the value for many of them.
    ///
    /// - Parameters:
    ///   - name: Name of the version.
    ///   - butler: The repository.
    ///   - collections: Collections to search, in order.
    ///   - region: Where searches will be; the whole sky if nil.
    ///   - options: How that region will be searched.
    /// - Returns: The catalogue.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.missingCollection`, or `.datasetTypeExpression` if datasets
    ///   of this type are not divided by trixels; database errors.
    public static func open(
        _ name: String,
        in butler: Butler,
        collections: [String] = ["refcats"],
        within region: Region? = nil,
        options: CatalogueSearchOptions = CatalogueSearchOptions()
    ) async throws -> ReferenceCatalogue {
        let type = try await butler.datasetType(name)
        let dimension = type.dimensions.required.first?.name ?? ""
        guard type.dimensions.required.count == 1, dimension.hasPrefix("htm"), let level = Int(dimension.dropFirst(3))
        else {
            throw ButlerError(
                .datasetTypeExpression,
                "\"\(name)\" is no reference catalogue: its dimensions are \(type.dimensions.required.map(\.name)).",
                remedy: "Catalogues have the one dimension htm7."
            )
        }
        let pixels = try HTMPixelization(level: level)
        let record = try await butler.referenceCatalogues(name).first
        let condition = try region.map { region in
            let area = try PaddedRegion(region, padding: options.reach(for: record))
            let ranges = pixels.envelope(of: area.envelope, maxRanges: 64).ranges
            return "\(dimension) IN (\(ranges.map { "\($0.lowerBound)..\($0.last)" }.joined(separator: ", ")))"
        }
        let found = try await shards(name, butler, collections, where: condition ?? "", limit: nil)
        let example = found.isEmpty ? try await shards(name, butler, collections, where: "", limit: 1).first : nil
        return ReferenceCatalogue(
            name: name,
            collections: collections,
            shards: found,
            record: record,
            pixels: pixels,
            example: example
        )
    }

    private init(
        name: String,
        collections: [String],
        shards: [Shard],
        record: ReferenceCatalogueRecord?,
        pixels: HTMPixelization,
        example: Shard?
    ) {
        self.name = name
        self.collections = collections
        self.shards = shards
        self.record = record
        self.pixels = pixels
        self.example = example
    }

    private static func shards(
        _ name: String,
        _ butler: Butler,
        _ collections: [String],
        where condition: String,
        limit: Int?
    ) async throws -> [Shard] {
        let refs = try await butler.queryDatasets(
            name,
            collections: collections,
            where: condition,
            findFirst: true,
            limit: limit
        )
        let uris = try await butler.uris(of: refs)
        var shards: [Shard] = []
        for (ref, uri) in zip(refs, uris) {
            guard case .int(let number)? = ref.dataID.values.first, let trixel = UInt64(exactly: number) else {
                continue
            }
            shards.append(Shard(trixel: trixel, path: try ResourcePath(uri[""] ?? ""), dataset: ref))
        }
        return shards.sorted { $0.trixel < $1.trixel }
    }

    /// The fields of the catalogue, read from one of its shards; nil if it has none.
    ///
    /// - Returns: The schema.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.corruptFile`.
    public func schema() async throws -> CatalogueSchema? {
        guard let shard = shards.first ?? example else { return nil }
        return try await Blocking.run { try ShardFile.read(shard.path, known: headers).rows.schema }
    }

    /// The shards that a region overlaps, in the order of their trixels.
    ///
    /// - Parameters:
    ///   - region: A region.
    ///   - padding: Distance from it that counts as inside.
    /// - Returns: The shards; their trixels lie within the distance, or very near to it.
    /// - Throws: ``ButlerError`` with `.region` for a region that cannot be padded.
    public func shards(overlapping region: Region, padding: Angle = Angle(radians: 0)) throws -> [Shard] {
        let area = try PaddedRegion(region, padding: padding)
        let candidates = try pixels.envelope(of: area.envelope)
        var found: [Shard] = []
        for range in candidates.ranges {
            let start = shards.partitioningIndex { $0.trixel >= range.lowerBound }
            for shard in shards[start...] {
                guard shard.trixel <= range.last else { break }
                if try area.mayOverlap(pixels.pixel(shard.trixel)) { found.append(shard) }
            }
        }
        return found
    }
}

extension Array {
    /// Position of the first element for which a condition holds that then holds for all that follow.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
