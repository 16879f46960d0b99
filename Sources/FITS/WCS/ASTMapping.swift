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
    /// Coordinates in the plane to the direction from a centre and the distance from it.
    case distance(centre: SIMD2<Double>)
    case series([Step])
    /// The first mapping takes so many coordinates, the second the others.
    case parallel(Step, width: Int, Step)

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
        case .distance(let centre): return inverted ? Self.place(point, centre) : Self.distance(point, centre)
        case .parallel(let first, let width, let second):
            let rest = width == 1 ? SIMD3(point[1], point[2], 0) : SIMD3(point[2], 0, 0)
            guard let a = first.mapping.apply(point, inverted: first.isInverted != inverted),
                let b = second.mapping.apply(rest, inverted: second.isInverted != inverted)
            else { return nil }
            return width == 1 ? SIMD3(a[0], b[0], b[1]) : SIMD3(a[0], a[1], b[0])
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

    private static func distance(_ point: SIMD3<Double>, _ centre: SIMD2<Double>) -> SIMD3<Double> {
        let offset = SIMD2(point[0], point[1]) - centre
        let distance = (offset * offset).sum().squareRoot()
        return distance == 0 ? SIMD3() : SIMD3(offset / distance, distance)
    }

    private static func place(_ point: SIMD3<Double>, _ centre: SIMD2<Double>) -> SIMD3<Double> {
        SIMD3(centre + SIMD2(point[0], point[1]) * point[2], 0)
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

/// Polynomials of two coordinates, or of one, which then is the first.
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

    /// Reads the coefficients, or nil for other than one or two inputs and as many outputs.
    init?(_ object: ASTObject) {
        let width = object.integer("Nin") ?? 2
        guard (1...2).contains(width), object.integer("Nout") ?? width == width else { return nil }
        guard let forward = Self.terms(object, "F", width) else { return nil }
        self.forward = forward
        backward = Self.terms(object, "I", width) ?? []
    }

    func value(_ point: SIMD3<Double>) -> SIMD3<Double> { Self.sum(forward, point) }

    func inverse(_ target: SIMD3<Double>) -> SIMD3<Double>? {
        guard backward.isEmpty else { return Self.sum(backward, target) }
        var point = target
        for _ in 0..<50 {
            let difference = value(point) - target
            let (dx, dy) = derivatives(point)
            // The second of two coordinates that there are not stays.
            let determinant = forward.count == 1 ? dx[0] : dx[0] * dy[1] - dx[1] * dy[0]
            guard determinant != 0, determinant.isFinite else { return nil }
            let step =
                forward.count == 1
                ? SIMD3(difference[0] / determinant, 0, 0)
                : SIMD3(
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

    private static func terms(_ object: ASTObject, _ direction: String, _ width: Int) -> [[Term]]? {
        let counts = (1...width).map { object.integer("NC\(direction)\($0)") ?? 0 }
        guard counts.contains(where: { $0 > 0 }), counts.allSatisfy({ (0...400).contains($0) }) else { return nil }
        var outputs: [[Term]] = []
        var index = 1
        for count in counts {
            var terms: [Term] = []
            for _ in 0..<count {
                let powers = (1...width).map { object.integer("P\(direction)\(width * (index - 1) + $0)") ?? 0 }
                guard powers.allSatisfy({ (0...greatestPower).contains($0) }) else { return nil }
                let coefficient = object.number("C\(direction)\(index)") ?? 0
                terms.append(Term(coefficient: coefficient, xPower: powers[0], yPower: width == 2 ? powers[1] : 0))
                index += 1
            }
            outputs.append(terms)
        }
        return outputs
    }
}
