public import AstroTime

/// Names of the usual collections of a camera: labels joined by `/` behind a prefix.
public struct CollectionNames: Hashable, Sendable {
    /// First part of all names, usually the instrument's.
    public let prefix: String
    /// RUN for raw data, without the prefix.
    let rawLabel: String
    /// CALIBRATION, without the prefix.
    let calibrationLabel: String
    /// CHAINED collection for everyday use, without the prefix.
    let umbrellaLabel: String
    /// The calibration collection used when none is named.
    public let defaultCalibration: String

    /// RUN collection of raw data.
    public var raw: String { name(rawLabel) }

    /// CHAINED collection for everyday use.
    public var umbrella: String { name(umbrellaLabel) }

    /// CALIBRATION collection with some labels.
    public func calibration(_ labels: String...) -> String {
        name([calibrationLabel] + labels)
    }

    /// RUN collection of calibrations that are valid at all times.
    public func unboundedCalibration(_ labels: String...) -> String {
        name([calibrationLabel] + labels + ["unbounded"])
    }

    /// RUN collection of curated calibrations made for a date.
    ///
    /// - Parameters:
    ///   - date: The date that the files give.
    ///   - labels: Labels of the calibration collection.
    /// - Returns: The name; the date is in UTC without the fraction of a second.
    public func curatedCalibration(date: TAI, _ labels: String...) -> String {
        name([calibrationLabel] + labels + ["curated", Self.timestamp(date)])
    }

    /// An instant as it stands in names: `20200102T030405Z`, UTC, the fraction dropped.
    public static func timestamp(_ instant: TAI) -> String {
        let text = instant.isot(decimals: 9, scale: .utc).prefix(19)
        return text.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private func name(_ labels: [String]) -> String {
        ([prefix] + labels).joined(separator: "/")
    }

    private func name(_ label: String) -> String { name([label]) }
}
