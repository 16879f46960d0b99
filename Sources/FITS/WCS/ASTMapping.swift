#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A mapping between coordinates, as the Starlink AST library describes it in text; only the classes that image
/// coordinate systems need.
indirect enum ASTMapping: Sendable {
    case unit
    case window(scale: SIMD3<Double>, shift: SIMD3<Double>)
    case matrix(rows: [SIMD3<Double>], inverse: [SIMD3<Double>])
    case polynomial(ASTPolynomial)
    /// Native spherical coordinates to the plane of the gnomonic projection, radians.
    case tangent
    /// Cartesian to spherical coordinates, radians.
    case sphere(polarLongitude: Double)
    case series([Step])

    /// A mapping and the direction in which it is used.
    struct Step: Sendable {
        let mapping: ASTMapping
        let isInverted: Bool
    }

    /// The point after the mapping, or nil where there is none.
    func apply(_ point: SIMD3<Double>, inverted: Bool) -> SIMD3<Double>? {
        switch self {
        case .unit: return point
        case .window(let scale, let shift):
            return inverted ? (point - shift) / scale : point * scale + shift
        case .matrix(let rows, let inverse): return Self.product(inverted ? inverse : rows, point)
        case .polynomial(let polynomial): return inverted ? polynomial.inverse(point) : polynomial.value(point)
        case .tangent: return inverted ? Self.native(point) : Self.plane(point)
        case .sphere(let polar): return inverted ? Self.cartesian(point) : Self.spherical(point, polar)
        case .series(let steps):
            var point: SIMD3<Double>? = point
            for step in inverted ? steps.reversed() : steps {
                guard let here = point else { return nil }
                point = step.mapping.apply(here, inverted: step.isInverted != inverted)
            }
            return point
        }
    }

    private static func product(_ rows: [SIMD3<Double>], _ point: SIMD3<Double>) -> SIMD3<Double>? {
        guard rows.count == 3 else { return nil }
        return SIMD3((rows[0] * point).sum(), (rows[1] * point).sum(), (rows[2] * point).sum())
    }

    private static func plane(_ native: SIMD3<Double>) -> SIMD3<Double>? {
        guard sin(native[1]) > 0 else { return nil }
        let radius = cos(native[1]) / sin(native[1])
        return SIMD3(radius * sin(native[0]), -radius * cos(native[0]), 0)
    }

    private static func native(_ plane: SIMD3<Double>) -> SIMD3<Double> {
        let radius = (plane[0] * plane[0] + plane[1] * plane[1]).squareRoot()
        return SIMD3(radius == 0 ? 0 : atan2(plane[0], -plane[1]), atan2(1, radius), 0)
    }

    private static func cartesian(_ angles: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(cos(angles[1]) * cos(angles[0]), cos(angles[1]) * sin(angles[0]), sin(angles[1]))
    }

    private static func spherical(_ vector: SIMD3<Double>, _ polarLongitude: Double) -> SIMD3<Double> {
        let across = (vector[0] * vector[0] + vector[1] * vector[1]).squareRoot()
        return SIMD3(across == 0 ? polarLongitude : atan2(vector[1], vector[0]), atan2(vector[2], across), 0)
    }
}

/// Polynomials of two coordinates.
struct ASTPolynomial: Sendable {
    struct Term: Sendable {
        let coefficient: Double
        let xPower: Int
        let yPower: Int
    }

    /// Terms of each output.
    let forward: [[Term]]
    /// Terms of the inverse, empty if it has to be found by iteration.
    let backward: [[Term]]

    private static let greatestPower = 20

    /// Reads the coefficients, or nil for other than two inputs and outputs.
    init?(_ object: ASTObject) {
        guard object.integer("Nin") ?? 2 == 2, object.integer("Nout") ?? 2 == 2 else { return nil }
        guard let forward = Self.terms(object, "F") else { return nil }
        self.forward = forward
        backward = Self.terms(object, "I") ?? []
    }

    func value(_ point: SIMD3<Double>) -> SIMD3<Double> { Self.sum(forward, point) }

    func inverse(_ target: SIMD3<Double>) -> SIMD3<Double>? {
        guard backward.isEmpty else { return Self.sum(backward, target) }
        var point = target
        for _ in 0..<50 {
            let difference = value(point) - target
            let (dx, dy) = derivatives(point)
            let determinant = dx[0] * dy[1] - dx[1] * dy[0]
            guard determinant != 0, determinant.isFinite else { return nil }
            let step = SIMD3(
                (difference[0] * dy[1] - difference[1] * dy[0]) / determinant,
                (difference[1] * dx[0] - difference[0] * dx[1]) / determinant,
                0
            )
            point -= step
            if abs(step[0]) + abs(step[1]) <= 1e-13 * (1 + abs(point[0]) + abs(point[1])) { return point }
        }
        return nil
    }

    /// Derivatives of both outputs by x and by y.
    private func derivatives(_ point: SIMD3<Double>) -> (SIMD3<Double>, SIMD3<Double>) {
        var (byX, byY) = (SIMD3<Double>(), SIMD3<Double>())
        for (output, terms) in forward.enumerated() {
            for term in terms {
                let x = Self.power(point[0], term.xPower)
                let y = Self.power(point[1], term.yPower)
                if term.xPower > 0 {
                    byX[output] += term.coefficient * Double(term.xPower) * Self.power(point[0], term.xPower - 1) * y
                }
                if term.yPower > 0 {
                    byY[output] += term.coefficient * Double(term.yPower) * x * Self.power(point[1], term.yPower - 1)
                }
            }
        }
        return (byX, byY)
    }

    private static func sum(_ outputs: [[Term]], _ point: SIMD3<Double>) -> SIMD3<Double> {
        var result = SIMD3<Double>()
        for (output, terms) in outputs.enumerated() {
            for term in terms {
                result[output] += term.coefficient * power(point[0], term.xPower) * power(point[1], term.yPower)
            }
        }
        return result
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<exponent { result *= base }
        return result
    }

    private static func terms(_ object: ASTObject, _ direction: String) -> [[Term]]? {
        let counts = (1...2).map { object.integer("NC\(direction)\($0)") ?? 0 }
        guard counts.contains(where: { $0 > 0 }), counts.allSatisfy({ (0...400).contains($0) }) else { return nil }
        var outputs: [[Term]] = []
        var index = 1
        for count in counts {
            var terms: [Term] = []
            for _ in 0..<count {
                let powers = [2 * index - 1, 2 * index].map { object.integer("P\(direction)\($0)") ?? 0 }
                guard powers.allSatisfy({ (0...greatestPower).contains($0) }) else { return nil }
                let coefficient = object.number("C\(direction)\(index)") ?? 0
                terms.append(Term(coefficient: coefficient, xPower: powers[0], yPower: powers[1]))
                index += 1
            }
            outputs.append(terms)
        }
        return outputs
    }
}
