/// What defines a sky map: where its tracts are and how they are cut into patches.
///
/// Two sky maps are the same exactly when their configurations give the same ``SkyMap/hash``. Angles have the units of
/// the reference's configuration files (`skymap: baseSkyMap.py`), which the hash depends on.
public struct SkyMapConfiguration: Sendable, Hashable {
    /// Where the tracts are.
    public var layout: TractLayout
    /// Least overlap of neighbouring tracts, degrees.
    public var tractOverlap: Double
    /// Seconds of arc per pixel at the tract's centre.
    public var pixelScale: Double
    /// FITS projection code of three letters, for instance `TAN`.
    public var projection: String
    /// Angle by which pixel rows are turned on the sky, degrees.
    public var rotation: Double
    /// How tracts are cut into patches.
    public var patches: PatchLayout

    /// Creates a configuration; what is not given is as the reference has it for this layout.
    ///
    /// - Parameters:
    ///   - layout: Where the tracts are.
    ///   - tractOverlap: Least overlap of neighbouring tracts, degrees.
    ///   - pixelScale: Seconds of arc per pixel.
    ///   - projection: FITS projection code.
    ///   - rotation: Angle of pixel rows, degrees.
    ///   - patches: How tracts are cut into patches.
    public init(
        _ layout: TractLayout,
        tractOverlap: Double? = nil,
        pixelScale: Double? = nil,
        projection: String? = nil,
        rotation: Double? = nil,
        patches: PatchLayout? = nil
    ) {
        let isDodecahedron = layout.kind == .dodecahedron
        self.layout = layout
        self.tractOverlap = tractOverlap ?? (isDodecahedron ? 3.5 : 1.0)
        self.pixelScale = pixelScale ?? (isDodecahedron ? 0.2 : 0.333)
        self.projection = projection ?? (layout.kind == .equatorial ? "CEA" : "STG")
        self.rotation = rotation ?? (layout.kind == .healpix ? 45 : 0)
        self.patches = patches ?? .legacy(width: 4000, height: 4000, border: isDodecahedron ? 250 : 100)
    }
}
