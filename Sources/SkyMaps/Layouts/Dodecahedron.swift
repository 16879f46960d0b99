internal import SphericalGeometry

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Faces and vertices of a dodecahedron around the sky (`skymap: detail/dodecahedron.py`).
struct Dodecahedron: Sendable {
    /// Centres of the faces, north to south and within that eastwards.
    let faces: [SkyDirection]
    private let vertices: [SkyDirection]

    /// Right ascension, in radians, of the vertex at the north pole: the reference's rounding errors give it that of a
    /// vector of length 5e-17, and the ring of points around it, hence the size of tracts, depends on it.
    private static let poleRA = 40.485376859496476 * Double.pi / 180

    init(facesOnPoles: Bool) {
        // Latitudes of face centres seen from a vertex and from a face.
        let upper = facesOnPoles ? Double.pi / 2 : asin(((5 + 2 * 5.0.squareRoot()) / 15).squareRoot())
        let lower = facesOnPoles ? atan(0.5) : asin(((5 - 2 * 5.0.squareRoot()) / 15).squareRoot())
        let (step, half) = facesOnPoles ? (72.0, 36.0) : (120.0, 60.0)
        let row = { (dec: Double, first: Double) in
            stride(from: first, to: 360, by: step).map { SkyDirection(ra: $0 * .pi / 180, dec: dec) }
        }
        if facesOnPoles {
            let poles = (SkyDirection(ra: .pi, dec: upper), SkyDirection(ra: 0, dec: -upper))
            faces = [poles.0] + row(lower, 0) + row(-lower, half) + [poles.1]
        } else {
            faces = row(upper, 0) + row(lower, half) + row(-lower, 0) + row(-upper, half)
        }
        vertices = Self.vertices(of: faces.map(\.vector))
    }

    /// Directions in which three faces meet.
    private static func vertices(of faces: [UnitVector3D]) -> [SkyDirection] {
        // Neighbouring faces are 63.4 degrees apart, others at least 116.
        let touch = { (a: UnitVector3D, b: UnitVector3D) in a.dot(b) > 0.2 }
        var found: [SkyDirection] = []
        for (i, a) in faces.enumerated() {
            for (j, b) in faces.enumerated() where j > i && touch(a, b) {
                for (k, c) in faces.enumerated() where k > j && touch(a, c) && touch(b, c) {
                    guard let vector = try? UnitVector3D(direction: a + b + c) else { continue }
                    found.append(SkyDirection(vector, poleRA: poleRA))
                }
            }
        }
        return found
    }

    /// The five vertices of a face.
    func vertices(of face: Int) -> [SkyDirection] {
        vertices.filter { $0.vector.dot(faces[face].vector) > 0.7 }
    }

    /// The face nearest to a direction.
    func face(nearest vector: UnitVector3D) -> Int {
        faces.indices.max { vector.dot(faces[$0].vector) < vector.dot(faces[$1].vector) } ?? 0
    }
}
