internal import Dimensions
internal import Queries
internal import SphericalGeometry
internal import StewardCore

/// How the regions and timespans of a query are related: what the condition says, what joined tables embed, and what
/// has to be added.
///
/// Follows `daf_butler: queries/overlaps.py` and the end of `registry/dimensions/static.py`.
struct OverlapAnalysis {
    /// A table of pixels to join.
    enum PixelJoin: Hashable {
        /// Rows of two elements that touch a common pixel.
        case pair(DimensionElement, DimensionElement)
        /// Pixels of one element, with the pixel as a dimension of the query.
        case pixels(DimensionElement)
        /// Rows of an element that touch one of some pixels.
        case ranges(DimensionElement, RangeSet)
    }

    /// The condition without spatial overlaps, with temporal joins added.
    private(set) var predicate: QueryPredicate
    /// Tables of pixels to join, each once.
    private(set) var pixelJoins: [PixelJoin] = []
    /// Elements whose regions must overlap each other.
    private(set) var regionPairs: [(DimensionElement, DimensionElement)] = []
    /// Elements whose regions must overlap a given region.
    private(set) var regionConstraints: [(DimensionElement, Region)] = []

    private let dimensions: DimensionGroup
    private var spatial: FamilySets
    private var temporal: FamilySets

    /// Relates everything.
    ///
    /// - Parameters:
    ///   - predicate: The query's condition.
    ///   - dimensions: The query's dimensions.
    ///   - operands: Dimensions of each joined search and table, whose rows embed relations.
    ///   - calibrations: Dataset types searched in CALIBRATION collections.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for overlaps that are implied or ambiguous, `.unimplementedQuery`.
    init(
        _ predicate: QueryPredicate,
        _ dimensions: DimensionGroup,
        operands: [DimensionGroup],
        calibrations: [String]
    ) throws {
        self.predicate = predicate
        self.dimensions = dimensions
        spatial = FamilySets(dimensions.spatialFamilyNames)
        temporal = FamilySets(calibrations.map(Self.family) + dimensions.temporalFamilyNames)
        try readCondition()
        for operand in operands { readOperand(operand) }
        try joinSpace()
        try joinTime()
    }

    /// Whether a joined table has rows for sky pixels.
    func enumerates(_ pixel: DimensionElement) -> Bool {
        pixel == commonPixel
            && pixelJoins.contains { join in
                guard case .pixels = join else { return false }
                return true
            }
    }

    /// Whether nothing restricts the rows.
    var isUnconditional: Bool { predicate.isTrue && pixelJoins.isEmpty }

    private static func family(_ datasetType: String) -> String { "validity of \(datasetType)" }

    private var universe: DimensionUniverse { dimensions.universe }
    private var commonPixel: DimensionElement { universe.commonSkyPixel }
    private var hasCommonPixel: Bool { dimensions.contains(commonPixel.name) }

    // MARK: The condition

    private mutating func readCondition() throws {
        var isolated: [PredicateLeaf: Int] = [:]
        for condition in predicate.isolatedConditions where !condition.isNegated {
            isolated[condition.leaf, default: 0] += 1
        }
        var replaced: [PredicateLeaf: QueryPredicate] = [:]
        for leaf in predicate.leaves {
            guard case .comparison(let left, .overlaps, let right) = leaf else { continue }
            if left.type == .region {
                isolated[leaf, default: 0] -= 1
                guard isolated[leaf, default: 0] >= 0 else { throw Self.notIsolated(leaf) }
                if replaced[leaf] == nil { replaced[leaf] = try readSpatial(left, right) }
            } else if left.type == .timespan, right.type == .timespan {
                try readTemporal(left, right)
            }
        }
        if !replaced.isEmpty { predicate = predicate.replacing(replaced) }
    }

    private static func notIsolated(_ leaf: PredicateLeaf) -> ButlerError {
        ButlerError(
            .unimplementedQuery,
            "The overlap of regions \"\(leaf)\" stands within OR or NOT, which is not supported.",
            remedy: "Write it so that only AND joins it to the rest, or ask two queries."
        )
    }

    private mutating func readSpatial(_ left: ColumnExpression, _ right: ColumnExpression) throws -> QueryPredicate {
        switch (left, right) {
        case (.column(.field(let first, _)), .column(.field(let second, _))):
            try relate(first, second)
            return .true
        case (.column(.field(let element, _)), .literal(.region(let region))),
            (.literal(.region(let region)), .column(.field(let element, _))):
            return try constrain(element, to: region)
        default:
            throw ButlerError(
                .invalidQuery,
                "The overlap of \(left) and \(right) needs a region column and a column or constant region."
            )
        }
    }

    private mutating func relate(_ first: DimensionElement, _ second: DimensionElement) throws {
        guard let a = first.spatialFamily, let b = second.spatialFamily, a != b else {
            throw ButlerError(
                .invalidQuery,
                "The regions of \(first.name) and \(second.name) are related already; their overlap is not a condition.",
                remedy: "Leave it out."
            )
        }
        spatial.merge(a, b)
        switch (first.isSkyPixel, second.isSkyPixel) {
        case (false, false):
            addJoins(hasCommonPixel ? [.pixels(first), .pixels(second)] : [.pair(first, second)])
            regionPairs.append((first, second))
        case (true, false) where first == commonPixel: addJoins([.pixels(second)])
        case (false, true) where second == commonPixel: addJoins([.pixels(first)])
        default:
            throw ButlerError(
                .unimplementedQuery,
                "The overlap of \(first.name) and \(second.name) cannot be queried.",
                remedy: "Only pixels of \(commonPixel.name) can be joined with other regions."
            )
        }
    }

    private mutating func constrain(_ element: DimensionElement, to region: Region) throws -> QueryPredicate {
        let pixel = element.isSkyPixel ? element : commonPixel
        let envelope = try SkyPixels.envelope(of: region, in: pixel, universe)
        if !element.isSkyPixel {
            regionConstraints.append((element, region))
            guard hasCommonPixel else {
                pixelJoins.append(.ranges(element, envelope))
                return .true
            }
            addJoins([.pixels(element)])
        }
        let ranges = envelope.ranges.map { range in
            QueryPredicate.leaf(
                .isInRange(
                    .column(.key(pixel)),
                    IntegerRange(first: Int64(range.lowerBound), end: Int64(range.last) + 1)
                )
            )
        }
        return .any(ranges)
    }

    private mutating func addJoins(_ joins: [PixelJoin]) {
        for join in joins where !pixelJoins.contains(join) || join.isRepeated { pixelJoins.append(join) }
    }

    private mutating func readTemporal(_ left: ColumnExpression, _ right: ColumnExpression) throws {
        guard let first = left.column, let second = right.column, let a = Self.family(of: first),
            let b = Self.family(of: second)
        else { return }
        guard a != b else {
            if case .dataset = first { return }
            throw ButlerError(
                .invalidQuery,
                "\(first) and \(second) are related already; their overlap is not a condition.",
                remedy: "Leave it out."
            )
        }
        temporal.merge(a, b)
    }

    private static func family(of column: ColumnReference) -> String? {
        switch column {
        case .field(let element, _): element.temporalFamily
        case .dataset(let type, _): family(type)
        case .key: nil
        }
    }

    // MARK: Joined tables

    /// Rows of a table that has the finest elements of two families are trusted to relate them.
    private mutating func readOperand(_ operand: DimensionGroup) {
        let elements = Set(operand.elements.map(\.name))
        func embedded(_ families: [String], _ finest: (String) -> DimensionElement?) -> [String] {
            families.filter { finest($0).map { elements.contains($0.name) } ?? false }
        }
        let spatialFamilies = embedded(operand.spatialFamilyNames, dimensions.finestSpatial)
        for family in spatialFamilies.dropFirst() { spatial.merge(spatialFamilies[0], family) }
        let temporalFamilies = embedded(operand.temporalFamilyNames, dimensions.finestTemporal)
        for family in temporalFamilies.dropFirst() { temporal.merge(temporalFamilies[0], family) }
    }

    // MARK: Automatic joins

    private mutating func joinSpace() throws {
        guard let (a, b) = try missingJoin(spatial, "space"), let first = dimensions.finestSpatial(a),
            let second = dimensions.finestSpatial(b)
        else { return }
        try relate(first, second)
    }

    private mutating func joinTime() throws {
        guard let (a, b) = try missingJoin(temporal, "time"), let first = timespan(a), let second = timespan(b)
        else { return }
        predicate = predicate.and(.leaf(try .compare(.column(first), .overlaps, .column(second))))
    }

    private func timespan(_ family: String) -> ColumnReference? {
        if let element = dimensions.finestTemporal(family) { return .field(element, "timespan") }
        let prefix = Self.family("")
        return family.hasPrefix(prefix) ? .dataset(String(family.dropFirst(prefix.count)), .timespan) : nil
    }

    /// The two families to join, if nothing relates them.
    private func missingJoin(_ sets: FamilySets, _ kind: String) throws -> (String, String)? {
        guard sets.sets.count > 1 else { return nil }
        let columns = sets.sets.map { $0.map(column) }
        guard sets.sets.count == 2, sets.sets.allSatisfy({ $0.count == 1 }) else {
            let lists = columns.map { $0.joined(separator: " and ") }
            let problem =
                columns.count > 2
                ? "Nothing relates these of the query in \(kind): \(lists.joined(separator: "; "))."
                : "The query must relate \(lists[0]) with \(lists[1]) in \(kind), and there are several ways."
            throw ButlerError(
                .invalidQuery,
                problem,
                remedy: "Write which must overlap, for instance \"\(columns[0][0]) OVERLAPS \(columns[1][0])\"."
            )
        }
        return (sets.sets[0][0], sets.sets[1][0])
    }

    /// The column that a family's rows are compared by, as conditions name it.
    private func column(_ family: String) -> String {
        if let span = timespan(family) { return "\(span)" }
        return dimensions.finestSpatial(family).map { "\($0.name).region" } ?? family
    }
}

extension OverlapAnalysis.PixelJoin {
    /// Whether joining the same twice has a meaning: subqueries do no harm, tables must be joined once.
    fileprivate var isRepeated: Bool {
        guard case .pixels = self else { return true }
        return false
    }
}

extension DimensionGroup {
    /// Names of the spatial families of the elements, each once.
    var spatialFamilyNames: [String] { Self.distinct(elements.compactMap(\.spatialFamily)) }

    /// Names of the temporal families of the elements, each once.
    var temporalFamilyNames: [String] { Self.distinct(elements.compactMap(\.temporalFamily)) }

    /// The element that stands for a spatial family: the finest; of sky pixels the highest level.
    func finestSpatial(_ family: String) -> DimensionElement? {
        if let known = universe.spatialFamilies.first(where: { $0.name == family }) {
            return representatives(of: [known]).first
        }
        return skyPixels.last { $0.spatialFamily == family }
    }

    /// The element that stands for a temporal family: the finest.
    func finestTemporal(_ family: String) -> DimensionElement? {
        universe.temporalFamilies.first { $0.name == family }.flatMap { representatives(of: [$0]).first }
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension QueryPredicate {
    /// The predicate with some conditions replaced everywhere.
    fileprivate func replacing(_ replacements: [PredicateLeaf: QueryPredicate]) -> QueryPredicate {
        switch self {
        case .leaf(let leaf): replacements[leaf] ?? self
        case .not(let operand): .not(operand.replacing(replacements))
        case .all(let operands): .all(operands.map { $0.replacing(replacements) })
        case .any(let operands): .any(operands.map { $0.replacing(replacements) })
        }
    }
}
