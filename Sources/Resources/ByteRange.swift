/// A part of a file's bytes.
public enum ByteRange: Hashable, Sendable {
    /// Everything.
    case all
    /// Bytes at the given offsets; those beyond the end do not count.
    case bounded(Range<Int>)
    /// Everything from an offset on.
    case from(Int)
    /// The given number of bytes at the end.
    case last(Int)

    /// The offsets in a file of a size, both within 0...size.
    public func offsets(size: Int) -> Range<Int> {
        let size = max(size, 0)
        return switch self {
        case .all: 0..<size
        case .bounded(let range): range.clamped(to: 0..<size)
        case .from(let offset): min(max(offset, 0), size)..<size
        case .last(let count): size - min(max(count, 0), size)..<size
        }
    }
}
