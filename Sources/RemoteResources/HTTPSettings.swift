internal import Foundation
internal import StewardCore

/// How HTTP servers are spoken to: what the reference's environment variables say.
///
/// Source: `lsst.resources: http.py`, classes `HttpResourcePathConfig` and `SessionStore`.
public struct HTTPSettings: Sendable, Hashable {
    /// Seconds until a connection must be there.
    public var connectTimeout = 60.0
    /// Seconds that a server may be silent.
    public var readTimeout = 1500.0
    /// Seconds from which the pauses between attempts grow: a random number of this range, doubled each time.
    public var backoff = 1.0...3.0
    /// File or folder with the certificates of authorities; nil for those of the system.
    public var authorities: String?
    /// A token, or the path of a file that holds it; sent over TLS only.
    public var token: String?
    /// File with the client's certificate.
    public var certificate: String?
    /// File with the key of the client's certificate.
    public var key: String?
    /// Attempts after the first one, of all kinds.
    public var retries = 6
    /// Attempts after connections that failed.
    public var connectRetries = 3
    /// Attempts after answers that broke off.
    public var readRetries = 3
    /// Attempts after answers that say that the server is busy or out of order.
    public var statusRetries = 5
    /// The longest pause in seconds, whatever the server asks for.
    public var longestPause = 300.0

    /// Settings without environment.
    public init() {}

    /// The settings that an environment asks for; values that are no numbers count as absent.
    public init(environment: [String: String]) {
        func seconds(_ name: String) -> Double? {
            environment[name].flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        connectTimeout = seconds("LSST_HTTP_TIMEOUT_CONNECT") ?? connectTimeout
        readTimeout = seconds("LSST_HTTP_TIMEOUT_READ") ?? readTimeout
        let least = seconds("LSST_HTTP_BACKOFF_MIN") ?? backoff.lowerBound
        let most = seconds("LSST_HTTP_BACKOFF_MAX") ?? backoff.upperBound
        backoff = least...(most > least ? most : least + 1)
        authorities = text("LSST_HTTP_CACERT_BUNDLE")
        token = text("LSST_HTTP_AUTH_BEARER_TOKEN")
        certificate = text("LSST_HTTP_AUTH_CLIENT_CERT")
        key = text("LSST_HTTP_AUTH_CLIENT_KEY")
    }

    /// The token as it is now; nil if there is none.
    ///
    /// - Returns: The text of the token, read from its file if that is what was named.
    /// - Throws: ``ButlerError`` with `.configuration` for a file that others may read, or a token of several lines.
    func currentToken() throws -> String? {
        guard let token else { return nil }
        var value = token
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: token, isDirectory: &isDirectory), !isDirectory.boolValue {
            let mode = try FileManager.default.attributesOfItem(atPath: token)[.posixPermissions] as? NSNumber
            guard (mode?.intValue ?? 0o777) & 0o077 == 0 else {
                throw HTTPSettings.unusable(
                    "The token file \"\(token)\" may be read by others.",
                    "Run chmod 600 on it."
                )
            }
            value = try String(contentsOfFile: token, encoding: .utf8)
        }
        value = value.trimmingCharacters(in: .newlines)
        guard value.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else {
            throw HTTPSettings.unusable(
                "The token in LSST_HTTP_AUTH_BEARER_TOKEN has characters that no header can hold.",
                "Give the token itself, or the path of a file that holds it."
            )
        }
        return value.isEmpty ? nil : value
    }

    /// Fails if certificate and key are not given both or neither.
    func check() throws {
        guard (certificate == nil) == (key == nil) else {
            throw HTTPSettings.unusable(
                "Of LSST_HTTP_AUTH_CLIENT_CERT and LSST_HTTP_AUTH_CLIENT_KEY only one is set.",
                "Set both or neither."
            )
        }
    }

    private static func unusable(_ message: String, _ remedy: String) -> ButlerError {
        ButlerError(.configuration, message, remedy: remedy)
    }
}
