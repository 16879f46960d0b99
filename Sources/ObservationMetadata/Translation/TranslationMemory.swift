import FITS
import Synchronization

/// The last translation of each camera, so that what the next header shares with it need not be worked out again.
///
/// The headers of one exposure differ in what is of their detectors. A property is taken from the translation before if
/// the header has the same keywords and none of the cards differ that were asked for it. Results are the same with and
/// without. Safe to use from several tasks.
public final class TranslationMemory: Sendable {
    /// A translation that has ended.
    struct Entry: Sendable {
        let header: FITSHeader
        /// By ordinal of the property: its value, and the cards that were asked for it; nil where it has none yet.
        let results: [Result?]
    }

    /// The outcome for one property.
    struct Result: Sendable {
        let value: PropertyValue?
        let cards: CardSet
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Creates an empty memory.
    public init() {}

    /// The last translation by a translator.
    func entry(_ translator: String) -> Entry? {
        entries.withLock { $0[translator] }
    }

    func keep(_ entry: Entry, of translator: String) {
        entries.withLock { $0[translator] = entry }
    }
}
