internal import Foundation
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Stands between clients and a PostgreSQL server, and breaks a connection around one of the client's statements.
///
/// It understands the frontend's messages of protocol 3 as far as to tell them apart. It goes when it is not used any more.
public final class ServerProxy: Sendable {
    /// When a connection breaks.
    public enum Break: Sendable, CaseIterable {
        /// The statement does not reach the server, which sees the end of the connection.
        case beforeStatement
        /// The statement does not reach the server, which sees nothing.
        case unnoticed
        /// The server has answered, but the client does not get the answer.
        case afterStatement
    }

    private struct State {
        var kind = Break.beforeStatement
        var statement = ""
        /// How many of these statements come until the connection breaks; 0 if none is to break.
        var countdown = 0
        /// Whether no connection can be made once it has broken.
        var willRefuse = false
        var isRefusing = false
        var links: [Link] = []
    }

    /// Folder of the socket, as a client's parameter `host`.
    public let folder: String
    private let server: String
    private let listener: Int32
    private let state = Mutex(State())

    /// The proxy's socket could not be made.
    public struct NotMade: Error {}

    /// Begins to listen.
    ///
    /// - Parameter server: Folder of the server's socket.
    /// - Throws: ``NotMade``, or file errors.
    public init(to server: String) throws {
        self.server = server
        folder = "/tmp/steward-proxy-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        listener = try Self.socket(folder, bind)
        guard listen(listener, 64) == 0 else { throw NotMade() }
        let socket = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { break }
                if let self { self.take(client) } else { close(client) }
            }
            close(socket)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for link in state.withLock({ $0.links }) { link.end() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Breaks the next connection over which a statement comes for so many times.
    ///
    /// - Parameters:
    ///   - kind: When it breaks.
    ///   - statement: Beginning of a statement without parameters.
    ///   - count: Which one of them, from 1.
    ///   - refusing: Whether no connection can be made from then on.
    public func arm(_ kind: Break, at statement: String = "COMMIT", count: Int = 1, refusing: Bool = false) {
        state.withLock { state in
            state.kind = kind
            state.statement = statement
            state.countdown = count
            state.willRefuse = refusing
        }
    }

    /// Whether the connection has broken.
    public var hasBroken: Bool { state.withLock { $0.countdown == 0 } }

    /// Lets connections be made again.
    public func acceptAgain() { state.withLock { $0.isRefusing = false } }

    // MARK: Connections

    private func take(_ client: Int32) {
        guard !state.withLock({ $0.isRefusing }), let upstream = try? Self.socket(server, connect) else {
            close(client)
            return
        }
        let link = Link(client: client, server: upstream)
        state.withLock { $0.links.append(link) }
        Thread.detachNewThread { [weak self] in
            link.forward { message in self?.next(message) }
        }
        Thread.detachNewThread { link.answer() }
    }

    /// How a connection breaks at a message, if it does.
    private func next(_ message: [UInt8]) -> Break? {
        state.withLock { state in
            guard state.countdown > 0, message.first == UInt8(ascii: "Q"),
                message.dropFirst(5).starts(with: state.statement.utf8)
            else { return nil }
            state.countdown -= 1
            guard state.countdown == 0 else { return nil }
            state.isRefusing = state.willRefuse
            return state.kind
        }
    }

    /// Opens a stream socket and binds or connects it to the name that PostgreSQL gives it in a folder.
    private static func socket(
        _ folder: String,
        _ use: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) throws -> Int32 {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = Foundation.socket(AF_UNIX, kind, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array((folder + "/.s.PGSQL.5432").utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { throw NotMade() }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw NotMade()
        }
        return descriptor
    }
}

/// One client's connection through a proxy.
private final class Link: Sendable {
    private let client: Int32
    private let server: Int32
    /// Whether the server's next answer is the last one, and the client does not get it.
    private let isMuted = Atomic(false)

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    deinit {
        close(client)
        close(server)
    }

    /// Hands the client's messages on until the connection ends or is to break.
    func forward(_ next: ([UInt8]) -> ServerProxy.Break?) {
        var buffer: [UInt8] = []
        var hasStarted = false
        while let bytes = Self.read(client) {
            buffer += bytes
            while let length = Self.length(of: buffer, hasStarted) {
                let message = Array(buffer.prefix(length))
                buffer.removeFirst(length)
                hasStarted = true
                switch next(message) {
                case nil: Self.write(message, to: server)
                case .beforeStatement: return end()
                case .unnoticed:
                    shutdown(client, Int32(SHUT_RDWR))
                    return
                case .afterStatement:
                    isMuted.store(true, ordering: .releasing)
                    Self.write(message, to: server)
                }
            }
        }
        end()
    }

    /// Hands the server's answers on.
    func answer() {
        while let bytes = Self.read(server) {
            if isMuted.load(ordering: .acquiring) { break }
            Self.write(bytes, to: client)
        }
        end()
    }

    /// Ends the connection on both sides; their numbers are free for others only when this object goes.
    func end() {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
    }

    /// Length of the first message, if it is whole; the first one of a connection has no letter.
    private static func length(of buffer: [UInt8], _ hasStarted: Bool) -> Int? {
        let start = hasStarted ? 1 : 0
        guard buffer.count >= start + 4 else { return nil }
        let length = start + buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        return buffer.count >= length ? length : nil
    }

    private static func read(_ socket: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
