internal import Resources
public import SphericalGeometry
internal import Steward
internal import StewardCore
internal import Synchronization

/// What a search wants beside the region.
public struct CatalogueSearchOptions: Sendable {
    /// Distance from the region that counts as inside.
    public var padding = Angle(radians: 0)
    /// Date to move sources to, as Modified Julian Date in TAI; they stay where they are if nil.
    public var epoch: Double?
    /// Whether the region is for the moved positions; otherwise for those stored, as in the reference.
    public var trimsAtEpoch = false
    /// Fields wanted, in order; all if empty.
    public var columns: [String] = []
    /// Shards that are read at once.
    public var readers = 4

    /// Creates options for all fields of the positions as stored.
    public init() {}
}

/// What a search has read.
public struct CatalogueSearchStatistics: Sendable, Hashable {
    /// Files read.
    public var shardCount = 0
    /// Bytes read.
    public var byteCount = 0
    /// Rows read.
    public var rowCount = 0
    /// Rows found.
    public var foundCount = 0
}

/// A search under way: rows come shard by shard, in the order of the trixels and as they are in the shards.
///
/// Some shards are read ahead; as many as are asked for, so that a slow reader holds little memory. One reader only.
public final class CatalogueSearch: AsyncSequence, Sendable {
    /// Rows of one schema.
    public typealias Element = CatalogueRows

    /// The shards that are read.
    public let shards: [ReferenceCatalogue.Shard]
    private let area: PaddedRegion
    private let options: CatalogueSearchOptions
    private let catalogue: ReferenceCatalogue
    private let state = Mutex(State())

    private struct State {
        var next = 0
        var running: [Task<CatalogueRows, any Error>] = []
        var statistics = CatalogueSearchStatistics()
        var schema: CatalogueSchema?
    }

    init(_ catalogue: ReferenceCatalogue, _ region: Region, _ options: CatalogueSearchOptions) throws {
        self.catalogue = catalogue
        self.options = options
        area = try PaddedRegion(region, padding: options.padding)
        shards = try catalogue.shards(overlapping: region, padding: options.reach(for: catalogue.record))
    }

    /// What has been read until now.
    public var statistics: CatalogueSearchStatistics { state.withLock { $0.statistics } }

    /// Iterates over the rows of each shard that has any.
    public struct Iterator: AsyncIteratorProtocol {
        let search: CatalogueSearch

        /// The rows of the next shard with any in the region; nil at the end.
        public func next() async throws -> CatalogueRows? {
            while let rows = try await search.nextShard() {
                if rows.rowCount > 0 { return rows }
            }
            return nil
        }
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(search: self) }

    /// All rows found; nil if there are none.
    ///
    /// - Returns: The rows, shard after shard.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.corruptFile` for a shard, `.invalidArgument` for columns that
    ///   are not there.
    public func all() async throws -> CatalogueRows? {
        var parts: [CatalogueRows] = []
        for try await rows in self { parts.append(rows) }
        return CatalogueRows.joined(parts)
    }

    private func nextShard() async throws -> CatalogueRows? {
        let task = state.withLock { state -> Task<CatalogueRows, any Error>? in
            while state.next < shards.count, state.running.count < Swift.max(1, options.readers) {
                let shard = shards[state.next]
                state.next += 1
                state.running.append(Task { try await Blocking.run { try self.read(shard) } })
            }
            return state.running.isEmpty ? nil : state.running.removeFirst()
        }
        return try await task?.value
    }

    private func read(_ shard: ReferenceCatalogue.Shard) throws -> CatalogueRows {
        let file = try ShardFile.read(shard.path, known: catalogue.headers)
        try check(file.rows.schema, shard)
        var rows = file.rows
        let trims = options.trimsAtEpoch && options.epoch != nil
        if trims, let epoch = options.epoch { try ProperMotion.move(&rows, to: epoch) }
        let holdsAll = try !trims && area.holds(catalogue.pixels.pixel(shard.trixel))
        if !holdsAll { rows = rows.selecting(inside(rows)) }
        if !trims, let epoch = options.epoch { try ProperMotion.move(&rows, to: epoch) }
        if !options.columns.isEmpty { rows = try rows.selecting(options.columns) }
        let found = rows.rowCount
        state.withLock { state in
            state.statistics.shardCount += 1
            state.statistics.byteCount += file.byteCount
            state.statistics.rowCount += file.rows.rowCount
            state.statistics.foundCount += found
        }
        return rows
    }

    /// All shards must have one schema.
    private func check(_ schema: CatalogueSchema, _ shard: ReferenceCatalogue.Shard) throws {
        let first = state.withLock { state in
            if state.schema == nil { state.schema = schema }
            return state.schema ?? schema
        }
        guard !schema.matches(first) else { return }
        throw ButlerError(
            .corruptFile,
            "The shards of \"\(catalogue.name)\" do not have one schema: in trixel \(shard.trixel) "
                + "\(schema.differences(to: first).first ?? "the columns have another order").",
            remedy: "Check it with check-reference-catalogue."
        ).adding("file", shard.path.path)
    }

    /// Positions of the rows in the region.
    private func inside(_ rows: CatalogueRows) -> [Int] {
        guard let places = rows.schema.positionOffsets else { return [] }
        let size = rows.schema.rowSize
        return rows.bytes.withUnsafeBytes { bytes in
            (0..<rows.rowCount).filter { row in
                let longitude = bytes.double(row * size + places.rightAscension)
                let latitude = bytes.double(row * size + places.declination)
                return area.mayContain(longitude, latitude)
                    && area.contains(
                        UnitVector3D(longitude: Angle(radians: longitude), latitude: Angle(radians: latitude))
                    )
            }
        }
    }
}

extension ReferenceCatalogue {
    /// Searches a region.
    ///
    /// Only shards whose trixels overlap it are read. A source belongs to the shard of its stored position, which need
    /// not be the one that the reference's converter chose: only whether it lies in the region counts.
    ///
    /// - Parameters:
    ///   - region: Where; sources on its edge are in it.
    ///   - options: What else.
    /// - Returns: The search, of which nothing has been read yet.
    /// - Throws: ``ButlerError`` with `.region` for a region that cannot be searched.
    public func search(
        _ region: Region,
        _ options: CatalogueSearchOptions = CatalogueSearchOptions()
    ) throws -> CatalogueSearch {
        try CatalogueSearch(self, region, options)
    }
}

extension CatalogueSearchOptions {
    /// How far from the region sources of a catalogue can lie: the padding, and how far they can have moved at the date,
    /// by the greatest motion recorded, or 0.2 degrees if that is not known.
    func reach(for record: ReferenceCatalogueRecord?) -> Angle {
        guard trimsAtEpoch, let epoch else { return padding }
        guard let record, let first = record.earliestEpoch, let last = record.latestEpoch else {
            return padding + Angle(degrees: 0.2)
        }
        let days = max((epoch - first).magnitude, (epoch - last).magnitude)
        return padding + Angle(radians: record.greatestMotion * days / ProperMotion.daysPerYear)
    }
}
