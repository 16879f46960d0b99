import StewardCore

extension Timespan: CustomStringConvertible {
    /// The tag of timespans in the reference's YAML files.
    public static let yamlTag = "!lsst.daf.butler.Timespan"
    /// The scalar that stands for the empty span behind ``yamlTag``.
    public static let yamlEmpty = "EMPTY"

    /// The span as the reference prints it, for instance `[2020-01-01T00:00:00, ∞)`; TAI to the second.
    public var description: String {
        guard !isEmpty else { return "(empty)" }
        let head = begin.map { "[" + $0.wholeSeconds } ?? "(-∞"
        let tail = end?.wholeSeconds ?? "∞"
        return "\(head), \(tail))"
    }

    /// The span as JSON, `[begin,end]` in nanoseconds.
    public var json: String { "[\(beginNanoseconds),\(endNanoseconds)]" }

    /// The span that the values of an export's mapping stand for.
    ///
    /// - Parameters:
    ///   - begin: The text of `begin`; nil for null.
    ///   - end: The text of `end`; nil for null.
    /// - Throws: ``ButlerError`` with `.time` if a text is not a time, or the bounds cannot be a span.
    public init(yamlBegin begin: String?, end: String?) throws {
        try self.init(begin: begin.map { try TAI(yaml: $0) }, end: end.map { try TAI(yaml: $0) })
    }
}
