internal import Databases
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// What is left to do with the rows that a database returns: exact tests of regions, one row for each key, and the first
/// collection's rows only.
struct RowFilter {
    /// A test of two regions; rows for which it is certain that they do not overlap are dropped.
    enum RegionTest {
        /// Two columns with regions.
        case pair(Int, Int)
        /// A column with a region, and a given region.
        case constant(Int, Region)
    }

    /// Tests of regions.
    var tests: [RegionTest] = []
    /// Columns that tell rows apart, when only one row of each key is wanted; nil for every row.
    var keys: [Int]?
    /// Column with the key of the collection of each row, and the collections' places in the search.
    var rank: (column: Int, places: [CollectionKey: Int])?
    /// Whether several rows of one key in one collection are an error.
    var refusesAmbiguity = false

    /// Whether rows pass as they are.
    var isTrivial: Bool { tests.isEmpty && keys == nil }
}

/// Tests regions of the rows of one page; each pair of distinct regions is tested once.
struct RegionTester {
    private let tests: [RowFilter.RegionTest]
    private let page: ColumnPage
    private var regions: [Int: [Region?]] = [:]
    private var pairs: [KeyTable]
    private var answers: [[Bool]]

    init(_ tests: [RowFilter.RegionTest], _ page: ColumnPage) {
        self.tests = tests
        self.page = page
        pairs = tests.map { _ in KeyTable(width: 2) }
        answers = Array(repeating: [], count: tests.count)
    }

    /// Bits of the tests that a row passes, the first test lowest.
    ///
    /// Rows without a region pass no test.
    mutating func passes(_ row: Int) throws -> UInt64 {
        var bits: UInt64 = 0
        for index in tests.indices where try passes(index, row) { bits |= 1 << UInt64(index) }
        return bits
    }

    private mutating func passes(_ index: Int, _ row: Int) throws -> Bool {
        switch tests[index] {
        case .constant(let column, let region):
            let code = page.columns[column].codes[row]
            guard code >= 0 else { return false }
            return try answer(index, Int64(code), 0) { tester in
                try tester.region(column, code).overlaps(region).mayOverlap
            }
        case .pair(let first, let second):
            let (a, b) = (page.columns[first].codes[row], page.columns[second].codes[row])
            guard a >= 0, b >= 0 else { return false }
            return try answer(index, Int64(a), Int64(b)) { tester in
                try tester.region(first, a).overlaps(try tester.region(second, b)).mayOverlap
            }
        }
    }

    /// The answer for a pair of codes, found once.
    private mutating func answer(
        _ index: Int,
        _ first: Int64,
        _ second: Int64,
        _ find: (inout RegionTester) throws -> Bool
    ) rethrows -> Bool {
        let code = pairs[index].code(first, second)
        if code == answers[index].count { answers[index].append(try find(&self)) }
        return answers[index][code]
    }

    private mutating func region(_ column: Int, _ code: Int32) throws -> Region {
        if let known = regions[column]?[Int(code)] { return known }
        let labels = page.columns[column].labels
        let region = try Region(base64: labels[Int(code)])
        regions[column, default: Array(repeating: nil, count: labels.count)][Int(code)] = region
        return region
    }
}
