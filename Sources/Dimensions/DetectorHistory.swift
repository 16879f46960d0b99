public import AstroTime

/// Which physical detectors were in the slots of a camera, and when.
///
/// Raw files tell what was seen: each run of exposures with one serial number in a slot is an installation from the
/// beginning of the first to that of the last, in whatever order they come to be known. Camera versions have validity
/// ranges.
public struct DetectorHistory: Hashable, Sendable {
    /// A serial number and the instants of its first and last sight in nanoseconds.
    private struct Stay: Hashable {
        let serial: String
        let first: Int64
        var last: Int64
    }

    private var stays: [Int64: [Stay]] = [:]
    private var cameras: [DetectorInstallation] = []

    /// A history without entries.
    public init() {}

    /// Puts installations together; those of a definition are left out.
    public init(_ installations: [DetectorInstallation]) {
        for stay in installations where stay.source == .raw && !stay.timespan.isEmpty {
            let (first, last) = (stay.timespan.beginNanoseconds, stay.timespan.endNanoseconds - 1)
            stays[stay.detector, default: []].append(Stay(serial: stay.serial, first: first, last: last))
        }
        for detector in stays.keys { stays[detector]?.sort { $0.first < $1.first } }
        cameras = installations.filter { $0.source == .camera }.sorted(by: Self.precedes)
    }

    /// All installations that raw files and camera versions tell of, by slot and time.
    public var installations: [DetectorInstallation] {
        let seen = stays.flatMap { detector, stays in
            stays.map { Self.installation(detector, $0, until: $0.last + 1) }
        }
        return (seen + cameras).sorted(by: Self.precedes)
    }

    // MARK: Notes

    /// Notes what raw files show.
    ///
    /// - Parameter installations: A serial number in a slot during an exposure, in any order; beginnings count.
    public mutating func see(_ installations: [DetectorInstallation]) {
        var points: [Int64: [(time: Int64, serial: String)]] = [:]
        for seen in installations where !seen.timespan.isEmpty {
            points[seen.detector, default: []].append((seen.timespan.beginNanoseconds, seen.serial))
        }
        for (detector, new) in points {
            let old = stays[detector, default: []].flatMap { [($0.first, $0.serial), ($0.last, $0.serial)] }
            var runs: [Stay] = []
            for point in (old + new).sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
                if runs.last?.serial == point.1 {
                    runs[runs.count - 1].last = point.0
                } else {
                    runs.append(Stay(serial: point.1, first: point.0, last: point.0))
                }
            }
            stays[detector] = runs
        }
    }

    /// Notes the serial numbers of a camera version, in place of what earlier notes say of these slots and times.
    ///
    /// - Parameters:
    ///   - serials: Serial numbers by slot.
    ///   - validity: When the version is valid.
    public mutating func define(_ serials: [Int64: String], during validity: Timespan) {
        guard !validity.isEmpty else { return }
        cameras = cameras.flatMap { old in
            guard serials[old.detector] != nil else { return [old] }
            return old.timespan.difference(validity).filter { !$0.isEmpty }.map { span in
                DetectorInstallation(detector: old.detector, serial: old.serial, timespan: span, source: .camera)
            }
        }
        cameras += serials.map {
            DetectorInstallation(detector: $0.key, serial: $0.value, timespan: validity, source: .camera)
        }
        cameras.sort(by: Self.precedes)
    }

    // MARK: Questions

    /// The physical detector in a slot at an instant.
    ///
    /// Raw files come first, while they show it; then a camera version that is valid; then the last raw before, since a
    /// detector stays until another is seen; then the definition; then the first raw after.
    ///
    /// - Parameters:
    ///   - detector: Number of the slot.
    ///   - instant: The instant.
    ///   - defined: The serial number in the camera's definition, if it has one.
    /// - Returns: The detector, with the time for which its source vouches; a raw's lasts until another is seen.
    public func installation(
        of detector: Int64,
        at instant: TAI,
        defined: String? = nil
    ) -> DetectorInstallation? {
        let seen = stays[detector, default: []]
        let index = seen.lastIndex { $0.first <= instant.nanoseconds }
        let last = index.map { index in
            let next = index + 1 < seen.count ? seen[index + 1].first : TAI.latest.nanoseconds
            return Self.installation(detector, seen[index], until: next)
        }
        if let last, let index, instant.nanoseconds <= seen[index].last { return last }
        if let camera = cameras.last(where: { $0.detector == detector && $0.timespan.contains(instant) }) {
            return camera
        }
        if let last { return last }
        if let defined {
            return DetectorInstallation(detector: detector, serial: defined, timespan: .all, source: .definition)
        }
        return seen.first.map { first in
            Self.installation(detector, first, until: seen.count > 1 ? seen[1].first : TAI.latest.nanoseconds)
        }
    }

    /// The slots that got another physical detector, in the order of time.
    public var changes: [DetectorChange] {
        let changes = stays.flatMap { detector, stays in
            zip(stays, stays.dropFirst()).map { former, new in
                DetectorChange(
                    detector: detector,
                    instant: TAI(nanoseconds: new.first),
                    former: former.serial,
                    serial: new.serial,
                    formerSlot: slot(of: new.serial, before: new.first).flatMap { $0 == detector ? nil : $0 }
                )
            }
        }
        return changes.sorted { ($0.instant, $0.detector) < ($1.instant, $1.detector) }
    }

    /// Where a serial number was last seen before an instant.
    private func slot(of serial: String, before instant: Int64) -> Int64? {
        stays.flatMap { detector, stays in
            stays.filter { $0.serial == serial && $0.first < instant }.map { ($0.last, detector) }
        }
        .max { $0 < $1 }?.1
    }

    private static func installation(_ detector: Int64, _ stay: Stay, until end: Int64) -> DetectorInstallation {
        let span = Timespan(beginNanoseconds: stay.first, endNanoseconds: end)
        return DetectorInstallation(detector: detector, serial: stay.serial, timespan: span, source: .raw)
    }

    private static func precedes(_ a: DetectorInstallation, _ b: DetectorInstallation) -> Bool {
        (a.detector, a.timespan.beginNanoseconds, a.source.rawValue)
            < (b.detector, b.timespan.beginNanoseconds, b.source.rawValue)
    }
}
