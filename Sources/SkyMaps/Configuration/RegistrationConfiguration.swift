internal import ButlerConfig
internal import StewardCore

/// What a configuration file says of a sky map to register, for instance an observatory's `makeSkyMap.py`.
public struct RegistrationConfiguration: Sendable, Hashable {
    /// Name under which the sky map is to be registered; nil if the file gives none.
    public var name: String?
    /// The sky map.
    public var skyMap: SkyMapConfiguration

    /// Keys of former versions that mean nothing here.
    private static let ignored: Set<String> = ["doWrite", "datasetTypeName", "coaddName"]

    /// Reads texts one after the other, later assignments over earlier ones.
    ///
    /// - Parameters:
    ///   - texts: Texts of files with what they are called in errors, in the form
    ///     `config.skyMap["rings"].numRings = 120`.
    ///   - overrides: Further assignments, for instance `skyMap.name=rings`.
    /// - Throws: `ButlerError` of code `configuration` naming line and key of what is not understood.
    public init(_ texts: [(text: String, source: String)], overrides: [String] = []) throws {
        var state = State()
        for (text, source) in texts {
            for assignment in try TaskConfigText(text, source: source).assignments {
                try state.apply(assignment, source: source)
            }
        }
        for assignment in try TaskConfigText(items: overrides).assignments {
            try state.apply(assignment, source: TaskConfigText.itemSource)
        }
        let settings = state.settings[state.active] ?? SkyMapSettings(state.active)
        name = state.name
        skyMap = try settings.configuration(source: texts.last?.source ?? TaskConfigText.itemSource)
        try skyMap.check()
    }

    /// What has been set so far.
    private struct State {
        var name: String?
        var active = SkyMapKind.dodecahedron
        var settings: [SkyMapKind: SkyMapSettings] = [:]

        mutating func apply(_ assignment: TaskConfigText.Assignment, source: String) throws {
            switch assignment.path {
            case ["name"]:
                switch assignment.value {
                case .text(let text): name = text
                case .int(let number): name = String(number)
                case .none: name = nil
                default: throw SkyMapSettings.wrong(assignment, "a text", source)
                }
            case ["skyMap"], ["skyMap", "name"]:
                guard case .text(let text) = assignment.value, let kind = SkyMapKind(rawValue: text) else {
                    let kinds = SkyMapKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                    throw SkyMapSettings.wrong(assignment, "one of " + kinds, source)
                }
                active = kind
            case let path where path.count > 2 && path[0] == "skyMap":
                let kinds = SkyMapKind.allCases.map(\.rawValue)
                guard let kind = path[1] == "active" ? active : SkyMapKind(rawValue: path[1]) else {
                    throw SkyMapSettings.unknown(assignment, among: kinds, source)
                }
                try settings[kind, default: SkyMapSettings(kind)].set(path[2...], assignment, source: source)
            case let path where path.count == 1 && RegistrationConfiguration.ignored.contains(path[0]): break
            default: throw SkyMapSettings.unknown(assignment, among: ["name", "skyMap"], source)
            }
        }
    }
}
