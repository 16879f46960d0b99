internal import CCrypto

/// Hash functions of the system's libcrypto, fed in pieces.
public struct Digest: ~Copyable {
    /// A hash function.
    public enum Algorithm: Sendable, Hashable, CaseIterable {
        /// MD5, 16 bytes (RFC 1321).
        case md5
        /// SHA-1, 20 bytes (FIPS 180-4).
        case sha1
        /// SHA-256, 32 bytes (FIPS 180-4).
        case sha256
        /// BLAKE2b with a 64-byte digest (RFC 7693); the reference's file checksum.
        case blake2b512
    }

    private let context: OpaquePointer?

    /// Starts a digest.
    public init(_ algorithm: Algorithm) {
        context = EVP_MD_CTX_new()
        EVP_MD_CTX_copy_ex(context, Beginnings.shared.context(algorithm))
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the digest.
    ///
    /// - Returns: The digest's bytes.
    public consuming func finish() -> [UInt8] {
        var count: UInt32 = 0
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        EVP_DigestFinal_ex(context, &bytes, &count)
        return Array(bytes.prefix(Int(count)))
    }

    /// The digest of one piece of data.
    ///
    /// - Parameters:
    ///   - bytes: The data.
    ///   - algorithm: The hash function.
    /// - Returns: The digest's bytes.
    public static func of(_ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        var digest = Digest(algorithm)
        digest.update(bytes)
        return digest.finish()
    }
}

/// One digest of each function that has only begun: to copy it is quicker than to have the library look for the function.
///
/// The contexts are never changed and live as long as the process.
private struct Beginnings: @unchecked Sendable {
    static let shared = Beginnings()

    private let md5 = Self.begin(EVP_md5())
    private let sha1 = Self.begin(EVP_sha1())
    private let sha256 = Self.begin(EVP_sha256())
    private let blake2b512 = Self.begin(EVP_blake2b512())

    func context(_ algorithm: Digest.Algorithm) -> OpaquePointer? {
        switch algorithm {
        case .md5: md5
        case .sha1: sha1
        case .sha256: sha256
        case .blake2b512: blake2b512
        }
    }

    private static func begin(_ function: OpaquePointer?) -> OpaquePointer? {
        let context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, function, nil)
        return context
    }
}
