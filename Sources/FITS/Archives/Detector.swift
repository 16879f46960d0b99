internal import StewardCore

/// A detector as an exposure's archive describes it.
public struct DetectorDescription: Sendable, Hashable {
    /// What a detector is for.
    public enum Purpose: Int, Sendable, Hashable {
        /// Science images.
        case science
        /// Focusing.
        case focus
        /// Guiding.
        case guider
        /// Wavefront sensing.
        case wavefront
    }

    /// A corner of an image.
    public enum Corner: Int, Sendable, Hashable {
        /// Small x, small y.
        case lowerLeft
        /// Great x, small y.
        case lowerRight
        /// Great x, great y.
        case upperRight
        /// Small x, great y.
        case upperLeft
    }

    /// One amplifier.
    public struct Amplifier: Sendable, Hashable {
        /// The name.
        public let name: String
        /// Pixels in the assembled image.
        public let box: PixelBox
        /// Electrons per count.
        public let gain: Double
        /// Saturation level, counts.
        public let saturation: Double
        /// Level above which pixels are suspect, counts.
        public let suspectLevel: Double
        /// Read noise, electrons.
        public let readNoise: Double
        /// Corner that is read first.
        public let readoutCorner: Corner
        /// Coefficients of the linearity correction.
        public let linearityCoefficients: [Double]
        /// Kind of the linearity correction.
        public let linearityType: String
        /// Geometry of the raw image, or nil.
        public let raw: RawGeometry?
    }

    /// Where an amplifier's pixels are in a raw image.
    public struct RawGeometry: Sendable, Hashable {
        /// All pixels.
        public let box: PixelBox
        /// Pixels with light.
        public let data: PixelBox
        /// Horizontal (serial) overscan.
        public let horizontalOverscan: PixelBox
        /// Vertical (parallel) overscan.
        public let verticalOverscan: PixelBox
        /// Horizontal prescan.
        public let prescan: PixelBox
        /// Whether x is flipped on assembly.
        public let flipsX: Bool
        /// Whether y is flipped on assembly.
        public let flipsY: Bool
        /// Offset in the assembled image.
        public let offset: PixelOrigin
    }

    /// The name.
    public let name: String
    /// The number.
    public let id: Int
    /// What the detector is for.
    public let purpose: Purpose
    /// The serial number.
    public let serial: String
    /// Pixels of the trimmed detector.
    public let box: PixelBox
    /// Size of a pixel, mm.
    public let pixelSize: SIMD2<Double>
    /// Position in the focal plane, mm.
    public let focalPlanePosition: SIMD2<Double>
    /// The pixel at that position.
    public let referencePoint: SIMD2<Double>
    /// Rotation about z, y and x: yaw, pitch, roll in radians.
    public let rotation: SIMD3<Double>
    /// Kind of the detector, such as `E2V`.
    public let physicalType: String
    /// The amplifiers.
    public let amplifiers: [Amplifier]
}

extension Archive {
    /// The detector with an identifier.
    public func detector(_ id: Int) throws -> DetectorDescription {
        let tables = try tables(of: id)
        guard className(of: id) == "Detector", tables.count == 2, tables[0].rowCount > 0 else {
            throw unknownClass(id, wanted: "a detector")
        }
        let table = tables[0]
        func pair(_ root: String) throws -> SIMD2<Double> {
            SIMD2(try table.real(root + "_x"), try table.real(root + "_y"))
        }
        let low = (try table.integer("bbox_min_x"), try table.integer("bbox_min_y"))
        let high = (try table.integer("bbox_max_x"), try table.integer("bbox_max_y"))
        return DetectorDescription(
            name: try table.strings("name").first ?? "",
            id: try table.integer("id"),
            purpose: DetectorDescription.Purpose(rawValue: try table.integer("type")) ?? .science,
            serial: try table.strings("serial").first ?? "",
            box: try PixelBox(xMin: low.0, yMin: low.1, width: high.0 - low.0 + 1, height: high.1 - low.1 + 1),
            pixelSize: try pair("pixelSize"),
            focalPlanePosition: try pair("fpPosition"),
            referencePoint: try pair("refPoint"),
            rotation: SIMD3(try table.real("yaw"), try table.real("pitch"), try table.real("roll")),
            physicalType: try table.contains("physicalType") ? table.strings("physicalType").first ?? "" : "",
            amplifiers: try AmplifierTable(tables[1]).amplifiers()
        )
    }
}

/// The table with a row for each amplifier.
private struct AmplifierTable {
    private let table: FITSTable
    private let names: [String]
    private let linearityTypes: [String]
    private let coefficients: [[Double]]
    private let reals: [String: [Double]]
    private let integers: [String: [Int64]]
    private let flags: [String: [Bool]]

    private static let rawBoxes = [
        "raw_bbox", "raw_databbox", "raw_horizontaloverscanbbox", "raw_verticaloverscanbbox", "raw_prescanbbox",
    ]

    init(_ table: FITSTable) throws {
        self.table = table
        names = try table.strings("name")
        linearityTypes = try table.strings("linearity_type")
        coefficients = try table.realArrays("linearity_coeffs")
        let numbers = ["gain", "saturation", "suspectlevel", "readnoise"]
        reals = Dictionary(uniqueKeysWithValues: try numbers.map { ($0, try table.reals($0)) })
        var columns = ["readoutcorner", "raw_xyoffset_x", "raw_xyoffset_y"]
        columns += (Self.rawBoxes + ["bbox"]).flatMap {
            ["\($0)_min_x", "\($0)_min_y", "\($0)_extent_x", "\($0)_extent_y"]
        }
        integers = Dictionary(uniqueKeysWithValues: try columns.map { ($0, try table.integers($0)) })
        let names = ["hasrawinfo", "raw_flip_x", "raw_flip_y"]
        flags = Dictionary(uniqueKeysWithValues: try names.map { ($0, try table.flags($0)) })
    }

    func amplifiers() throws -> [DetectorDescription.Amplifier] {
        try (0..<table.rowCount).map { row in
            DetectorDescription.Amplifier(
                name: names[row],
                box: try box("bbox", row),
                gain: reals["gain"]?[row] ?? .nan,
                saturation: reals["saturation"]?[row] ?? .nan,
                suspectLevel: reals["suspectlevel"]?[row] ?? .nan,
                readNoise: reals["readnoise"]?[row] ?? .nan,
                readoutCorner: DetectorDescription.Corner(rawValue: integer("readoutcorner", row)) ?? .lowerLeft,
                linearityCoefficients: coefficients[row],
                linearityType: linearityTypes[row],
                raw: flags["hasrawinfo"]?[row] == true ? try raw(row) : nil
            )
        }
    }

    private func raw(_ row: Int) throws -> DetectorDescription.RawGeometry {
        DetectorDescription.RawGeometry(
            box: try box("raw_bbox", row),
            data: try box("raw_databbox", row),
            horizontalOverscan: try box("raw_horizontaloverscanbbox", row),
            verticalOverscan: try box("raw_verticaloverscanbbox", row),
            prescan: try box("raw_prescanbbox", row),
            flipsX: flags["raw_flip_x"]?[row] ?? false,
            flipsY: flags["raw_flip_y"]?[row] ?? false,
            offset: PixelOrigin(x: integer("raw_xyoffset_x", row), y: integer("raw_xyoffset_y", row))
        )
    }

    private func integer(_ name: String, _ row: Int) -> Int {
        integers[name].map { Int(clamping: $0[row]) } ?? 0
    }

    /// A box stored as minimum and extent.
    private func box(_ root: String, _ row: Int) throws -> PixelBox {
        try PixelBox(
            xMin: integer(root + "_min_x", row),
            yMin: integer(root + "_min_y", row),
            width: integer(root + "_extent_x", row),
            height: integer(root + "_extent_y", row)
        )
    }
}
