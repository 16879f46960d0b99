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
        [UInt8](unsafeUninitializedCapacity: encodedCount) { memory, initialized in
            var writer = RegionWriter(memory: memory)
            writer.write(self)
            initialized = writer.position
        }
    }

    /// Name of the reference's class for this kind of region, which YAML exports use as a tag.
    public var referenceClassName: String {
        switch self {
        case .circle: "lsst.sphgeom.Circle"
        case .box: "lsst.sphgeom.Box"
        case .ellipse: "lsst.sphgeom.Ellipse"
        case .polygon: "lsst.sphgeom.ConvexPolygon"
        case .union: "lsst.sphgeom.UnionRegion"
        case .intersection: "lsst.sphgeom.IntersectionRegion"
        }
    }

    /// Number of bytes of the stored form.
    fileprivate var encodedCount: Int {
        switch self {
        case .circle: 41
        case .box: 33
        case .ellipse: 113
        case .polygon(let polygon): 1 + 24 * polygon.vertices.count
        case .union(let operands), .intersection(let operands): operands.reduce(1) { $0 + 8 + $1.encodedCount }
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

/// Writes regions into memory for as many bytes as they take.
private struct RegionWriter {
    let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var position = 0

    init(memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    mutating func write(_ region: Region) {
        switch region {
        case .circle(let circle):
            write(TypeCode.circle)
            write(circle.center)
            write(circle.squaredChordLength)
            write(circle.openingAngle.radians)
        case .box(let box):
            write(TypeCode.box)
            write(box.longitudes.west)
            write(box.longitudes.east)
            write(box.latitudes.lower)
            write(box.latitudes.upper)
        case .ellipse(let ellipse):
            write(TypeCode.ellipse)
            for value in ellipse.values { write(value) }
        case .polygon(let polygon):
            write(TypeCode.polygon)
            for vertex in polygon.vertices { write(vertex) }
        case .union(let operands):
            write(operands, as: TypeCode.union)
        case .intersection(let operands):
            write(operands, as: TypeCode.intersection)
        }
    }

    private mutating func write(_ operands: [Region], as code: UInt8) {
        write(code)
        for operand in operands {
            write(UInt64(operand.encodedCount))
            write(operand)
        }
    }

    private mutating func write(_ byte: UInt8) {
        memory.initializeElement(at: position, to: byte)
        position += 1
    }

    /// Writes eight bytes, the lowest first.
    private mutating func write(_ value: UInt64) {
        UnsafeMutableRawBufferPointer(memory).storeBytes(
            of: value.littleEndian,
            toByteOffset: position,
            as: UInt64.self
        )
        position += 8
    }

    private mutating func write(_ value: Double) {
        write(value.bitPattern)
    }

    private mutating func write(_ vector: UnitVector3D) {
        write(vector.x)
        write(vector.y)
        write(vector.z)
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
            return .polygon(ConvexPolygon(unchecked: vertices()))
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

    /// All vertices of a polygon.
    private func vertices() -> [UnitVector3D] {
        let count = (bytes.count - 1) / 24
        return [UnitVector3D](unsafeUninitializedCapacity: count) { vertices, initialized in
            for i in 0..<count {
                vertices.initializeElement(at: i, to: vector(1 + 24 * i))
            }
            initialized = count
        }
    }

    @inline(__always)
    private func number(_ offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    @inline(__always)
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
