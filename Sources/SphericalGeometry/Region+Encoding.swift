public import StewardCore

extension Region {
    /// Deepest nesting of compounds that is decoded.
    static let maximumDepth = 64

    /// Decodes the stored form: a type byte, then little-endian doubles.
    ///
    /// Only the type byte and the length are checked, so any numbers come back as they were stored; a box normalizes its
    /// longitudes and cuts its latitudes at the poles again. Nested unions and intersections of one kind are flattened.
    ///
    /// - Parameter bytes: One encoded region.
    /// - Throws: ``ButlerError`` with code `.region` when the type byte is unknown, the length does not fit, the
    ///   longitudes of a box are out of order, or compounds are nested more than 64 deep.
    public init(encoded bytes: some Collection<UInt8>) throws(ButlerError) {
        let attempt = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(ButlerError) in try RegionDecoder(bytes: UnsafeRawBufferPointer(buffer)).region() }
        }
        if let attempt {
            self = try attempt.get()
        } else {
            self = try Region(encoded: Array(bytes))
        }
    }

    /// The stored form: a type byte, then little-endian doubles.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encodedCount)
        encode(into: &bytes)
        return bytes
    }

    /// Number of bytes of the stored form.
    private var encodedCount: Int {
        switch self {
        case .circle: 41
        case .box: 33
        case .ellipse: 113
        case .polygon(let polygon): 1 + 24 * polygon.vertices.count
        case .union(let operands), .intersection(let operands): operands.reduce(1) { $0 + 8 + $1.encodedCount }
        }
    }

    private func encode(into bytes: inout [UInt8]) {
        switch self {
        case .circle(let circle):
            bytes.append(TypeCode.circle)
            bytes.append(circle.center)
            bytes.append(circle.squaredChordLength)
            bytes.append(circle.openingAngle.radians)
        case .box(let box):
            bytes.append(TypeCode.box)
            bytes.append(box.longitudes.west)
            bytes.append(box.longitudes.east)
            bytes.append(box.latitudes.lower)
            bytes.append(box.latitudes.upper)
        case .ellipse(let ellipse):
            bytes.append(TypeCode.ellipse)
            for value in ellipse.values { bytes.append(value) }
        case .polygon(let polygon):
            bytes.append(TypeCode.polygon)
            for vertex in polygon.vertices { bytes.append(vertex) }
        case .union(let operands):
            Region.encode(operands, as: TypeCode.union, into: &bytes)
        case .intersection(let operands):
            Region.encode(operands, as: TypeCode.intersection, into: &bytes)
        }
    }

    private static func encode(_ operands: [Region], as code: UInt8, into bytes: inout [UInt8]) {
        bytes.append(code)
        for operand in operands {
            bytes.append(UInt64(operand.encodedCount))
            operand.encode(into: &bytes)
        }
    }
}

/// The first byte of an encoded region.
private enum TypeCode {
    static let box = UInt8(ascii: "b")
    static let circle = UInt8(ascii: "c")
    static let ellipse = UInt8(ascii: "e")
    static let intersection = UInt8(ascii: "i")
    static let polygon = UInt8(ascii: "p")
    static let union = UInt8(ascii: "u")
}

extension [UInt8] {
    /// Appends eight bytes, the lowest first.
    fileprivate mutating func append(_ value: UInt64) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends the bits of a number, the lowest byte first.
    fileprivate mutating func append(_ value: Double) {
        append(value.bitPattern)
    }

    fileprivate mutating func append(_ vector: UnitVector3D) {
        append(vector.x)
        append(vector.y)
        append(vector.z)
    }
}

/// Reads regions from bytes; every access is checked against the length first.
private struct RegionDecoder {
    let bytes: UnsafeRawBufferPointer

    /// Decodes all bytes as one region.
    func region(depth: Int = 0) throws(ButlerError) -> Region {
        switch bytes.first {
        case TypeCode.circle where bytes.count == 41:
            return .circle(
                Circle(center: vector(1), squaredChordLength: number(25), openingAngle: Angle(radians: number(33)))
            )
        case TypeCode.box where bytes.count == 33:
            return .box(try box())
        case TypeCode.ellipse where bytes.count == 113:
            return .ellipse(ellipse())
        case TypeCode.polygon where bytes.count >= 73 && (bytes.count - 1).isMultiple(of: 24):
            let vertices = stride(from: 1, to: bytes.count, by: 24).map(vector)
            return .polygon(ConvexPolygon(unchecked: vertices))
        case TypeCode.union:
            return .union(of: try operands(depth: depth))
        case TypeCode.intersection:
            return .intersection(of: try operands(depth: depth))
        default:
            throw malformed()
        }
    }

    private func box() throws(ButlerError) -> Box {
        guard let longitudes = LongitudeInterval(from: number(1), to: number(9)) else {
            throw ButlerError(
                .region,
                "The encoded box has longitudes \(number(1)) to \(number(9)) radians, which are out of order.",
                remedy: RegionDecoder.remedy
            )
        }
        return Box(longitudes: longitudes, latitudes: ClosedInterval(number(17), number(25)))
    }

    private func ellipse() -> Ellipse {
        Ellipse(
            axes: (vector(1), vector(25), vector(49)),
            reducedAlpha: number(73),
            reducedBeta: number(81),
            gamma: number(89),
            tangentAlpha: number(97),
            tangentBeta: number(105)
        )
    }

    /// Decodes operands that each follow their length in eight bytes.
    private func operands(depth: Int) throws(ButlerError) -> [Region] {
        guard depth < Region.maximumDepth else {
            throw ButlerError(
                .region,
                "The encoded region nests compounds more than \(Region.maximumDepth) deep.",
                remedy: RegionDecoder.remedy
            )
        }
        var operands: [Region] = []
        var position = 1
        while position < bytes.count {
            guard bytes.count - position >= 8 else { throw malformed() }
            let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
            guard let count = Int(exactly: length), count <= bytes.count - position else { throw malformed() }
            let part = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
            operands.append(try RegionDecoder(bytes: part).region(depth: depth + 1))
            position += count
        }
        return operands
    }

    private func number(_ offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    private func vector(_ offset: Int) -> UnitVector3D {
        UnitVector3D(normalized: number(offset), number(offset + 8), number(offset + 16))
    }

    private static let remedy = "The stored value is damaged; restore the record that holds it."

    private func malformed() -> ButlerError {
        let type = bytes.first.map { "type byte \($0)" } ?? "no type byte"
        return ButlerError(
            .region,
            "\(bytes.count) bytes with \(type) are not an encoded region.",
            remedy: RegionDecoder.remedy
        )
    }
}
