internal import StewardCore

extension SkyMap {
    private static let configModule = "lsst.pex.config.config"
    private static let configFunction = "unreduceConfig"

    /// Reads a sky map from the pickle in which the reference stores it.
    ///
    /// Only names of the reference's sky map classes are understood, and nothing is executed.
    ///
    /// - Parameter pickle: The file's content.
    /// - Throws: `ButlerError` of code `corruptFile` for anything else than such a pickle, `configuration` naming line and
    ///   key of its configuration that is not understood.
    public init(pickle: [UInt8]) throws {
        guard
            case .object(.global(_, let name), let arguments, let state) = try PickleReader.read(pickle),
            let kind = SkyMapKind.allCases.first(where: { $0.className == name })
        else { throw Self.foreign("it holds no sky map") }
        let (config, version) = try Self.parts(arguments, state)
        guard
            case .object(.global(_, Self.configFunction), .tuple(let parts), nil) = config, parts.count == 2,
            case .global(_, let configName) = parts[0], configName == kind.className + "Config"
        else { throw Self.foreign("its configuration is of another form") }
        let text: String
        switch parts[1] {
        case .text(let value): text = value
        case .bytes(let value): text = String(decoding: value, as: UTF8.self)
        default: throw Self.foreign("its configuration is no text")
        }
        let configuration = try SkyMapConfiguration(text, kind: kind, source: "pickle of \(name)")
        // The version counts for rings only; other classes write 0 or a pair of numbers.
        try self.init(configuration, version: kind == .rings ? version : 1)
    }

    /// Configuration and version from constructor arguments or from a state.
    private static func parts(_ arguments: PickleValue, _ state: PickleValue?) throws -> (PickleValue, Int) {
        if case .dictionary(let values)? = state, let config = values["config"] { return (config, 1) }
        guard case .tuple(let items) = arguments, let config = items.first else {
            throw foreign("it has no configuration")
        }
        guard items.count > 1, case .int(let version) = items[1] else { return (config, 0) }
        return (config, version)
    }

    /// The pickle by which the reference reads this sky map.
    public var pickle: [UInt8] {
        let kind = configuration.layout.kind
        let config = PickleValue.object(
            .global(module: Self.configModule, name: Self.configFunction),
            arguments: .tuple([
                .global(module: kind.moduleName, name: kind.className + "Config"),
                .bytes(Array(configuration.text().utf8)),
            ]),
            state: nil
        )
        let type = PickleValue.global(module: kind.moduleName, name: kind.className)
        switch kind {
        case .dodecahedron, .equatorial:
            let state: [String: PickleValue] = [
                "version": .tuple([.int(1), .int(0)]), "config": config,
            ]
            return PickleWriter.write(.object(type, arguments: .tuple([]), state: .dictionary(state)))
        case .rings:
            return PickleWriter.write(.object(type, arguments: .tuple([config, .int(version)]), state: nil))
        case .discrete, .healpix:
            return PickleWriter.write(.object(type, arguments: .tuple([config, .int(0)]), state: nil))
        }
    }

    private static func foreign(_ reason: String) -> ButlerError {
        ButlerError(.corruptFile, "The pickle is not that of a sky map: \(reason).")
    }
}
