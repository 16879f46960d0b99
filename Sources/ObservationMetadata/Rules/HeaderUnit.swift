/// A unit in which a header may give a number, and what it takes to reach the unit of the property.
enum HeaderUnit: String, CaseIterable, Sendable {
    case second
    case millisecond
    case metre
    case millimetre
    case micrometre
    case kelvin
    case celsius
    case hectopascal
    case pascal
    case torr
    /// The conventional millimetre of mercury, a little more than a torr.
    case mercury
    case degree
    case radian
    case hour
    case percent
    case fraction

    /// The unit of the property that this one converts to.
    var standard: String {
        switch self {
        case .second, .millisecond: "s"
        case .metre, .millimetre, .micrometre: "m"
        case .kelvin, .celsius: "K"
        case .hectopascal, .pascal, .torr, .mercury: "hPa"
        case .degree, .radian, .hour: "deg"
        case .percent, .fraction: "%"
        }
    }

    /// The value in the standard unit.
    func converted(_ value: Double) -> Double {
        switch self {
        case .second, .metre, .kelvin, .hectopascal, .degree, .percent: value
        case .millisecond, .millimetre: value * 0.001
        case .micrometre: value * 1e-6
        case .celsius: value + 273.15
        case .pascal: value * 0.01
        case .torr: value * 1.3332236842105263
        case .mercury: value * 1.33322387415
        case .radian: value * 180 / .pi
        case .hour: value * SexagesimalAngle.Unit.hours.inDegrees
        case .fraction: value * 100
        }
    }
}
