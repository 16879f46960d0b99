extension ASTMapping {
    /// Decodes a mapping, or nil for classes and forms that are left opaque.
    ///
    /// - Parameter object: The text's object; a frame set stands for the mapping from its base to its current frame.
    init?(_ object: ASTObject) {
        switch object.className {
        case "UnitMap": self = .unit
        case "ZoomMap":
            guard let zoom = object.number("Zoom"), zoom != 0 else { return nil }
            self = .window(scale: SIMD3(repeating: zoom), shift: SIMD3())
        case "ShiftMap": self = .window(scale: SIMD3(1, 1, 1), shift: Self.vector(object, "Sft", 0))
        case "WinMap":
            let scale = Self.vector(object, "Scl", 1)
            guard scale[0] != 0, scale[1] != 0, scale[2] != 0 else { return nil }
            self = .window(scale: scale, shift: Self.vector(object, "Sft", 0))
        case "MatrixMap":
            guard let matrix = Self.matrix(object) else { return nil }
            self = matrix
        case "PolyMap":
            guard let polynomial = ASTPolynomial(object) else { return nil }
            self = .polynomial(polynomial)
        case "WcsMap":
            guard object.text("Type") == "TAN" else { return nil }
            self = .tangent
        case "SphMap": self = .sphere(polarLongitude: object.number("PlrLg") ?? 0)
        case "CmpMap":
            guard let compound = Self.compound(object) else { return nil }
            self = compound
        case "UnitNormMap":
            let centre = (1...2).map { object.number("Ctr\($0)") ?? 0 }
            guard object.integer("Nin") ?? 2 == 2 else { return nil }
            self = .distance(centre: SIMD2(centre[0], centre[1]))
        case "FrameSet":
            guard let series = Self.frameSet(object) else { return nil }
            self = series
        default: return nil
        }
    }

    private static func vector(_ object: ASTObject, _ root: String, _ absent: Double) -> SIMD3<Double> {
        SIMD3((1...3).map { object.number("\(root)\($0)") ?? absent })
    }

    /// A matrix of two or three dimensions; in two the third coordinate stays.
    private static func matrix(_ object: ASTObject) -> ASTMapping? {
        let size = object.integer("Nin") ?? 0
        guard size == 2 || size == 3, object.integer("Nout") ?? size == size else { return nil }
        let identity = [SIMD3(1.0, 0, 0), SIMD3(0, 1.0, 0), SIMD3(0, 0, 1.0)]
        switch object.text("Form") ?? "Full" {
        case "Unit": return .unit
        case "Diagonal":
            let diagonal = SIMD3((0..<3).map { $0 < size ? object.number("M\($0)") ?? 0 : 1 })
            guard diagonal[0] != 0, diagonal[1] != 0, diagonal[2] != 0 else { return nil }
            return .window(scale: diagonal, shift: SIMD3())
        default:
            let rows = ["M", "IM"].map { root in
                var rows = identity
                for row in 0..<size {
                    for column in 0..<size { rows[row][column] = object.number("\(root)\(row * size + column)") ?? 0 }
                }
                return rows
            }
            return .matrix(rows: rows[0], inverse: rows[1])
        }
    }

    /// Two mappings one after the other or side by side; `InvA` and `InvB` take the place of the components' own inversion.
    private static func compound(_ object: ASTObject) -> ASTMapping? {
        guard
            let first = object.object("MapA"), let second = object.object("MapB"),
            let a = ASTMapping(first), let b = ASTMapping(second)
        else { return nil }
        let steps = [
            Step(mapping: a, isInverted: object.flag("InvA")), Step(mapping: b, isInverted: object.flag("InvB")),
        ]
        guard object.integer("Series") ?? 1 == 0 else { return .series(steps) }
        guard let width = first.integer("Nin"), (1...2).contains(width) else { return nil }
        return .parallel(steps[0], width: width, steps[1])
    }

    /// The way from the base frame's node to the current frame's, through their common ancestor.
    private static func frameSet(_ object: ASTObject) -> ASTMapping? {
        guard let frames = object.integer("Nframe"), (1...100).contains(frames) else { return nil }
        let nodes = object.integer("Nnode") ?? frames
        let base = object.integer("Base") ?? 1
        let current = object.integer("Currnt") ?? frames
        guard (1...100).contains(nodes) else { return nil }
        let up = ancestors(object, of: object.integer("Nod\(base)") ?? base, nodes: nodes)
        let down = ancestors(object, of: object.integer("Nod\(current)") ?? current, nodes: nodes)
        guard let up, let down, let common = up.first(where: down.contains) else { return nil }
        var steps: [Step] = []
        for node in up.prefix(while: { $0 != common }) {
            guard let step = link(object, node, upward: true) else { return nil }
            steps.append(step)
        }
        for node in down.prefix(while: { $0 != common }).reversed() {
            guard let step = link(object, node, upward: false) else { return nil }
            steps.append(step)
        }
        return .series(steps)
    }

    /// A node, its parent and so on; nil for links that go round.
    private static func ancestors(_ object: ASTObject, of node: Int, nodes: Int) -> [Int]? {
        var chain = [node]
        while let last = chain.last, let parent = object.integer("Lnk\(last)") {
            guard !chain.contains(parent), chain.count <= nodes else { return nil }
            chain.append(parent)
        }
        return chain
    }

    /// The mapping between a node and its parent, which goes from the parent to the node.
    private static func link(_ object: ASTObject, _ node: Int, upward: Bool) -> Step? {
        guard let child = object.object("Map\(node)"), let mapping = ASTMapping(child) else { return nil }
        return Step(mapping: mapping, isInverted: object.flag("Inv\(node)") != upward)
    }
}
