internal import StewardCore

/// The components of the reference's storage classes `ImageV2`, `MaskV2`, `MaskedImageV2` and `VisitImage`.
public enum TreeComponent: String, Sendable, Hashable, CaseIterable {
    /// Image plane.
    case image
    /// Mask.
    case mask
    /// Variance plane.
    case variance
    /// All three planes.
    case maskedImage = "masked_image"
    /// Box of the pixels.
    case bbox
    /// Region of valid pixels.
    case bounds
    /// Unit of the image.
    case unit
    /// Sky mapping.
    case skyProjection = "sky_projection"
    /// Point spread function.
    case psf
    /// Description of the observation.
    case obsInfo = "obs_info"
    /// Scaling to calibrated values.
    case photometricScaling = "photometric_scaling"
    /// Summary statistics.
    case summaryStats = "summary_stats"
    /// Detector.
    case detector
    /// Aperture corrections.
    case apertureCorrections = "aperture_corrections"
    /// Backgrounds.
    case backgrounds

    /// The component with a name.
    ///
    /// - Parameter name: The reference's name.
    /// - Throws: `ButlerError` of code `unknownComponent` with the nearest names.
    public init(named name: String) throws {
        guard let component = TreeComponent(rawValue: name) else {
            throw ButlerError(
                .unknownComponent,
                "An image has no component \"\(name)\".",
                candidates: Candidates.nearest(to: name, in: Self.allCases.map(\.rawValue))
            )
        }
        self = component
    }

    /// Whether the parameter `bbox` applies.
    public var acceptsBox: Bool {
        switch self {
        case .image, .mask, .variance, .maskedImage: true
        default: false
        }
    }
}

/// The value of a component of a tree.
public enum TreeComponentValue: Sendable {
    /// Pixels.
    case image(AnyImage)
    /// Mask.
    case mask(Mask)
    /// Three planes.
    case maskedImage(MaskedImage)
    /// Box.
    case bbox(PixelBox)
    /// Region.
    case bounds(TreeBounds)
    /// Unit or other text.
    case unit(String)
    /// Sky mapping.
    case skyProjection(SkyMapping)
    /// Point spread function.
    case psf(PointSpreadFunction)
    /// A field.
    case field(TreeField)
    /// Fields by name.
    case fields([String: TreeField])
    /// A part as the tree has it: observation, statistics, detector, backgrounds.
    case tree(TreeNode)
}

extension TreeFile {
    /// Reads one component and nothing more.
    ///
    /// - Parameters:
    ///   - component: Which.
    ///   - part: For planes: the box to read in parent coordinates; nil for all.
    /// - Returns: The component, or nil if the tree has none.
    /// - Throws: `ButlerError` of code `invalidArgument` for a box where none applies or outside the image, and of the
    ///   codes of the single readers.
    public func component(_ component: TreeComponent, box part: PixelBox? = nil) throws -> TreeComponentValue? {
        guard part == nil || component.acceptsBox else {
            throw ButlerError(.invalidArgument, "The component \"\(component.rawValue)\" takes no parameter \"bbox\".")
        }
        switch component {
        case .image: return .image(try image(part))
        case .mask: return .mask(try mask(part))
        case .variance: return .image(.float32(try variance(part)))
        case .maskedImage: return .maskedImage(try maskedImage(part))
        case .bbox: return .bbox(try box)
        case .bounds: return .bounds(try bounds())
        case .unit: return unit.map { .unit($0) }
        case .skyProjection: return try skyProjection().map { .skyProjection($0) }
        case .psf: return try psf().map { .psf($0) }
        case .photometricScaling: return try photometricScaling().map { .field($0) }
        case .apertureCorrections: return .fields(try apertureCorrections())
        case .obsInfo, .summaryStats, .detector, .backgrounds:
            guard let node = root[component.rawValue], !node.isNull else { return nil }
            return .tree(try resolved(node))
        }
    }
}
