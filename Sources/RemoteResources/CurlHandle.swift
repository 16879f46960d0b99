internal import CCurl
internal import Foundation
internal import Resources
internal import StewardCore

/// Takes the body of an answer.
protocol BodyReceiver: AnyObject {
    /// Begins with an answer that is a success; also after an attempt that failed.
    func begin(_ head: HTTPHead) throws
    /// Takes bytes; false when no more are wanted.
    func take(_ bytes: UnsafeRawBufferPointer) throws -> Bool
}

/// A connection of libcurl; it stays open for further requests.
///
/// Unchecked: a handle belongs to one thread at a time, the pool of ``HTTPClient`` hands it over under its lock.
final class CurlHandle: @unchecked Sendable {
    /// libcurl wants this once in a process, before anything else.
    private static let isReady = curl_global_init(steward_curl_global) == CURLE_OK

    private let easy: UnsafeMutableRawPointer

    /// How a request ended.
    enum Ending {
        /// With an answer.
        case answer(HTTPHead, text: String)
        /// Without a whole one, for the reason that libcurl gives.
        case broken(CURLcode, HTTPHead, received: Int, text: String)
    }

    init?() {
        guard CurlHandle.isReady, let easy = curl_easy_init() else { return nil }
        self.easy = easy
    }

    deinit {
        curl_easy_cleanup(easy)
    }

    /// Runs a request; the receiver gets the bodies of successes.
    ///
    /// - Throws: What the receiver throws; when cancelled.
    func run(_ request: HTTPRequest, _ settings: HTTPSettings, _ receiver: any BodyReceiver) throws -> Ending {
        curl_easy_reset(easy)
        let exchange = Exchange(receiver)
        try configure(request, settings)
        var lines: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(lines) }
        for line in ["Accept-Encoding: identity"] + request.headers { lines = curl_slist_append(lines, line) }
        steward_curl_set_pointer(easy, CURLOPT_HTTPHEADER, lines)
        let body = request.body ?? []
        let code = body.withUnsafeBytes { bytes in
            if request.body != nil { steward_curl_set_bytes(easy, bytes.baseAddress, curl_off_t(bytes.count)) }
            return withExtendedLifetime(exchange) {
                connect(exchange)
                return steward_curl_perform(easy)
            }
        }
        if let failure = exchange.failure { throw failure }
        if exchange.isCancelled { throw CancellationError() }
        guard code == CURLE_OK || exchange.isEnough else {
            let text = String(cString: curl_easy_strerror(code))
            return .broken(code, exchange.head, received: exchange.received, text: text)
        }
        try exchange.end()
        return .answer(exchange.head, text: String(decoding: exchange.complaint, as: UTF8.self))
    }

    private func configure(_ request: HTTPRequest, _ settings: HTTPSettings) throws {
        func set(_ option: CURLoption, _ value: Int) { steward_curl_set_long(easy, option, value) }
        func set(_ option: CURLoption, _ value: String?) { _ = value.map { steward_curl_set_text(easy, option, $0) } }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 1)
        set(CURLOPT_MAXREDIRS, 10)
        // A redirected PUT stays a PUT and keeps its body.
        set(CURLOPT_POSTREDIR, steward_curl_redirect_all)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(settings.connectTimeout, 1e6) * 1000))
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, Int(min(max(settings.readTimeout, 1), 1e6)))
        set(CURLOPT_USERAGENT, "steward")
        if let authorities = settings.authorities {
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: authorities, isDirectory: &isDirectory)
            set(isDirectory.boolValue ? CURLOPT_CAPATH : CURLOPT_CAINFO, authorities)
        }
        switch request.method {
        case "GET": set(CURLOPT_HTTPGET, 1)
        case "HEAD": set(CURLOPT_NOBODY, 1)
        default: set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        guard request.url.lowercased().hasPrefix("https://") else { return }
        if let token = try settings.currentToken() {
            set(CURLOPT_HTTPAUTH, steward_curl_bearer)
            set(CURLOPT_XOAUTH2_BEARER, token)
        } else {
            set(CURLOPT_SSLCERT, settings.certificate)
            set(CURLOPT_SSLKEY, settings.key)
        }
    }

    private func connect(_ exchange: Exchange) {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        steward_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        steward_curl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().add(header: line)
            return line.count
        }
        steward_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        steward_curl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().add(body: body) ? body.count : 0
        }
        steward_curl_set_long(easy, CURLOPT_NOPROGRESS, 0)
        steward_curl_set_pointer(easy, CURLOPT_XFERINFODATA, context)
        steward_curl_set_watcher(easy) { context, _, _, _, _ in
            guard let context else { return 0 }
            return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().shouldEnd() ? 1 : 0
        }
    }
}

/// What libcurl tells while a request runs.
private final class Exchange {
    /// Bytes of an answer that is no success which are kept for the message.
    private static let complaintLimit = 2048

    private let receiver: any BodyReceiver
    private var hasBegun = false
    var head = HTTPHead()
    var complaint: [UInt8] = []
    var received = 0
    var isEnough = false
    var isCancelled = false
    var failure: (any Error)?

    init(_ receiver: any BodyReceiver) {
        self.receiver = receiver
    }

    func add(header line: UnsafeRawBufferPointer) {
        head.add(String(decoding: line, as: UTF8.self))
    }

    /// Takes bytes of the body; false to end the request.
    func add(body: UnsafeRawBufferPointer) -> Bool {
        received += body.count
        guard head.isSuccess else {
            complaint += body.prefix(Exchange.complaintLimit - complaint.count)
            return true
        }
        do {
            if !hasBegun { try receiver.begin(head) }
            hasBegun = true
            isEnough = try !receiver.take(body)
        } catch {
            failure = error
        }
        return !isEnough && failure == nil
    }

    /// Begins with an answer that has no body.
    func end() throws {
        if !hasBegun, head.isSuccess { try receiver.begin(head) }
    }

    func shouldEnd() -> Bool {
        if Cancellation.isDue { isCancelled = true }
        return isCancelled
    }
}
