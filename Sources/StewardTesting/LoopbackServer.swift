internal import Foundation
internal import Synchronization

/// A small HTTP and WebDAV server of a test, on a free port of the loopback interface; it ends with the value.
///
/// Files are in memory. Each may have a fault, and every request is logged.
public final class LoopbackServer: Sendable {
    /// How a server, or one of its files, differs from a good one.
    public enum Fault: Sendable {
        /// Ranges are ignored.
        case noRanges
        /// This many bytes more are announced than come, this many times.
        case announces(more: Int, times: Int)
        /// The request is answered with this status, this many times.
        case status(Int, times: Int, retryAfter: String? = nil)
        /// The client is sent to another URL.
        case redirect(String)
        /// The answer comes after some seconds.
        case slow(Double)
        /// HEAD is refused.
        case noHead
        /// Only parts can be had, the whole is gone.
        case partsOnly
    }

    /// One request as it came.
    public struct Request: Sendable {
        /// For instance `GET`.
        public let method: String
        /// Path with escapes, and query.
        public let target: String
        /// Header fields by names in lower case.
        public let fields: [String: String]
        /// Which connection it came by.
        public let connection: Int
        /// Status of the answer.
        public internal(set) var status = 0
        /// Bytes of the answer's body that were sent.
        public internal(set) var sent = 0
    }

    struct State {
        var files: [String: [UInt8]] = [:]
        var folders: Set<String> = ["/"]
        var faults: [String: Fault] = [:]
        var log: [Request] = []
        var connections = 0
        var open: Set<Int32> = []
    }

    /// Port of the loopback interface.
    public let port: Int
    let state = Mutex(State())
    let speaksWebDAV: Bool
    private let listener: Int32

    /// The port could not be had.
    public struct NotStarted: Error {}

    /// Starts a server.
    ///
    /// - Parameter webDAV: Whether it speaks WebDAV.
    /// - Throws: ``NotStarted``.
    public init(webDAV: Bool = false) throws {
        speaksWebDAV = webDAV
        (listener, port) = try SocketCalls.listen()
        let (socket, server) = (listener, Weak(self))
        Thread.detachNewThread {
            while let connection = SocketCalls.accept(socket) {
                guard let number = server.value?.opened(connection) else {
                    SocketCalls.close(connection)
                    return
                }
                Thread.detachNewThread {
                    LoopbackServer.serve(connection, number, server)
                }
            }
        }
    }

    deinit {
        SocketCalls.shutdown(listener)
        for connection in state.withLock({ $0.open }) { SocketCalls.shutdown(connection) }
    }

    /// The URL of a path that begins with a slash.
    public func url(_ path: String, scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// Puts a file there.
    public func put(_ path: String, _ bytes: [UInt8], fault: Fault? = nil) {
        state.withLock {
            $0.files[path] = bytes
            $0.faults[path] = fault
        }
    }

    /// Gives a path a fault, or takes it away.
    public func set(_ fault: Fault?, at path: String) { state.withLock { $0.faults[path] = fault } }

    /// The bytes of a file; nil if there is none.
    public func file(_ path: String) -> [UInt8]? { state.withLock { $0.files[path] } }

    /// The requests so far; the log is empty afterwards.
    @discardableResult
    public func takeLog() -> [Request] {
        state.withLock { state in
            defer { state.log = [] }
            return state.log
        }
    }

    private func opened(_ connection: Int32) -> Int {
        state.withLock {
            $0.connections += 1
            $0.open.insert(connection)
            return $0.connections
        }
    }

    private func closed(_ connection: Int32) {
        state.withLock { state in _ = state.open.remove(connection) }
    }

    private static func serve(_ connection: Int32, _ number: Int, _ server: Weak) {
        var buffer: [UInt8] = []
        while let (request, body) = SocketCalls.readRequest(connection, number, &buffer) {
            guard let server = server.value, server.answer(request, body, connection) else { break }
        }
        server.value?.closed(connection)
        SocketCalls.close(connection)
    }

    /// A server that may be gone.
    private final class Weak: Sendable {
        private let server: Mutex<Box>

        private struct Box { weak var server: LoopbackServer? }

        init(_ server: LoopbackServer) {
            self.server = Mutex(Box(server: server))
        }

        var value: LoopbackServer? { server.withLock { $0.server } }
    }
}
