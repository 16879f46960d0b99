#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes frame sets in the native text of the Starlink AST library.
enum ASTText {
    /// The frame set of a plain TAN: pixels, intermediate world coordinates, sky.
    ///
    /// - Parameters:
    ///   - projection: The projection in 1-based pixels of the stored array.
    ///   - origin: Coordinates of the first pixel in the parent, in which the frame set counts.
    /// - Returns: The text, or nil if the projection is not a plain TAN.
    static func frameSet(_ projection: TangentProjection, origin: PixelOrigin) -> String {
        let shift = projection.referencePixel + SIMD2(Double(origin.x) - 1, Double(origin.y) - 1)
        var writer = Writer()
        writer.object("FrameSet") { set in
            set.keys([
                ("Nframe", "3"), ("Base", "1"), ("Currnt", "2"), ("Nod1", "3"), ("Nod3", "1"), ("Lnk2", "1"),
                ("Inv2", "1"), ("Lnk3", "1"),
            ])
            set.child("Frm1", "Frame") { frame(&$0, title: "Pixel Coordinates", domain: "PIXELS", unit: nil) }
            set.child("Frm2", "SkyFrame") { skyFrame(&$0, projection.referenceSky * .pi / 180) }
            set.child("Frm3", "Frame") {
                frame(&$0, title: "FITS Intermediate World Coordinates", domain: "IWC", unit: "deg")
            }
            set.child("Map2", "CmpMap") { toPlane(&$0, projection.referenceSky * .pi / 180) }
            set.child("Map3", "CmpMap") { toPixels(&$0, projection.matrix, shift) }
        }
        return writer.text
    }

    private static func frame(_ frame: inout Writer, title: String, domain: String, unit: String?) {
        frame.keys([("Title", "\"\(title)\""), ("Naxes", "2"), ("Domain", "\"\(domain)\"")])
        for axis in 1...2 {
            frame.child("Ax\(axis)", "Axis") { object in
                let label = ("Label", "\"Pixel axis \(axis)\"")
                object.keys([unit.map { ("Unit", "\"\($0)\"") } ?? label])
            }
        }
    }

    private static func skyFrame(_ frame: inout Writer, _ reference: SIMD2<Double>) {
        frame.keys([("Ident", "\" \"")])
        frame.level("Object")
        frame.keys([("Naxes", "2"), ("System", "\"ICRS\"")])
        for axis in 1...2 { frame.child("Ax\(axis)", "SkyAxis") { _ in } }
        frame.level("Frame")
        frame.keys([
            ("Proj", "\"gnomonic\""), ("SRefIs", "\"Ignored\""), ("SRef1", "\(reference[0])"),
            ("SRef2", "\(reference[1])"),
        ])
    }

    /// Sky to intermediate world coordinates.
    private static func toPlane(_ map: inout Writer, _ sky: SIMD2<Double>) {
        let (sinA, cosA, sinD, cosD) = (sin(sky[0]), cos(sky[0]), sin(sky[1]), cos(sky[1]))
        let rows = [sinD * cosA, -sinA, cosD * cosA, sinD * sinA, cosA, cosD * sinA, -cosD, 0, sinD]
        let columns = (0..<9).map { rows[$0 % 3 * 3 + $0 / 3] }
        map.keys([("Nin", "2"), ("IsSimp", "1")])
        map.level("Mapping")
        map.keys([("InvA", "1")])
        map.child("MapA", "SphMap") { sphere(&$0, inverted: false, polarLongitude: sky[0]) }
        map.child("MapB", "CmpMap") { rotate in
            rotate.keys([("Nin", "3"), ("Nout", "2")])
            rotate.level("Mapping")
            rotate.keys([("InvA", "1")])
            rotate.child("MapA", "MatrixMap") { matrix(&$0, size: 3, rows, columns) }
            rotate.child("MapB", "CmpMap") { project in
                project.keys([("Nin", "3"), ("Nout", "2")])
                project.level("Mapping")
                project.child("MapA", "SphMap") { sphere(&$0, inverted: true, polarLongitude: 0) }
                project.child("MapB", "CmpMap") { scaled in
                    scaled.keys([("Nin", "2")])
                    scaled.level("Mapping")
                    scaled.child("MapA", "WcsMap") { plane in
                        plane.keys([("Nin", "2"), ("Invert", "1")])
                        plane.level("Mapping")
                        plane.keys([("Type", "\"TAN\"")])
                    }
                    scaled.child("MapB", "ZoomMap") { zoom in
                        zoom.keys([("Nin", "2")])
                        zoom.level("Mapping")
                        zoom.keys([("Zoom", "\(180 / Double.pi)")])
                    }
                }
            }
        }
    }

    private static func sphere(_ map: inout Writer, inverted: Bool, polarLongitude: Double) {
        map.keys([("Nin", "3"), ("Nout", "2")] + (inverted ? [("Invert", "1")] : []))
        map.level("Mapping")
        map.keys([("UntRd", "1"), ("PlrLg", "\(polarLongitude)")])
    }

    /// Intermediate world coordinates to pixels.
    private static func toPixels(_ map: inout Writer, _ cd: SIMD4<Double>, _ shift: SIMD2<Double>) {
        let determinant = cd[0] * cd[3] - cd[1] * cd[2]
        let inverse = [cd[3], -cd[1], -cd[2], cd[0]].map { $0 / determinant }
        map.keys([("Nin", "2"), ("IsSimp", "1")])
        map.level("Mapping")
        map.child("MapA", "MatrixMap") { matrix(&$0, size: 2, inverse, (0..<4).map { cd[$0] }) }
        map.child("MapB", "ShiftMap") { map in
            map.keys([("Nin", "2")])
            map.level("Mapping")
            map.keys([("Sft1", "\(shift[0])"), ("Sft2", "\(shift[1])")])
        }
    }

    private static func matrix(_ map: inout Writer, size: Int, _ forward: [Double], _ backward: [Double]) {
        map.keys([("Nin", "\(size)")])
        map.level("Mapping")
        map.keys(forward.enumerated().map { ("M\($0.offset)", "\($0.element)") })
        map.keys(backward.enumerated().map { ("IM\($0.offset)", "\($0.element)") })
        map.keys([("Form", "\"Full\"")])
    }

    /// Lines of an object, indented by its depth.
    private struct Writer {
        private(set) var text = ""
        private var indent = 1

        mutating func object(_ name: String, _ body: (inout Writer) -> Void) {
            line("Begin \(name)")
            indent += 3
            body(&self)
            indent -= 3
            line("End \(name)")
        }

        mutating func child(_ key: String, _ name: String, _ body: (inout Writer) -> Void) {
            line("\(key) =")
            indent += 3
            object(name, body)
            indent -= 3
        }

        mutating func keys(_ keys: [(String, String)]) {
            for (key, value) in keys { line("\(key) = \(value)") }
        }

        /// The end of a superclass's keys, which stand a level further out.
        mutating func level(_ name: String) {
            indent -= 3
            line("IsA \(name)")
            indent += 3
        }

        private mutating func line(_ content: String) {
            text += String(repeating: " ", count: indent) + content + "\n"
        }
    }
}

extension SkyMapping {
    /// The native text of the Starlink AST library: the one the mapping came with, or one made for a plain TAN; else nil.
    public var astText: String? {
        if let text { return text }
        guard let wcs, let projection = wcs.tangentProjection else { return nil }
        return ASTText.frameSet(projection, origin: wcs.origin)
    }
}
