internal import Foundation
internal import Databases
internal import Registry
internal import StewardCore

/// Gathers rows by key, and keeps one row of each: of the first collection that has any.
///
/// Keys are made of numbers: integers as they are, texts and collection keys by a code, identifiers by two halves. All
/// pages are kept until the end.
struct RowGroups {
    /// A row of one of the pages.
    struct Place {
        var page: Int32
        var row: Int32
    }

    private struct Group {
        var place: Place
        var rank: Int32
        var count: Int32
        var passed: UInt64
    }

    private let filter: RowFilter
    private let format: RegistryFormat
    private(set) var pages: [ColumnPage] = []
    private var groups: [Group] = []
    private var table: KeyTable
    private var codes: [Int: [String: Int64]] = [:]
    private var ranks: [Int64: Int32] = [:]

    init(_ filter: RowFilter, _ sample: [ColumnKind], _ format: RegistryFormat) {
        self.filter = filter
        self.format = format
        table = KeyTable(width: (filter.keys ?? []).reduce(0) { $0 + (sample[$1] == .uuid ? 2 : 1) })
    }

    /// Takes the rows of a page.
    mutating func add(_ page: ColumnPage) throws {
        let number = Int32(pages.count)
        pages.append(page)
        var tester = RegionTester(filter.tests, page)
        let readers = (filter.keys ?? []).map { reader(page, $0) }
        let ranks = try rowRanks(page)
        var key: [Int64] = []
        key.reserveCapacity(table.width)
        for row in 0..<page.rowCount {
            key.removeAll(keepingCapacity: true)
            for reader in readers { reader.append(row, to: &key) }
            let passed = filter.tests.isEmpty ? 0 : try tester.passes(row)
            merge(key, Place(page: number, row: Int32(row)), rank: ranks?[row] ?? 0, passed)
        }
    }

    /// The rows to keep, in their order.
    ///
    /// - Parameter limit: Most rows to return.
    /// - Returns: Places of rows.
    /// - Throws: ``Ambiguity`` for a row to keep that is ambiguous.
    func chosen(limit: Int?) throws -> [Place] {
        let all: UInt64 = filter.tests.isEmpty ? 0 : (1 << UInt64(filter.tests.count)) - 1
        var kept = groups.filter { $0.passed & all == all }
        if filter.rank != nil {
            kept.sort { ($0.place.page, $0.place.row) < ($1.place.page, $1.place.row) }
        }
        if let limit { kept = Array(kept.prefix(limit)) }
        if filter.refusesAmbiguity, let group = kept.first(where: { $0.count > 1 }) {
            throw Ambiguity(place: group.place, count: Int(group.count))
        }
        return kept.map(\.place)
    }

    /// A row to keep that stands for several validity ranges.
    struct Ambiguity: Error {
        let place: Place
        let count: Int
    }

    // MARK: Keys

    /// Reads the part of a key that a column holds.
    private enum Reader {
        case integers([Int64])
        case codes([Int32], global: [Int64])
        case values([(Int64, Int64)])

        func append(_ row: Int, to key: inout [Int64]) {
            switch self {
            case .integers(let values): key.append(values[row])
            case .codes(let codes, let global): key.append(codes[row] < 0 ? -1 : global[Int(codes[row])])
            case .values(let values):
                key.append(values[row].0)
                key.append(values[row].1)
            }
        }
    }

    private mutating func reader(_ page: ColumnPage, _ index: Int) -> Reader {
        let column = page.columns[index]
        switch column.kind {
        case .integer, .bool:
            guard !column.nulls.isEmpty else { return .integers(column.integers) }
            return .integers((0..<page.rowCount).map { column.isNull($0) ? .min : column.integers[$0] })
        case .real: return .integers(column.reals.map { Int64(bitPattern: $0.bitPattern) })
        case .label: return .codes(column.codes, global: column.labels.map { code($0, index) })
        case .uuid:
            return .values(
                column.uuids.map { value in
                    withUnsafeBytes(of: value.uuid) {
                        ($0.loadUnaligned(as: Int64.self), $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
                    }
                }
            )
        case .text, .blob:
            return .integers((0..<page.rowCount).map { page.text($0, index).map { code($0, index) } ?? -1 })
        }
    }

    /// A number for a text, the same in all pages.
    private mutating func code(_ text: String, _ column: Int) -> Int64 {
        if let known = codes[column]?[text] { return known }
        let code = Int64(codes[column]?.count ?? 0)
        codes[column, default: [:]][text] = code
        return code
    }

    private func rowRanks(_ page: ColumnPage) throws -> [Int32]? {
        guard let rank = filter.rank else { return nil }
        let known: [CollectionKey: Int32] = rank.places.mapValues { Int32($0) }
        if format.collectionKeys == .numbers {
            let places = Dictionary(
                known.compactMap { key, place -> (Int64, Int32)? in
                    guard case .number(let number) = key else { return nil }
                    return (number, place)
                },
                uniquingKeysWith: { first, _ in first }
            )
            return page.columns[rank.column].integers.map { places[$0] ?? .max }
        }
        return (0..<page.rowCount).map { row in
            format.collectionKey(page, row, rank.column).flatMap { known[$0] } ?? .max
        }
    }

    // MARK: Groups

    private mutating func merge(_ key: [Int64], _ place: Place, rank: Int32, _ passed: UInt64) {
        let code = table.code(key)
        if code < groups.count {
            update(&groups[code], place, rank, passed)
        } else {
            groups.append(Group(place: place, rank: rank, count: 1, passed: passed))
        }
    }

    private func update(_ group: inout Group, _ place: Place, _ rank: Int32, _ passed: UInt64) {
        if rank < group.rank {
            group = Group(place: place, rank: rank, count: 1, passed: passed)
        } else if rank == group.rank {
            group.count += 1
            group.passed |= passed
        }
    }
}
