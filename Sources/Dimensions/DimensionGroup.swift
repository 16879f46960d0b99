internal import StewardCore

/// A set of dimensions closed over what they require and imply.
///
/// Order is the universe's everywhere; data ID values come as required, then implied. Cheap to copy and compare.
public struct DimensionGroup: Sendable {
    /// The universe whose dimensions these are.
    public let universe: DimensionUniverse
    let storage: Storage

    /// What can be computed once for each distinct group of a universe.
    final class Storage: Sendable {
        let set: DimensionSet
        let dimensions: [DimensionElement]
        let required: [DimensionElement]
        let implied: [DimensionElement]
        let elements: [DimensionElement]
        let lookupOrder: [DimensionElement]
        let valueIndices: [String: Int]

        init(_ set: DimensionSet, in universe: DimensionUniverse) {
            self.set = set
            dimensions = set.positions.map { universe.elements[$0] }
            var impliedSet = DimensionSet()
            for dimension in dimensions { impliedSet.formUnion(dimension.impliedSet) }
            required = dimensions.filter { !impliedSet.contains($0.position) }
            implied = dimensions.filter { impliedSet.contains($0.position) }
            elements = universe.elements.filter { element in
                element.requiredSet.isSubset(of: set) && (!element.isDimension || set.contains(element.position))
            }
            let names = (required + implied).map(\.name)
            valueIndices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            lookupOrder = Self.lookupOrder(required: required, elements: elements, in: universe)
        }

        /// Required dimensions as their own requirements allow, each followed by what it implies; then the rest.
        private static func lookupOrder(
            required: [DimensionElement],
            elements: [DimensionElement],
            in universe: DimensionUniverse
        ) -> [DimensionElement] {
            var done = DimensionSet()
            var order: [DimensionElement] = []
            func emit(_ dimension: DimensionElement) -> Bool {
                var needed = dimension.requiredSet
                needed = needed.subtracting(DimensionSet([dimension.position]))
                guard !done.contains(dimension.position), needed.isSubset(of: done) else { return false }
                done.insert(dimension.position)
                order.append(dimension)
                for name in dimension.implied { _ = universe.find(name).map(emit) }
                return true
            }
            var progressed = true
            while progressed {
                progressed = false
                for dimension in required where emit(dimension) { progressed = true }
            }
            return order + elements.filter { !done.contains($0.position) }
        }
    }

    /// All dimensions in universe order.
    public var dimensions: [DimensionElement] { storage.dimensions }

    /// Names of all dimensions in universe order.
    public var names: [String] { storage.dimensions.map(\.name) }

    /// Dimensions that no other of the group implies; they identify a data ID.
    public var required: [DimensionElement] { storage.required }

    /// Dimensions whose values follow from the required ones.
    public var implied: [DimensionElement] { storage.implied }

    /// Dimensions and joins whose required dimensions are all in the group, in universe order.
    public var elements: [DimensionElement] { storage.elements }

    /// All elements in an order in which each one's key is known from those before it.
    public var lookupOrder: [DimensionElement] { storage.lookupOrder }

    /// Governor dimensions of the group.
    public var governors: [DimensionElement] { storage.dimensions.filter(\.isGovernor) }

    /// Sky pixel dimensions of the group.
    public var skyPixels: [DimensionElement] { storage.dimensions.filter(\.isSkyPixel) }

    /// The positions in the universe of all dimensions.
    public var set: DimensionSet { storage.set }

    /// Number of dimensions, required and implied.
    public var count: Int { storage.dimensions.count }

    /// Whether there are no dimensions.
    public var isEmpty: Bool { storage.set.isEmpty }

    /// Whether a dimension of this name is in the group.
    public func contains(_ name: String) -> Bool { storage.valueIndices[name] != nil }

    /// Whether all dimensions are in the other group, too.
    public func isSubset(of other: DimensionGroup) -> Bool {
        universe === other.universe
            ? set.isSubset(of: other.set) : storage.dimensions.allSatisfy { other.contains($0.name) }
    }

    /// Position of a dimension's value among a data ID's values: required first, then implied.
    public func valueIndex(_ name: String) -> Int? { storage.valueIndices[name] }

    /// The group of the dimensions of both.
    public func union(_ other: DimensionGroup) -> DimensionGroup {
        universe.group(set.union(other.set))
    }

    /// The group of the dimensions common to both.
    public func intersection(_ other: DimensionGroup) -> DimensionGroup {
        universe.group(set.intersection(other.set))
    }

    /// The first member of each family (finest first) that is an element of the group.
    ///
    /// - Parameter families: Spatial or temporal families of the universe.
    /// - Returns: At most one element a family, in the order of the families.
    public func representatives(of families: [DimensionUniverse.TopologicalFamily]) -> [DimensionElement] {
        families.compactMap { family in
            family.members.lazy.compactMap { name in elements.first { $0.name == name } }.first
        }
    }

    /// The finest spatial element of each family in the group, sky pixels included.
    public var spatialElements: [DimensionElement] {
        let finest = Dictionary(skyPixels.map { ($0.spatialFamily ?? "", $0) }, uniquingKeysWith: { $1 })
        return representatives(of: universe.spatialFamilies) + finest.values.sorted { $0.position < $1.position }
    }

    /// The finest temporal element of each family in the group.
    public var temporalElements: [DimensionElement] { representatives(of: universe.temporalFamilies) }
}

extension DimensionGroup: Hashable, CustomStringConvertible {
    /// Groups are equal when they hold the same dimensions.
    public static func == (left: DimensionGroup, right: DimensionGroup) -> Bool {
        left.universe === right.universe ? left.set == right.set : left.names == right.names
    }

    /// Feeds the number of dimensions and the first required name to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(required.last?.name)
    }

    /// The names in braces, as the reference prints a group.
    public var description: String { "{" + names.joined(separator: ", ") + "}" }
}
