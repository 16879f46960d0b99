internal import Foundation
internal import StewardCore

/// Where object stores are, and who asks: what the environment and the files of AWS's programs say.
///
/// Source: `lsst.resources: s3utils.py`; the order of credentials is that of boto3 without its network sources.
public struct S3Settings: Sendable {
    private let environment: [String: String]

    /// Settings from an environment.
    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// A server, and the credentials for it; nil for requests without signature.
    struct Access: Sendable, Hashable {
        /// Beginning of URLs without slash at the end, to which `/BUCKET/KEY` is added.
        var endpoint: String
        var region: String
        var credentials: S3Credentials?
    }

    private func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// How a bucket is reached.
    ///
    /// - Parameter profile: The name before `@` in `s3://PROFILE@BUCKET/KEY`; nil if there is none.
    /// - Returns: Server and credentials.
    /// - Throws: ``ButlerError`` with `.configuration` for a profile or an endpoint that is not known or malformed.
    func access(profile: String?) throws -> Access {
        let region = text("AWS_DEFAULT_REGION") ?? text("AWS_REGION") ?? "us-east-1"
        let own = profile.flatMap { text("LSST_RESOURCES_S3_PROFILE_\($0)") }
        let given = own ?? text("S3_ENDPOINT_URL") ?? text("AWS_ENDPOINT_URL")
        guard let url = URLComponents(string: given ?? "https://s3.\(region).amazonaws.com"), let host = url.host,
            let scheme = url.scheme, ["http", "https"].contains(scheme)
        else {
            throw ButlerError(
                .configuration,
                "The address of the object store is no URL.",
                remedy: "Set S3_ENDPOINT_URL to something like https://host:port."
            )
        }
        let path =
            url.percentEncodedPath.hasSuffix("/") ? String(url.percentEncodedPath.dropLast()) : url.percentEncodedPath
        // The usual port is not in the header that is signed.
        let port = url.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : ":\($0)" } ?? ""
        let endpoint = "\(scheme)://\(host)\(port)\(path)"
        if let user = url.user, let secret = url.password {
            return Access(endpoint: endpoint, region: region, credentials: S3Credentials(keyID: user, secret: secret))
        }
        let known =
            try profile.map { try stored($0, mustExist: own == nil) } ?? variables ?? stored(nil, mustExist: false)
        return Access(endpoint: endpoint, region: region, credentials: known ?? variables)
    }

    private var variables: S3Credentials? {
        guard let keyID = text("AWS_ACCESS_KEY_ID"), let secret = text("AWS_SECRET_ACCESS_KEY") else { return nil }
        return S3Credentials(keyID: keyID, secret: secret, sessionToken: text("AWS_SESSION_TOKEN"))
    }

    /// Credentials of a section of the file of credentials.
    private func stored(_ profile: String?, mustExist: Bool) throws -> S3Credentials? {
        let home = text("HOME") ?? NSHomeDirectory()
        let file = text("AWS_SHARED_CREDENTIALS_FILE") ?? home + "/.aws/credentials"
        let name = profile ?? text("AWS_PROFILE") ?? "default"
        let content = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        var values: [String: String] = [:]
        var section = ""
        for line in content.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = line.dropFirst().dropLast().trimmingCharacters(in: .whitespaces)
            } else if section == name, !line.hasPrefix("#"), let mark = line.firstIndex(of: "=") {
                let key = line[..<mark].trimmingCharacters(in: .whitespaces)
                values[key] = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            }
        }
        if let keyID = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] {
            return S3Credentials(keyID: keyID, secret: secret, sessionToken: values["aws_session_token"])
        }
        guard mustExist else { return nil }
        throw ButlerError(
            .configuration,
            "There are no credentials of the profile \"\(name)\" in \"\(file)\".",
            remedy: "Add them, or name another file in AWS_SHARED_CREDENTIALS_FILE."
        )
    }
}
