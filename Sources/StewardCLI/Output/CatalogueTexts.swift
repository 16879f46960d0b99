internal import ArgumentParser
internal import AstroTime
internal import Foundation
internal import SphericalGeometry
internal import StewardCore

/// Which positions the region of a search is for.
enum CatalogueTrim: String, CaseIterable, ExpressibleByArgument {
    case asStored = "as-stored"
    case atEpoch = "at-epoch"
}

/// Form of the output of sources.
enum CatalogueFormat: String, CaseIterable, ExpressibleByArgument {
    case table
    case csv
    case json
    case jsonl
    case fits
}

/// Angles as people write them: degrees, or a number with a unit.
enum AngleText {
    private static let units: [(name: String, degrees: Double)] = [
        ("arcsec", 1 / 3600.0), ("arcmin", 1 / 60.0), ("mas", 1 / 3.6e6), ("deg", 1), ("rad", 180 / Double.pi),
        ("\"", 1 / 3600.0), ("'", 1 / 60.0), ("d", 1), ("", 1),
    ]

    static func angle(_ text: String) throws -> Angle {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        for (name, degrees) in units where trimmed.hasSuffix(name) {
            let digits = trimmed.dropLast(name.count).trimmingCharacters(in: .whitespaces)
            guard let number = Double(digits), number.isFinite, number >= 0 else { break }
            return Angle(degrees: number * degrees)
        }
        throw ButlerError(
            .region,
            "\"\(text)\" is not an angle.",
            remedy: "Write degrees, or a number with \", ', arcsec, arcmin or rad."
        )
    }
}

/// Dates as people write them: Julian epochs and time literals.
enum EpochText {
    /// The Modified Julian Date in TAI.
    static func modifiedJulianDate(_ text: String) throws -> Double {
        if text.hasPrefix("J"), let year = Double(text.dropFirst()), year.isFinite {
            return 51_544.5 + (year - 2000) * 365.25
        }
        if let date = Double(text), date.isFinite { return date }
        return try TAI(literal: text).modifiedJulianDate()
    }
}
