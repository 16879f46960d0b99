internal import ButlerConfig
internal import Datastores
internal import FITS
internal import StewardCore

/// Suffixes that FITS files have.
enum FITSSuffix {
    static let written = ".fits"
    static let all: Set<String> = [".fits", ".fits.gz", ".fits.fz", ".fz", ".fit"]
}

extension FITSWriteRecipe {
    /// The recipe that the write parameter `recipe` names; without one the recipe `default`.
    ///
    /// Recipes of the configuration win over those of equal names that the reference ships. A formatter does not learn
    /// the data ID, so that a dither sequence without a given seed starts at 1.
    ///
    /// - Parameters:
    ///   - options: What the configuration says.
    ///   - lossy: The recipe `lossy16` of the layout.
    /// - Throws: ``ButlerError`` with `.formatter` for unknown recipes, algorithms and scalings.
    init(_ options: FormatterOptions, lossy: FITSWriteRecipe = .lossy16(seed: 1)) throws {
        let shipped: [String: FITSWriteRecipe] = [
            "default": .lossless, "lossless": .lossless, "noCompression": .noCompression, "lossy16": lossy,
        ]
        let name = options.parameters["recipe"]?.string ?? "default"
        if let tree = options.recipes[name] {
            self = try FITSWriteRecipe(tree, name)
        } else if let recipe = shipped[name] {
            self = recipe
        } else {
            let known = Set(shipped.keys).union(options.recipes.keys)
            throw ButlerError(
                .formatter,
                "There is no write recipe \"\(name)\".",
                remedy: "There are \(known.sorted().joined(separator: ", ")).",
                candidates: Candidates.nearest(to: name, in: known)
            )
        }
    }

    private init(_ tree: ConfigTree, _ name: String) throws {
        let plane = { try FITSCompression(recipe: tree[$0], name) }
        self.init(image: try plane("image"), mask: try plane("mask"), variance: try plane("variance"))
    }
}

extension FITSCompression {
    /// The compression of one plane in a recipe; nil for none.
    fileprivate init?(recipe: ConfigTree?, _ name: String) throws {
        guard let recipe, let word = recipe["algorithm"]?.string, word != "NONE" else { return nil }
        guard let algorithm = Algorithm(rawValue: word) else {
            throw FITSCompression.unknown("algorithm", word, name)
        }
        self.init(algorithm, quantization: try recipe["quantization"].flatMap { try Quantization(recipe: $0, name) })
    }

    fileprivate static func unknown(_ what: String, _ word: String, _ recipe: String) -> ButlerError {
        ButlerError(.formatter, "The \(what) \"\(word)\" of write recipe \"\(recipe)\" is not known.")
    }
}

extension FITSCompression.Quantization {
    fileprivate init?(recipe: ConfigTree, _ name: String) throws {
        guard !recipe.isNull else { return nil }
        let word = recipe["dither"]?.string ?? "NO_DITHER"
        guard let dither = FITSCompression.Dither(rawValue: word) else {
            throw FITSCompression.unknown("dither", word, name)
        }
        let level = Float(recipe["level"]?.number ?? 16)
        let planes = (recipe["mask_planes"]?.list ?? []).compactMap(\.string)
        let step: FITSCompression.Step
        switch recipe["scaling"]?.string ?? "STDEV_CFITSIO" {
        case "STDEV_MASKED": step = .maskedDeviation(level: level, planes: planes)
        case "STDEV_CFITSIO": step = .tileNoise(level: level)
        case "MANUAL": step = .absolute(level)
        case let word: throw FITSCompression.unknown("scaling", word, name)
        }
        let seed = recipe["seed"]?.number.flatMap { Int(exactly: $0) } ?? 1
        guard level > 0, (1...10_000).contains(seed) else {
            throw ButlerError(.formatter, "Level \(level) or seed \(seed) of write recipe \"\(name)\" is out of range.")
        }
        self.init(step: step, dither: dither, seed: seed)
    }
}

extension ConfigTree {
    /// The number, if this is one.
    fileprivate var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
