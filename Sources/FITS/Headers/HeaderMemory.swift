internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Headers read before, so that what they share with the next ones need not be read again.
///
/// The files of one exposure repeat most card images of each other byte by byte; a card whose image stands at the same
/// place in a header before is taken from there. Results are the same with and without. Safe to use from several tasks;
/// it keeps as many headers as are read at the same time.
public final class HeaderMemory: Sendable {
    private let idle = Mutex<[[RecalledHeader?]]>([])

    /// Creates an empty memory.
    public init() {}

    /// The headers of a file, by position, for one reader until it gives them back.
    func take() -> [RecalledHeader?] {
        idle.withLock { $0.popLast() } ?? []
    }

    func give(_ headers: [RecalledHeader?]) {
        idle.withLock { $0.append(headers) }
    }
}

/// A header with its bytes, and which card comes from which image.
struct RecalledHeader: Sendable {
    /// Card images, the one with `END` included.
    let bytes: [UInt8]
    let header: FITSHeader
    /// For each image the position of the card that it is alone, or -1.
    let origins: [Int32]
    /// For each image whether a `CONTINUE` line may follow.
    let mayContinue: [Bool]

    /// The card of an image that is the same here; nil when there is none.
    func card(_ index: Int, of image: UnsafeRawBufferPointer) -> (card: FITSCard, mayContinue: Bool)? {
        guard index < origins.count, origins[index] >= 0 else { return nil }
        let isSame = bytes.withUnsafeBytes { own in
            guard let own = own.baseAddress, let image = image.baseAddress else { return false }
            return memcmp(own + index * CardParser.length, image, CardParser.length) == 0
        }
        return isSame ? (header.cards[Int(origins[index])], mayContinue[index]) : nil
    }
}
