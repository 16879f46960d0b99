internal import StewardCore

/// A field with the unit of its values.
public struct TreeField: Sendable, Hashable {
    /// The field.
    public var field: BoundedField
    /// Unit of the values, or nil.
    public var unit: String?

    /// Creates a field.
    public init(_ field: BoundedField, unit: String?) {
        self.field = field
        self.unit = unit
    }
}

extension TreeFile {
    /// The sky mapping, or nil if there is none.
    public func skyProjection() throws -> SkyMapping? {
        let isProjection = root["pixel_to_sky"] != nil
        let tree = isProjection ? root : root["sky_projection"] ?? imageTreeOfProjection
        guard let tree, !tree.isNull, let transform = tree["pixel_to_sky"] else { return nil }
        let texts = try (transform["mappings"]?.elements ?? []).map { mapping in
            guard let text = try resolved(mapping)["ast"]?.stringValue else {
                throw failure("A mapping of the sky projection has no text.")
            }
            return text
        }
        do {
            return try SkyMapping(astTexts: texts)
        } catch let error as ButlerError where error == ButlerError(.formatter, "") {
            return try headerMapping(text: texts.joined(separator: "\n"))
        }
    }

    private var imageTreeOfProjection: TreeNode? { root["image"]?["sky_projection"] }

    /// The mapping of the image's header, which approximates one that is not decoded.
    private func headerMapping(text: String) throws -> SkyMapping? {
        let origin = try box.origin
        guard let unit = try pixelFile().unit(named: "IMAGE"), let wcs = try? WCS(unit.header, origin: origin) else {
            return nil
        }
        return SkyMapping(wcs, text: text, isApproximate: true)
    }

    /// The point spread function, or nil; only Gaussian ones are more than their schema's name.
    public func psf() throws -> PointSpreadFunction? {
        guard let node = root["psf"], !node.isNull else { return nil }
        let tree = try resolved(node)
        let schema = tree["schema_url"]?.stringValue?.split(separator: "/").last.map { String($0) } ?? ""
        guard schema.hasPrefix("gaussian_psf"), let sigma = tree["sigma"]?.realValue,
            let size = tree["stamp_size"]?.integerValue
        else { return .opaque(className: String(schema.prefix { $0 != "-" })) }
        return .gaussian(sigma: sigma, width: size, height: size)
    }

    /// The scaling of pixel values to calibrated ones, or nil.
    public func photometricScaling() throws -> TreeField? {
        guard let node = root["photometric_scaling"], !node.isNull else { return nil }
        return try field(node)
    }

    /// The aperture corrections by the name of the flux.
    public func apertureCorrections() throws -> [String: TreeField] {
        guard let node = root["aperture_corrections"], !node.isNull else { return [:] }
        var corrections: [String: TreeField] = [:]
        for member in try resolved(node)["fields"]?.members ?? [] { corrections[member.name] = try field(member.value) }
        return corrections
    }

    /// The region of valid pixels: rings of corners, each closed; the box itself when the tree names no region.
    public func bounds() throws -> TreeBounds {
        guard let node = root["bounds"], !node.isNull else { return .box(try box) }
        return try TreeBounds(try resolved(node))
            ?? { throw failure("The bounds of the tree are of an unknown kind.") }()
    }

    /// A field of the tree; an error of code `formatter` for kinds that are not evaluated, such as splines.
    func field(_ node: TreeNode, depth: Int = 0) throws -> TreeField {
        let tree = try resolved(node)
        let unit = tree["unit"]?.stringValue
        let operands = tree["operands"]?.elements ?? []
        guard depth < 16 else { throw failure("The fields of the tree are nested too deeply.") }
        switch tree["field_type"]?.stringValue {
        case "CHEBYSHEV": return TreeField(.chebyshev(try chebyshev(tree)), unit: unit)
        case "SUM": return TreeField(.sum(try operands.map { try field($0, depth: depth + 1).field }), unit: unit)
        case "PRODUCT":
            return TreeField(.product(try operands.map { try field($0, depth: depth + 1).field }), unit: unit)
        case let kind:
            throw ButlerError(.formatter, "Fields of type \"\(kind ?? "")\" are not evaluated.").adding("file", name)
        }
    }

    private func chebyshev(_ tree: TreeNode) throws -> ChebyshevField {
        let rows = tree["coefficients"]?["data"]?.elements ?? []
        let count = rows.first?.elements.count ?? 0
        let coefficients = rows.flatMap(\.elements).compactMap(\.realValue)
        guard let bounds = tree["bounds"], case .box(let box)? = try TreeBounds(bounds),
            rows.allSatisfy({ $0.elements.count == count }),
            coefficients.count == rows.count * count,
            let field = ChebyshevField(box: box, xCount: count, coefficients: coefficients)
        else { throw failure("A Chebyshev field of the tree is malformed.") }
        return field
    }
}

/// A region of an image.
public enum TreeBounds: Sendable, Hashable {
    /// A box.
    case box(PixelBox)
    /// Polygons as rings of corners, the last of each repeating the first.
    case polygons([[SIMD2<Double>]])

    /// Reads a box or GeoJSON; nil for anything else.
    init?(_ tree: TreeNode) throws {
        if let x = Self.range(tree["x"]), let y = Self.range(tree["y"]) {
            self = .box(try PixelBox(x: x, y: y))
            return
        }
        let coordinates = tree["coordinates"]?.elements ?? []
        switch tree["type"]?.stringValue {
        case "Polygon": self = .polygons(coordinates.map(Self.ring))
        case "MultiPolygon": self = .polygons(coordinates.flatMap { $0.elements.map(Self.ring) })
        default: return nil
        }
    }

    private static func range(_ tree: TreeNode?) -> Range<Int>? {
        guard let start = tree?["start"]?.integerValue, let stop = tree?["stop"]?.integerValue, start <= stop else {
            return nil
        }
        return start..<stop
    }

    private static func ring(_ tree: TreeNode) -> [SIMD2<Double>] {
        tree.elements.compactMap { point in
            guard point.elements.count >= 2, let x = point.elements[0].realValue, let y = point.elements[1].realValue
            else { return nil }
            return SIMD2(x, y)
        }
    }
}
