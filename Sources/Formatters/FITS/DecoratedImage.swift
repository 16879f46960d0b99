public import FITS

/// An image with the header that came with it: what raw files hold, and the reference's `DecoratedImage`.
public struct DecoratedImage: Sendable {
    /// The pixels as delivered: neither flipped nor trimmed nor assembled.
    public var image: AnyImage
    /// The primary header, overwritten by that of the image's unit.
    public var metadata: FITSHeader

    /// Creates an image with a header.
    public init(_ image: AnyImage, metadata: FITSHeader) {
        self.image = image
        self.metadata = metadata
    }
}
