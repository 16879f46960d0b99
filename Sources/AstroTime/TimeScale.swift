import StewardCore

/// A time scale in which times are written.
///
/// Stored times are always TAI. TT is TAI + 32.184 s; UTC is TAI minus the accumulated leap seconds.
public enum TimeScale: String, Sendable, Hashable, CaseIterable {
    /// Coordinated Universal Time.
    case utc
    /// International Atomic Time.
    case tai
    /// Terrestrial Time.
    case tt

    /// Nanoseconds by which TT is ahead of TAI.
    static let terrestrialOffset: Int64 = 32_184_000_000

    /// Scales that exist in astronomy but have no exact relation to TAI that could be stored.
    private static let refused = ["local", "tcb", "tcg", "tdb", "ut1"]

    /// The scale of a name, in either case.
    ///
    /// - Parameter name: `utc`, `tai` or `tt`.
    /// - Throws: ``ButlerError`` with `.time` for any other name; the message tells known from unknown scales.
    public init(name: some StringProtocol) throws {
        let folded = name.lowercased()
        if let scale = TimeScale(rawValue: folded) {
            self = scale
            return
        }
        let known = TimeScale.allCases.map(\.rawValue)
        guard !TimeScale.refused.contains(folded) else {
            throw ButlerError(
                .time,
                "The time scale \"\(name)\" cannot be converted to TAI without further data.",
                remedy: "Give the time in utc, tai or tt."
            )
        }
        throw ButlerError(
            .time,
            "There is no time scale \"\(name)\".",
            remedy: "Use utc, tai or tt.",
            candidates: Candidates.nearest(to: folded, in: known)
        )
    }
}
