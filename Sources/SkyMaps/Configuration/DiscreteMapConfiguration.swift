internal import ButlerConfig
internal import StewardCore

/// How a discrete sky map is made around images (`pipe_tasks: makeDiscreteSkyMap.py`).
public struct DiscreteMapConfiguration: Sendable, Hashable {
    /// The sky map without tracts.
    public var skyMap: SkyMapConfiguration
    /// Degrees added to the radius of the circle around the images.
    public var borderSize: Double
    /// Whether the tract is added to those of an existing sky map.
    public var appends: Bool
    /// Name of the dataset type of the images, nil if the file gives none.
    public var datasetType: String?

    private static let ignored: Set<String> = ["doWrite", "coaddName"]

    /// Reads texts one after the other, later assignments over earlier ones.
    ///
    /// - Parameter texts: Texts of files with what they are called in errors, in the form `config.skyMap.pixelScale = 0.2`.
    /// - Throws: `ButlerError` of code `configuration` naming line and key of what is not understood.
    public init(_ texts: [(text: String, source: String)] = []) throws {
        var settings = SkyMapSettings(.discrete)
        try settings.set(
            ["tractOverlap"],
            .init(path: ["skyMap", "tractOverlap"], value: .real(0), line: 0),
            source: "defaults"
        )
        (borderSize, appends, datasetType) = (0, false, nil)
        for (text, source) in texts {
            for assignment in try TaskConfigText(text, source: source).assignments {
                switch (assignment.path, assignment.value) {
                case (["doAppend"], .bool(let value)): appends = value
                case (["datasetTypeName"], .text(let value)): datasetType = value
                case (["borderSize"], let value):
                    guard let size = value.realValue, (0..<90).contains(size) else {
                        throw SkyMapSettings.wrong(assignment, "a number of degrees from 0 to 90", source)
                    }
                    borderSize = size
                case (let path, _) where path.count > 1 && path[0] == "skyMap":
                    try settings.set(path[1...], assignment, source: source)
                case (let path, _) where path.count == 1 && Self.ignored.contains(path[0]): break
                default:
                    let keys = ["skyMap", "borderSize", "doAppend", "datasetTypeName"]
                    throw SkyMapSettings.unknown(assignment, among: keys, source)
                }
            }
        }
        skyMap = try settings.configuration(source: texts.last?.source ?? "defaults")
        try skyMap.check()
    }
}
