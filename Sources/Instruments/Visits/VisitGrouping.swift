public import ObservationMetadata
import StewardCore

/// How exposures become visits (`obs_base: defineVisits.py`); the raw value is the name in definitions and options.
public enum VisitGrouping: String, Hashable, Sendable, CaseIterable {
    /// One visit for each exposure.
    case oneToOne = "one-to-one"
    /// One visit for each exposure, and one for all exposures with the same first and last counter.
    case oneToOneAndByCounter = "one-to-one-and-by-counter"
    /// One visit for each exposure group.
    case byGroupMetadata = "by-group-metadata"

    /// The visit systems whose rows the grouping needs, in ascending order.
    public var systems: [VisitSystem] {
        switch self {
        case .oneToOne: [.oneToOne]
        case .oneToOneAndByCounter: [.oneToOne, .bySequenceStartEnd]
        case .byGroupMetadata: [.byGroupMetadata]
        }
    }

    /// The grouping that a repository's `visit_system` rows for an instrument show; nil when they show none.
    public init?(existing systems: Set<VisitSystem>) {
        switch systems {
        case [.oneToOne]: self = .oneToOne
        case [.oneToOne, .bySequenceStartEnd]: self = .oneToOneAndByCounter
        case [.byGroupMetadata]: self = .byGroupMetadata
        default: return nil
        }
    }

    /// The visits of some exposures.
    ///
    /// - Parameters:
    ///   - exposures: Exposures of one instrument that can see the sky; see ``VisitCandidates``.
    ///   - numbering: How names of groups become numbers of visits.
    /// - Returns: The visits by ascending number, with remarks about groups whose first exposure is missing.
    /// - Throws: `ButlerError` of code `invalidArgument` when the exposures are of several instruments,
    ///   `dimensionValue` when the name of a group makes no number.
    public func visits(of exposures: [ExposureSummary], numbering: GroupNumbering) throws -> VisitPlan {
        let instruments = Set(exposures.map(\.instrument))
        guard instruments.count <= 1 else {
            throw ButlerError(
                .invalidArgument,
                "Visits are made for one instrument at a time; these exposures are of "
                    + "\(instruments.sorted().joined(separator: ", "))."
            )
        }
        var plan: VisitPlan
        switch self {
        case .oneToOne:
            plan = VisitPlan(visits: exposures.compactMap { Visit($0.id, $0.obsID, [.oneToOne], [$0]) })
        case .oneToOneAndByCounter: plan = Self.byCounter(exposures)
        case .byGroupMetadata: plan = try Self.byGroup(exposures, numbering)
        }
        plan.visits.sort { $0.id < $1.id }
        return plan
    }

    private static func byGroup(_ exposures: [ExposureSummary], _ numbering: GroupNumbering) throws -> VisitPlan {
        let groups = grouped(exposures, by: \.group)
        return VisitPlan(
            visits: try groups.compactMap { name, members in
                Visit(try numbering.number(of: name), name, [.byGroupMetadata], members)
            }
        )
    }

    private struct CounterKey: Hashable {
        let day: Int64
        let start: Int64?
        let end: Int64?
    }

    private static func byCounter(_ exposures: [ExposureSummary]) -> VisitPlan {
        var plan = VisitPlan(visits: [])
        for (_, members) in grouped(exposures, by: { CounterKey(day: $0.dayObs, start: $0.seqStart, end: $0.seqEnd) }) {
            let sorted = members.sorted { ($0.seqNum ?? 0) < ($1.seqNum ?? 0) }
            guard let first = sorted.first else { continue }
            let isMultiple = first.seqStart != first.seqEnd
            let isHeadless = first.seqNum != first.seqStart
            if isMultiple, isHeadless, first.seqNum != 0 {
                plan.remarks.append(
                    "Exposure \(first.id) is the first of its sequence that is there, but not the first one taken; "
                        + "no visit is made of the sequence."
                )
            }
            plan.visits += singles(sorted, isMultiple: isMultiple, isHeadless: isHeadless)
            if isMultiple, !isHeadless, let whole = Visit(first.id, first.obsID, [.bySequenceStartEnd], sorted) {
                plan.visits.append(whole)
            }
        }
        return plan
    }

    /// The visits of one exposure each; the first of a sequence gives its number to the visit of the whole.
    private static func singles(_ exposures: [ExposureSummary], isMultiple: Bool, isHeadless: Bool) -> [Visit] {
        exposures.enumerated().compactMap { position, exposure in
            guard isMultiple else {
                return Visit(exposure.id, exposure.obsID, [.oneToOne, .bySequenceStartEnd], [exposure])
            }
            guard position == 0, !isHeadless, let id = Int64("9\(exposure.id)") else {
                return Visit(exposure.id, exposure.obsID, [.oneToOne], [exposure])
            }
            return Visit(id, exposure.obsID + "_first", [.oneToOne], [exposure])
        }
    }

    /// The exposures by a key, keys in the order of their first appearance.
    private static func grouped<Key: Hashable>(
        _ exposures: [ExposureSummary],
        by key: (ExposureSummary) -> Key
    ) -> [(key: Key, members: [ExposureSummary])] {
        var positions: [Key: Int] = [:]
        var groups: [(key: Key, members: [ExposureSummary])] = []
        for exposure in exposures {
            let key = key(exposure)
            if let position = positions[key] {
                groups[position].members.append(exposure)
            } else {
                positions[key] = groups.count
                groups.append((key, [exposure]))
            }
        }
        return groups
    }
}

/// The visits that a grouping makes of some exposures.
public struct VisitPlan: Hashable, Sendable {
    /// The visits by ascending number.
    public var visits: [Visit]
    /// What a user should know about sequences that are not complete.
    public var remarks: [String] = []
}

/// Exposures sorted into those that can make a visit and those that cannot.
public struct VisitCandidates: Hashable, Sendable {
    /// Exposures with a boresight and a rotation that may have seen the sky.
    public let usable: [ExposureSummary]
    /// The others, with the reason.
    public let rejected: [Rejected]

    /// An exposure that cannot make a visit.
    public struct Rejected: Hashable, Sendable {
        /// The exposure.
        public let exposure: ExposureSummary
        /// Why not.
        public let reason: String
    }

    /// Sorts exposures; whether one can see the sky is believed only when it is said to be false.
    ///
    /// - Parameters:
    ///   - exposures: The exposures.
    ///   - keepsUnpointed: Whether those without boresight or rotation are usable, too.
    public init(_ exposures: [ExposureSummary], keepsUnpointed: Bool = false) {
        var usable: [ExposureSummary] = []
        var rejected: [Rejected] = []
        for exposure in exposures {
            if let reason = Self.reason(against: exposure, keepsUnpointed) {
                rejected.append(Rejected(exposure: exposure, reason: reason))
            } else {
                usable.append(exposure)
            }
        }
        self.usable = usable
        self.rejected = rejected
    }

    private static func reason(against exposure: ExposureSummary, _ keepsUnpointed: Bool) -> String? {
        if exposure.canSeeSky == false { return "it did not see the sky" }
        guard !keepsUnpointed else { return nil }
        if exposure.trackingRA == nil || exposure.trackingDec == nil { return "its boresight is not known" }
        return exposure.skyAngle == nil ? "its rotation on the sky is not known" : nil
    }
}
