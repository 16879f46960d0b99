internal import StewardCore
internal import Synchronization

/// The fixed set of dimensions of a repository, with their order, relations and columns.
///
/// Read from the JSON stored in the repository (or ``defaultDefinition`` for a new one); nothing about particular
/// dimensions is built in. Matches `daf_butler: dimensions/_universe.py` and `dimensions/construction.py`.
public final class DimensionUniverse: Sendable {
    /// Name of the family of universes; `daf_butler` for the reference's.
    public let namespace: String
    /// Version within the namespace.
    public let version: Int
    /// All elements in canonical order.
    public let elements: [DimensionElement]
    /// The dimension whose pixels index spatial rows: `htm7`.
    public let commonSkyPixel: DimensionElement
    /// Families of elements that share a kind of region, members finest first.
    public let spatialFamilies: [TopologicalFamily]
    /// Families of elements that share a kind of timespan, members finest first.
    public let temporalFamilies: [TopologicalFamily]
    /// Python class of each sky pixelisation, by system name.
    public let skyPixelClasses: [String: String]
    /// The text this universe was read from.
    public let definition: String

    let positions: [String: Int]
    private let groups = Mutex<[DimensionSet: DimensionGroup.Storage]>([:])

    /// Elements with the same kind of extent, the finest first.
    public struct TopologicalFamily: Sendable, Hashable {
        /// Name of the family.
        public let name: String
        /// Element names, finest first.
        public let members: [String]
    }

    /// Reads a universe.
    ///
    /// - Parameters:
    ///   - definition: JSON text as stored in `config:dimensions.json`.
    ///   - source: Where the text comes from, for messages.
    /// - Throws: ``ButlerError`` with `.configuration` or `.corruptFile` that says what is malformed.
    public init(definition: String, source: String = "dimension universe") throws {
        var builder = UniverseBuilder(source: source)
        try builder.read(try JSONValue(parsing: definition, source: source))
        namespace = builder.namespace
        version = builder.version
        elements = builder.elements
        positions = builder.positions
        spatialFamilies = builder.spatialFamilies
        temporalFamilies = builder.temporalFamilies
        skyPixelClasses = builder.skyPixelClasses
        commonSkyPixel = try builder.commonSkyPixel()
        self.definition = definition
    }

    /// The element of this name.
    ///
    /// - Parameter name: Name of a dimension or join.
    /// - Returns: The element.
    /// - Throws: ``ButlerError`` with `.dimensionName` and candidates.
    public func element(_ name: String) throws -> DimensionElement {
        if let position = positions[name] { return elements[position] }
        throw ButlerError(
            .dimensionName,
            "No dimension element \"\(name)\" in universe \(namespace) version \(version).",
            candidates: Candidates.nearest(to: name, in: positions.keys)
        )
    }

    /// The dimension of this name.
    ///
    /// - Parameter name: Name of a dimension.
    /// - Returns: The dimension.
    /// - Throws: ``ButlerError`` with `.dimensionName` and candidates, also for joins.
    public func dimension(_ name: String) throws -> DimensionElement {
        if let position = positions[name], elements[position].isDimension { return elements[position] }
        throw ButlerError(
            .dimensionName,
            "No dimension \"\(name)\" in universe \(namespace) version \(version).",
            candidates: Candidates.nearest(to: name, in: dimensions.map(\.name))
        )
    }

    /// The element of this name, or nil.
    public func find(_ name: String) -> DimensionElement? {
        positions[name].map { elements[$0] }
    }

    /// All dimensions in canonical order.
    public var dimensions: [DimensionElement] { elements.filter(\.isDimension) }

    /// All governor dimensions in canonical order.
    public var governors: [DimensionElement] { elements.filter(\.isGovernor) }

    /// The group without dimensions.
    public var emptyGroup: DimensionGroup { group(DimensionSet()) }

    /// The group of all the dimensions named and those they require or imply.
    ///
    /// - Parameter names: Names of dimensions in any order.
    /// - Returns: The closed group.
    /// - Throws: ``ButlerError`` with `.dimensionName` and candidates.
    public func group(_ names: some Sequence<String>) throws -> DimensionGroup {
        group(DimensionSet(try names.map { try dimension($0).position }))
    }

    /// The group of all the dimensions at these positions and those they require or imply.
    func group(_ set: DimensionSet) -> DimensionGroup {
        let closed = closure(of: set)
        let storage = groups.withLock { groups in
            if let known = groups[closed] { return known }
            let storage = DimensionGroup.Storage(closed, in: self)
            groups[closed] = storage
            return storage
        }
        return DimensionGroup(universe: self, storage: storage)
    }

    private func closure(of set: DimensionSet) -> DimensionSet {
        var closed = set
        var before = DimensionSet()
        while before != closed {
            before = closed
            for position in before.positions {
                closed.formUnion(elements[position].requiredSet)
                closed.formUnion(elements[position].impliedSet)
            }
        }
        return closed
    }
}

extension DimensionUniverse: Hashable, CustomStringConvertible {
    /// Universes are equal when namespace, version and elements are.
    public static func == (left: DimensionUniverse, right: DimensionUniverse) -> Bool {
        left === right
            || left.namespace == right.namespace && left.version == right.version && left.elements == right.elements
    }

    /// Feeds namespace and version to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(version)
    }

    /// Namespace and version.
    public var description: String { "\(namespace) \(version)" }
}
