/// What is written as a file of `lsst.images`: pixels, and the other members of the tree's root.
public struct TreeContent: Sendable {
    /// The pixels.
    public enum Planes: Sendable {
        /// An image.
        case image(AnyImage)
        /// A mask.
        case mask(Mask)
        /// All three planes.
        case maskedImage(MaskedImage)
    }

    /// The pixels.
    public var planes: Planes
    /// Name and version of the root's schema, for instance `visit_image-1.1.0`.
    public var schema: String
    /// Further members of the root in order, such as `sky_projection` or those carried over from another tree.
    public var members: [TreeNode.Member]
    /// JSON texts to which members point, from row 1 of the table on.
    public var pointerTargets: [[UInt8]]

    /// Creates content of the schema that the pixels have by themselves.
    ///
    /// - Parameters:
    ///   - planes: The pixels.
    ///   - members: Further members of the root.
    public init(_ planes: Planes, members: [TreeNode.Member] = []) {
        self.planes = planes
        self.members = members
        pointerTargets = []
        schema =
            switch planes {
            case .image: "image-1.0.0"
            case .mask: "mask-1.0.0"
            case .maskedImage: "masked_image-1.0.0"
            }
    }

    /// Creates content that carries over everything but the pixels from a tree.
    ///
    /// - Parameters:
    ///   - tree: An image, mask, masked image or visit image.
    ///   - planes: The pixels to write, of the same kind as the tree's.
    public init(carrying tree: TreeFile, planes: Planes) {
        let own: Set<String> = [
            "schema_version", "min_read_version", "schema_url", "image", "mask", "variance", "data", "yx0", "planes",
            "dtype",
        ]
        self.planes = planes
        members = tree.root.members.filter { !own.contains($0.name) }
        pointerTargets = tree.pointerTargets
        schema = tree.root["schema_url"]?.stringValue?.split(separator: "/").last.map { String($0) } ?? ""
    }
}

extension TreeNode {
    static func ints(_ values: [Int]) -> TreeNode { .array(values.map { .integer(Int64($0)) }) }

    /// A tree object with the members that every one has.
    static func versioned(_ schema: String, _ members: [Member]) -> TreeNode {
        let version = schema.split(separator: "-").last.map { String($0) } ?? "1.0.0"
        let lead = [Member("schema_version", .string(version)), Member("min_read_version", .integer(1))]
        let url = Member("schema_url", .string("https://images.lsst.io/schemas/" + schema))
        return .object(lead + members + [url])
    }

    /// A reference to the pixels of a unit.
    static func reference(_ source: String, _ box: PixelBox, _ type: PixelType) -> TreeNode {
        .object([
            Member("source", .string("fits:" + source)), Member("shape", .ints([box.height, box.width])),
            Member("datatype", .string(type.rawValue)), Member("byteorder", .string("big")),
        ])
    }

    /// The subtree of an image.
    static func image(_ source: String, _ box: PixelBox, _ type: PixelType, unit: String?) -> [Member] {
        let pixels = reference(source, box, type)
        let data = unit.map { TreeNode.object([Member("value", pixels), Member("unit", .string($0))]) } ?? pixels
        return [Member("data", data), Member("yx0", .ints([box.yMin, box.xMin]))]
    }

    /// The subtree of a mask.
    static func mask(_ mask: Mask) -> [Member] {
        let units = mask.diskLayers.count
        let data = (1...units).map { reference($0 == 1 ? "MASK" : "MASK,\($0)", mask.box, .int32) }
        let byBit = Dictionary(mask.planes.planes.map { ($0.bit, $0) }, uniquingKeysWith: { first, _ in first })
        let last = mask.planes.planes.last?.bit ?? -1
        let planes: [TreeNode] = (0..<(last + 1)).map { bit in
            guard let plane = byBit[bit] else { return .null }
            return .object([Member("name", .string(plane.name)), Member("description", .string(plane.description))])
        }
        return [
            Member("data", .array(data)), Member("yx0", .ints([mask.box.yMin, mask.box.xMin])),
            Member("planes", .array(planes)), Member("dtype", .string("uint8")),
        ]
    }
}

extension Mask {
    /// The planes as 32-bit images of 31 planes each, in order of their bits, with the planes of each.
    var diskLayers: [(planes: [MaskPlane], pixels: [Int32])] {
        let all = planes.planes
        return stride(from: 0, to: max(1, all.count), by: TreeFile.planesOfUnit).map { first in
            let part = Array(all[first..<min(first + TreeFile.planesOfUnit, all.count)])
            var pixels = [Int32](repeating: 0, count: box.count)
            for (bit, plane) in part.enumerated() {
                let layer = words[plane.bit / 32]
                let wanted: UInt32 = 1 << UInt32(plane.bit % 32)
                for index in pixels.indices where layer[index] & wanted != 0 { pixels[index] |= 1 << Int32(bit) }
            }
            return (part, pixels)
        }
    }
}
