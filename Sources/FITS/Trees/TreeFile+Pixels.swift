internal import StewardCore

extension TreeFile {
    /// The subtree of the image plane: the root of an image, else its member `image`.
    private var imageTree: TreeNode? { root["image"] ?? (root["planes"] == nil ? root["data"].map { _ in root } : nil) }

    /// Where the pixels are, in parent coordinates.
    public var box: PixelBox {
        get throws {
            if let tree = imageTree { return try box(tree, data: tree["data"]?["value"] ?? tree["data"]) }
            let tree = root["mask"] ?? root
            return try box(tree, data: tree["data"]?.elements.first)
        }
    }

    /// Unit of the image's values, as VOUnit or astropy text; nil for none.
    public var unit: String? { imageTree?["data"]?["unit"]?.stringValue }

    /// The image plane, whole or a box of it in parent coordinates.
    public func image(_ part: PixelBox? = nil) throws -> AnyImage {
        guard let tree = imageTree else { throw failure("The tree has no image.") }
        return try image(tree, part)
    }

    /// The variance plane, whole or a box of it.
    public func variance(_ part: PixelBox? = nil) throws -> Image<Float> {
        guard let tree = root["variance"] else { throw failure("The tree has no variance.") }
        guard let image: Image<Float> = try image(tree, part).converted(to: .float32)?.typed() else {
            throw failure("The variance is not floating-point.")
        }
        return image
    }

    /// The mask, whole or a box of it; plane k of the tree has bit k.
    public func mask(_ part: PixelBox? = nil) throws -> Mask {
        let tree = root["mask"] ?? root
        guard let listed = tree["planes"]?.elements else { throw failure("The tree has no mask.") }
        var planes: [MaskPlane] = []
        for (bit, plane) in listed.enumerated() where !plane.isNull {
            guard let name = plane["name"]?.stringValue else { throw failure("A mask plane has no name.") }
            planes.append(MaskPlane(name, bit: bit, description: plane["description"]?.stringValue ?? ""))
        }
        let data = tree["data"]?.elements ?? []
        let whole = try box(tree, data: data.first)
        if let part { try whole.require(part) }
        let box = part ?? whole
        guard data.count * Self.planesOfUnit >= planes.count else {
            throw failure("The mask has fewer pixels than planes.")
        }
        var words = [[UInt32]](
            repeating: [UInt32](repeating: 0, count: box.count),
            count: max(1, (listed.count + 31) / 32)
        )
        for (index, reference) in data.enumerated() {
            let first = index * Self.planesOfUnit
            guard first < planes.count else { break }
            guard let layer: Image<Int32> = try pixels(reference, whole, box).converted(to: .int32)?.typed() else {
                throw failure("The mask is not stored as integers.")
            }
            for (bit, plane) in planes[first..<min(first + Self.planesOfUnit, planes.count)].enumerated() {
                let (word, shift) = (plane.bit / 32, UInt32(plane.bit % 32))
                for (pixel, value) in layer.pixels.enumerated() where value & 1 << Int32(bit) != 0 {
                    words[word][pixel] |= 1 << shift
                }
            }
        }
        return try Mask(box: box, planes: MaskPlanes(planes), words: words)
    }

    /// The three planes, whole or a box of them.
    public func maskedImage(_ part: PixelBox? = nil) throws -> MaskedImage {
        try MaskedImage(image: image(part), mask: mask(part), variance: variance(part))
    }

    /// Planes in one image on disk: the sign bit stays free.
    static var planesOfUnit: Int { 31 }

    private func image(_ tree: TreeNode, _ part: PixelBox?) throws -> AnyImage {
        guard let data = tree["data"] else { throw failure("An image of the tree has no pixels.") }
        let reference = data["value"] ?? data
        let whole = try box(tree, data: reference)
        if let part { try whole.require(part) }
        let box = part ?? whole
        return try pixels(reference, whole, box).placed(at: box, unit: data["unit"]?.stringValue)
    }

    /// The box of an image: its origin and the shape of its pixels.
    private func box(_ tree: TreeNode, data: TreeNode?) throws -> PixelBox {
        let origin = tree["yx0"]?.elements.compactMap(\.integerValue) ?? []
        var shape = data?["shape"]?.elements.compactMap(\.integerValue) ?? []
        if shape.isEmpty, let rows = data?["data"]?.elements { shape = [rows.count, rows.first?.elements.count ?? 0] }
        guard origin.count == 2, shape.count == 2 else { throw failure("An image of the tree has no origin or shape.") }
        return try PixelBox(xMin: origin[1], yMin: origin[0], width: shape[1], height: shape[0])
    }

    /// The pixels that an array reference stands for.
    private func pixels(_ reference: TreeNode, _ whole: PixelBox, _ box: PixelBox) throws -> AnyImage {
        guard let source = reference["source"]?.stringValue else { return try inline(reference, whole, box) }
        guard source.hasPrefix("fits:") else { throw failure("The tree refers to pixels at \"\(source)\".") }
        let parts = source.dropFirst(5).split(separator: ",")
        let version = parts.count > 1 ? Int(parts[1]) : 1
        let file = try pixelFile()
        guard let name = parts.first, let unit = try file.unit(named: String(name), version: version) else {
            throw failure("There is no unit for the pixels at \"\(source)\".")
        }
        guard try unit.box(origin: whole.origin) == whole else {
            throw failure("The pixels at \"\(source)\" have another shape than the tree says.")
        }
        return try file.anyImage(unit.index, box: box, origin: whole.origin)
    }

    /// The pixels of an array that is written out.
    private func inline(_ array: TreeNode, _ whole: PixelBox, _ box: PixelBox) throws -> AnyImage {
        guard let type = array["datatype"]?.stringValue.flatMap(PixelType.init), let rows = array["data"]?.elements,
            rows.count == whole.height, rows.allSatisfy({ $0.elements.count == whole.width })
        else { throw failure("An array of the tree has no usable pixels.") }
        let numbers = rows[(box.yMin - whole.yMin)...].prefix(box.height)
            .flatMap { $0.elements[(box.xMin - whole.xMin)...].prefix(box.width) }
        if type.isFloatingPoint {
            let values = try Image(box: box, pixels: numbers.map { $0.realValue ?? .nan })
            return type == .float64 ? .float64(values) : .float32(values.map { Float($0) })
        }
        let integers = try numbers.map { node in
            guard case .integer(let value) = node else { throw failure("An integer array holds other values.") }
            return value
        }
        let image = AnyImage.int64(try Image(box: box, pixels: integers))
        guard let narrow = image.narrowed(to: type) else {
            throw failure("An array's values do not fit \(type.rawValue).")
        }
        return narrow
    }
}

extension AnyImage {
    /// 64-bit integers as a narrower type; nil if a value does not fit.
    fileprivate func narrowed(to type: PixelType) -> AnyImage? {
        guard case .int64(let image) = self else { return nil }
        switch type {
        case .uint8: return Self.exact(image).map { .uint8($0) }
        case .int8: return Self.exact(image).map { .int8($0) }
        case .int16: return Self.exact(image).map { .int16($0) }
        case .uint16: return Self.exact(image).map { .uint16($0) }
        case .int32: return Self.exact(image).map { .int32($0) }
        case .uint32: return Self.exact(image).map { .uint32($0) }
        case .int64: return self
        case .uint64: return Self.exact(image).map { .uint64($0) }
        case .float32, .float64: return nil
        }
    }

    private static func exact<Value: Pixel & FixedWidthInteger>(_ image: Image<Int64>) -> Image<Value>? {
        guard image.pixels.allSatisfy({ Value(exactly: $0) != nil }) else { return nil }
        return image.map { Value(truncatingIfNeeded: $0) }
    }
}
