public import StewardCore

/// The outcome of translating one header.
public struct Translation: Sendable {
    /// The properties that could be had.
    public var info: ObservationInfo
    /// Properties that were asked for, are not required, and could not be had; each error names property and keyword.
    public var problems: [Problem]
    /// What was changed in the header before.
    public var repairs: HeaderRepairs

    /// A property that could not be had.
    public struct Problem: Sendable {
        /// The property.
        public let property: ObservationProperty
        /// Why.
        public let error: ButlerError
    }
}

/// What was changed in a header before it was translated.
public struct HeaderRepairs: Hashable, Sendable {
    /// Whether anything was changed by a correction or a rule of the camera.
    public var isModified: Bool
    /// Where corrections of this observation were found: path of a file, or `definition of NAME`.
    public var correctionSource: String?
    /// Keywords whose value is another one now, in the order of change.
    public var keywords: [String]

    /// Nothing was changed.
    public static let none = HeaderRepairs(isModified: false, correctionSource: nil, keywords: [])
}
