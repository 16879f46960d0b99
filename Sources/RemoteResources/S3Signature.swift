internal import Resources
internal import StewardCore

/// Who signs requests to an object store.
struct S3Credentials: Sendable, Hashable {
    var keyID: String
    var secret: String
    var sessionToken: String?
}

/// Signatures of requests to object stores: AWS Signature Version 4.
///
/// Source: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference.
struct S3Signature {
    let credentials: S3Credentials
    let region: String
    /// Time of the request in UTC, as `20260402T010000Z`.
    let time: String

    private var scope: String { "\(time.prefix(8))/\(region)/s3/aws4_request" }

    /// The header lines that sign a request.
    ///
    /// - Parameters:
    ///   - method: For instance `GET`.
    ///   - host: Host and port as in the `Host` header.
    ///   - path: Path with escapes.
    ///   - query: The query as ``text(_:)`` makes it.
    ///   - body: What is sent.
    /// - Returns: Lines for the header of the request.
    func headers(
        _ method: String,
        host: String,
        path: String,
        query: String = "",
        body: [UInt8] = []
    ) -> [String] {
        let payload = Hexadecimal.encode(Digest.of(body, .sha256))
        var fields = [("host", host), ("x-amz-content-sha256", payload), ("x-amz-date", time)]
        if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
        let names = fields.map(\.0).joined(separator: ";")
        let signature = signature(method, path, query, fields, names, payload)
        let authorization =
            "Authorization: AWS4-HMAC-SHA256 Credential=\(credentials.keyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
        return fields.dropFirst().map { "\($0): \($1)" } + [authorization]
    }

    private func signature(
        _ method: String,
        _ path: String,
        _ query: String,
        _ fields: [(String, String)],
        _ names: String,
        _ payload: String
    ) -> String {
        let lines = fields.map { "\($0):\($1)\n" }.joined()
        let request = [method, path, query, lines, names, payload].joined(separator: "\n")
        let digest = Hexadecimal.encode(Digest.of(Array(request.utf8), .sha256))
        let text = ["AWS4-HMAC-SHA256", time, scope, digest].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secret)".utf8)
        for part in [String(time.prefix(8)), region, "s3", "aws4_request"] {
            key = S3Signature.authentication(Array(part.utf8), key)
        }
        return Hexadecimal.encode(S3Signature.authentication(Array(text.utf8), key))
    }

    /// A query in the order of its names, with escapes.
    static func text(_ query: [(String, String)]) -> String {
        query.map { (escaped($0), escaped($1)) }.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// Text with every byte escaped but ASCII letters, digits and `-._~`, and slashes where they stay.
    static func escaped(_ text: String, keepingSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepingSlashes: bytes.append(byte)
            default: bytes += "%\(Hexadecimal.encode(CollectionOfOne(byte)).uppercased())".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// HMAC with SHA-256 (RFC 2104).
    static func authentication(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? Digest.of(key, .sha256) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        let inner = Digest.of(block.map { $0 ^ 0x36 } + message, .sha256)
        return Digest.of(block.map { $0 ^ 0x5C } + inner, .sha256)
    }
}
