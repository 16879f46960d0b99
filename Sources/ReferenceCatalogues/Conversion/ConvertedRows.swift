/// Rows of the catalogue made of a chunk of input.
struct ConvertedRows: Sendable {
    /// The rows; those of bad ones have no meaning.
    var bytes: [UInt8]
    /// The trixel of each row; 0 for a bad one.
    var trixels: [UInt32]
    /// Rows that cannot be taken.
    var bad: [BadRow] = []
    var extent = CatalogueExtent()
}

/// A row that cannot be taken.
public struct BadRow: Sendable, Hashable {
    /// Name of the file.
    public let file: String
    /// Where in the file: `line 12` or `row 5`; empty for what came to light later.
    public let place: String
    /// What is wrong.
    public let reason: String
}

/// Ranges of what the rows of a catalogue hold.
struct CatalogueExtent: Sendable, Hashable {
    /// Least and greatest date of a position, MJD in TAI; nil without dates.
    var epochs: ClosedRange<Double>?
    /// Greatest proper motion in radians a year.
    var greatestMotion = 0.0

    mutating func add(epoch: Double) {
        guard epoch.isFinite else { return }
        epochs = epochs.map { min($0.lowerBound, epoch)...max($0.upperBound, epoch) } ?? epoch...epoch
    }

    mutating func add(motion: Double) {
        if motion.isFinite { greatestMotion = max(greatestMotion, motion) }
    }

    mutating func formUnion(_ other: CatalogueExtent) {
        if let range = other.epochs {
            add(epoch: range.lowerBound)
            add(epoch: range.upperBound)
        }
        add(motion: other.greatestMotion)
    }
}
