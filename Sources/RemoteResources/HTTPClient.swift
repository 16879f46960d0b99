internal import CCurl
internal import Foundation
internal import Resources
internal import StewardCore
internal import Synchronization

/// Sends requests over connections that stay open, and again where that may help.
final class HTTPClient: Sendable {
    /// Idle connections that are kept for one server.
    private static let idleLimit = 16

    let settings: HTTPSettings
    private let idle = Mutex<[String: [CurlHandle]]>([:])
    private let signer: (@Sendable (HTTPRequest) -> [String])?
    private let pauseHook: (@Sendable (Double) -> Void)?

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - settings: Time limits, certificates and attempts.
    ///   - signer: Gives further lines of the header for each attempt.
    ///   - pauseHook: Called instead of waiting between attempts.
    init(
        _ settings: HTTPSettings,
        signer: (@Sendable (HTTPRequest) -> [String])? = nil,
        pauseHook: (@Sendable (Double) -> Void)? = nil
    ) {
        self.settings = settings
        self.signer = signer
        self.pauseHook = pauseHook
    }

    /// Sends a request until it is answered, or no further attempt makes sense.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - receiver: Takes the body if it is a success.
    /// - Returns: The answer, of any status that the server did not call temporary to the end.
    /// - Throws: ``ButlerError`` with `.fileAccess` if there is no whole answer; `CancellationError`; what the receiver
    ///   throws.
    func send(_ request: HTTPRequest, _ receiver: any BodyReceiver = Discard()) throws -> HTTPAnswer {
        try settings.check()
        var attempts = Attempts(settings)
        while true {
            let ending = try once(request, receiver)
            guard request.isRepeatable, let pause = attempts.pause(after: ending) else {
                switch ending {
                case .answer(let head, let text): return HTTPAnswer(head: head, text: text)
                case .broken(let code, let head, let received, let text):
                    throw HTTPProblem.broken(request, code, head, received: received, text: text)
                }
            }
            try wait(pause)
        }
    }

    private func once(_ request: HTTPRequest, _ receiver: any BodyReceiver) throws -> CurlHandle.Ending {
        if Cancellation.isDue { throw CancellationError() }
        var request = request
        if let signer { request.headers += signer(request) }
        let server = request.path.scheme.rawValue + "://" + request.path.host
        guard let handle = idle.withLock({ $0[server]?.popLast() }) ?? CurlHandle() else {
            throw ButlerError(
                .fileAccess,
                "libcurl cannot be initialised.",
                remedy: "Check the installation of libcurl."
            )
        }
        defer {
            idle.withLock { idle in
                if idle[server, default: []].count < HTTPClient.idleLimit { idle[server, default: []].append(handle) }
            }
        }
        return try handle.run(request, settings, receiver)
    }

    private func wait(_ seconds: Double) throws {
        if let pauseHook { return pauseHook(seconds) }
        let end = Date().addingTimeInterval(seconds)
        while end.timeIntervalSinceNow > 0 {
            if Cancellation.isDue { throw CancellationError() }
            Thread.sleep(forTimeInterval: min(max(end.timeIntervalSinceNow, 0), 0.2))
        }
    }
}

/// An answer whose body, if it is a success, has gone to the receiver.
struct HTTPAnswer: Sendable {
    let head: HTTPHead
    /// Beginning of what a server says that refuses.
    let text: String

    var status: Int { head.status }
}

/// A body that nobody wants.
final class Discard: BodyReceiver {
    func begin(_ head: HTTPHead) {}
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool { true }
}

/// How often a request has been tried.
struct Attempts {
    /// What servers answer that are busy or out of order for a while.
    private static let temporary: Set<Int> = [429, 500, 502, 503, 504]

    private let settings: HTTPSettings
    private let factor: Double
    private var total = 0
    private var connect = 0
    private var read = 0
    private var status = 0

    init(_ settings: HTTPSettings) {
        self.settings = settings
        factor = Double.random(in: settings.backoff)
    }

    /// Seconds to wait before the next attempt; nil if there is none.
    mutating func pause(after ending: CurlHandle.Ending) -> Double? {
        guard total < settings.retries else { return nil }
        var wished: Double?
        switch ending {
        case .answer(let head, _):
            guard Attempts.temporary.contains(head.status), status < settings.statusRetries else { return nil }
            status += 1
            wished = head.pause()
        case .broken(let code, _, _, _):
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY:
                guard connect < settings.connectRetries else { return nil }
                connect += 1
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_OPERATION_TIMEDOUT,
                CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY:
                guard read < settings.readRetries else { return nil }
                read += 1
            default: return nil
            }
        }
        total += 1
        let own = factor * Double(1 << min(total - 1, 20))
        if let wished { return wished <= settings.longestPause ? wished : nil }
        return min(own, settings.longestPause)
    }
}
