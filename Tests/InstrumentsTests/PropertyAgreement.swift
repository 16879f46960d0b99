import ObservationMetadata
import StewardCore

extension JSONValue {
    /// Whether a property is the reference's, within the tolerance of its kind.
    func agrees(with b: JSONValue, as property: ObservationProperty) -> Bool {
        let a = self
        let tolerance =
            switch property.kind {
            case .position: 1e-9
            case .location: 1e-3
            case .instant: 1.2e-14  // one nanosecond; whole ones are compared in a test of their own
            default: property.unit == "deg" ? 1e-9 : property == .boresightAirmass ? 1e-9 * abs(b.double ?? 0) : 0
            }
        if let word = b["__float__"]?.string { return word == "nan" && a.double?.isNaN == true }
        switch (a, b) {
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.agrees(with: $1, as: property) }
        case (.double, _), (_, .double):
            guard let x = a.double, let y = b.double else { return false }
            return abs(x - y) <= max(tolerance, 1e-15 * abs(y)) || (x.isNaN && y.isNaN)
        default: return a == b
        }
    }
}
