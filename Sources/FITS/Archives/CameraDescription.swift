internal import StewardCore

/// A camera as the reference's `camera` datasets describe it (`afw: src/cameraGeom/Camera.cc`).
public struct CameraDescription: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The detectors in the order of the file.
    public let detectors: [DetectorDescription]
    /// From a point of the focal plane in millimetres to its field angle in radians.
    public let fieldAngle: PlaneMapping

    /// Whether the field angle is mirrored already on its way from the focal plane (`getFocalPlaneParity`).
    public var isMirrored: Bool { fieldAngle.isMirror(at: SIMD2(0, 0)) }
}

extension Archive {
    /// The camera with an identifier.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The camera with all its detectors.
    /// - Throws: `ButlerError` of code `formatter` for a camera without field angles and for mappings that are not
    ///   decoded, `corruptFile` for damaged archives.
    public func camera(_ id: Int) throws -> CameraDescription {
        let tables = try tables(of: id)
        guard className(of: id) == "Camera", tables.count == 2, tables[1].rowCount == 1 else {
            throw unknownClass(id, wanted: "a camera")
        }
        return CameraDescription(
            name: try tables[1].strings("name").first ?? "",
            detectors: try tables[0].integers("detector").map { try detector(Int(clamping: $0)) },
            fieldAngle: try fieldAngle(try tables[1].integer("transformMap"))
        )
    }

    /// The mapping from focal plane to field angle among those of a transform map.
    private func fieldAngle(_ id: Int) throws -> PlaneMapping {
        guard className(of: id) == "TransformMap", let table = try tables(of: id).first, table.contains("fromSysName")
        else { throw unknownClass(id, wanted: "the coordinate systems of a camera") }
        let (from, to) = (try table.strings("fromSysName"), try table.strings("toSysName"))
        let transforms = try table.integers("transform")
        for row in 0..<table.rowCount {
            let isForward = from[row] == "FocalPlane" && to[row] == "FieldAngle"
            guard isForward || (from[row] == "FieldAngle" && to[row] == "FocalPlane") else { continue }
            let text = String(decoding: try bytes(Int(clamping: transforms[row])), as: UTF8.self)
            return try PlaneMapping(astText: text, isInverted: !isForward)
        }
        throw failure("The camera does not say how its focal plane becomes field angles.")
    }
}
