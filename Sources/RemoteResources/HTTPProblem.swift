internal import CCurl
internal import Resources
internal import StewardCore

/// Errors of requests: URL without passwords, status, remedy.
enum HTTPProblem {
    /// The error of a request without a whole answer.
    static func broken(
        _ request: HTTPRequest,
        _ code: CURLcode,
        _ head: HTTPHead,
        received: Int,
        text: String
    ) -> ButlerError {
        var message = "\(request.method) of \"\(request.path)\" failed: \(text)."
        if code == CURLE_PARTIAL_FILE, let announced = head.contentLength {
            message = "\"\(request.path)\" broke off: the server announced \(announced) bytes and sent \(received)."
        }
        let remedy =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST: "Check the name of the host, and the network."
            case CURLE_COULDNT_CONNECT: "Check that the server runs and can be reached from here."
            case CURLE_OPERATION_TIMEDOUT:
                "Try again later, or raise LSST_HTTP_TIMEOUT_CONNECT or LSST_HTTP_TIMEOUT_READ."
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
                "Name the certificates of the server's authority in LSST_HTTP_CACERT_BUNDLE."
            case CURLE_SSL_CERTPROBLEM: "Check LSST_HTTP_AUTH_CLIENT_CERT and LSST_HTTP_AUTH_CLIENT_KEY."
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: "Check the URL."
            case CURLE_TOO_MANY_REDIRECTS: "Use the URL to which the server leads in the end."
            default: "Try again; if it fails each time, ask those who run the server."
            }
        return ButlerError(.fileAccess, message, remedy: remedy).adding("url", request.path.description)
    }

    /// The error of an answer that is no success.
    static func refused(_ request: HTTPRequest, _ answer: HTTPAnswer) -> ButlerError {
        let path = request.path
        let (code, remedy): (ButlerError.Code, String) =
            switch answer.status {
            case 401:
                (
                    .fileAccess,
                    "Set LSST_HTTP_AUTH_BEARER_TOKEN, or a client certificate, for a server that wants to know you."
                )
            case 403: (.fileAccess, "Ask for permission, or use a token that has it (LSST_HTTP_AUTH_BEARER_TOKEN).")
            case 404, 410: (.fileNotFound, "Check the URL; the file may have been removed.")
            case 405, 501: (.fileAccess, "The server does not do this; a WebDAV server may.")
            case 429, 500, 502, 503, 504: (.fileAccess, "The server is busy or out of order: try again later.")
            case 507: (.diskFull, "Free space on the server.")
            default: (.fileAccess, "Check the URL.")
            }
        return ButlerError(
            code,
            "The server answered \(answer.status) to \(request.method) of \"\(path)\".",
            remedy: remedy,
            context: [.init("url", path.description), .init("status", String(answer.status))]
        )
    }

    /// The error of an answer that does not say what it must.
    static func wrong(_ path: ResourcePath, _ problem: String) -> ButlerError {
        ButlerError(
            .fileAccess,
            "The server's answer for \"\(path)\" cannot be used: \(problem).",
            remedy: "Try again; if it fails each time, ask those who run the server."
        ).adding("url", path.description)
    }
}
