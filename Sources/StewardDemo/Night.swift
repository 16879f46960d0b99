import AstroTime
import StewardCore

/// What was observed in the simulated night, in order.
struct Night {
    /// One exposure of all detectors.
    struct Exposure {
        let number: Int
        let kind: String
        let filter: String
        let seconds: Double
        let object: String
        let begin: TAI
        /// Right ascension and declination of the boresight, degrees ICRS; nil in the dome.
        let pointing: (ra: Double, dec: Double)?

        var isScience: Bool { kind == "SCIENCE" }
        var identifier: String {
            "SC_O_\(Night.day)_" + String(repeating: "0", count: 6 - "\(number)".count) + "\(number)"
        }
    }

    static let day = 20_260_310
    let exposures: [Exposure]

    init() throws {
        let evening = try TAI("2026-03-10T22:30:00", format: .isot, scale: .tai)
        var list: [Exposure] = []
        var time = evening
        func take(_ kind: String, _ filter: String, _ seconds: Double, _ object: String, _ pointing: (Double, Double)?)
        {
            list.append(
                Exposure(
                    number: list.count + 1,
                    kind: kind,
                    filter: filter,
                    seconds: seconds,
                    object: object,
                    begin: time,
                    pointing: pointing.map { (ra: $0.0, dec: $0.1) }
                )
            )
            time = time.advanced(bySeconds: seconds + 12)
        }
        for _ in 0..<3 { take("BIAS", "NONE", 0, "bias", nil) }
        for _ in 0..<3 { take("DARK", "NONE", 120, "dark", nil) }
        for filter in ["SimCam-g", "SimCam-r"] {
            for _ in 0..<3 { take("FLAT", filter, 8, "dome", nil) }
        }
        for (index, filter) in ["SimCam-g", "SimCam-r"].enumerated() {
            for dither in 0..<3 {
                take(
                    "SCIENCE",
                    filter,
                    60,
                    "field \(index + 1)",
                    (150.1 + 0.02 * Double(dither), 2.2 - 0.015 * Double(dither))
                )
            }
        }
        exposures = list
    }
}
