public import AstroTime
import Foundation

/// One visit: the row of the `visit` table without its region, its exposures and systems.
public struct Visit: Hashable, Sendable {
    /// Number of the visit.
    public let id: Int64
    /// Name of the visit.
    public let name: String
    /// The systems that the visit belongs to, in ascending order.
    public let systems: [VisitSystem]
    /// Its exposures, at least one.
    public let exposures: [ExposureSummary]

    /// Creates a visit; nil without exposures.
    init?(_ id: Int64, _ name: String, _ systems: [VisitSystem], _ exposures: [ExposureSummary]) {
        guard !exposures.isEmpty else { return nil }
        self.id = id
        self.name = name
        self.systems = systems
        self.exposures = exposures
    }

    /// Earliest observing day of the exposures.
    public var dayObs: Int64 { exposures.map(\.dayObs).min() ?? 0 }

    /// Least counter of the exposures.
    public var seqNum: Int64? { folded(\.seqNum, min) }

    /// Sum of the exposure times in seconds.
    public var exposureTime: Double? { folded(\.exposureTime, +) }

    /// The common filter.
    public var physicalFilter: String? { common(\.physicalFilter) }

    /// The common target.
    public var targetName: String? { common(\.targetName) }

    /// The common programme.
    public var scienceProgram: String? { common(\.scienceProgram) }

    /// The common reason, else `various`.
    public var observationReason: String { common(\.observationReason) ?? "various" }

    /// Arithmetic mean of the zenith angles in degrees.
    public var zenithAngle: Double? {
        folded(\.zenithAngle, +).map { $0 / Double(exposures.count) }
    }

    /// Circular mean of the azimuths in degrees, in -180 to 180; of one exposure its own value.
    public var azimuth: Double? {
        let angles = exposures.compactMap(\.azimuth)
        guard angles.count == exposures.count, angles.count > 1 else {
            return angles.count == exposures.count ? angles.first : nil
        }
        // Multiplied by the quotient, as the reference does: the last bits of the result depend on it.
        let radians = angles.map { $0 * (.pi / 180) }
        let sine = radians.reduce(0) { $0 + sin($1) }
        let cosine = radians.reduce(0) { $0 + cos($1) }
        return atan2(sine, cosine) * (180 / .pi)
    }

    /// Earliest beginning of the exposures.
    public var begin: TAI { exposures.map(\.begin).min() ?? .earliest }

    /// Latest end of the exposures.
    public var end: TAI { exposures.map(\.end).max() ?? .earliest }

    /// Combines a value of all exposures from left to right; nil when one of them has none.
    private func folded<Value>(
        _ value: KeyPath<ExposureSummary, Value?>,
        _ combine: (Value, Value) -> Value
    ) -> Value? {
        var result: Value?
        for exposure in exposures {
            guard let next = exposure[keyPath: value] else { return nil }
            result = result.map { combine($0, next) } ?? next
        }
        return result
    }

    /// The value that all exposures share.
    ///
    /// As in the reference, a difference is forgotten when the next exposure comes: of A, B, B the common value is B,
    /// of A, B, C it is C.
    private func common<Value: Equatable>(_ value: KeyPath<ExposureSummary, Value?>) -> Value? {
        var result: Value?
        for exposure in exposures {
            guard let next = exposure[keyPath: value] else { return nil }
            result = result == nil || result == next ? next : nil
        }
        return result
    }

    private func common<Value: Equatable>(_ value: KeyPath<ExposureSummary, Value>) -> Value? {
        var result: Value?
        for exposure in exposures {
            let next = exposure[keyPath: value]
            result = result == nil || result == next ? next : nil
        }
        return result
    }
}
