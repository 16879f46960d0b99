internal import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The calls to sockets that the loopback server makes.
enum SocketCalls {
    /// A listening socket on a free port of the loopback interface.
    static func listen() throws -> (socket: Int32, port: Int) {
        #if canImport(Glibc)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        #if canImport(Glibc)
        let listens = isReady && Glibc.listen(socket, 64) == 0
        #else
        let listens = isReady && Darwin.listen(socket, 64) == 0
        #endif
        guard socket >= 0, listens else { throw LoopbackServer.NotStarted() }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func accept(_ socket: Int32) -> Int32? {
        #if canImport(Glibc)
        let connection = Glibc.accept(socket, nil, nil)
        #else
        let connection = Darwin.accept(socket, nil, nil)
        #endif
        return connection >= 0 ? connection : nil
    }

    static func shutdown(_ socket: Int32) {
        #if canImport(Glibc)
        _ = Glibc.shutdown(socket, Int32(SHUT_RDWR))
        #else
        _ = Darwin.shutdown(socket, SHUT_RDWR)
        #endif
    }

    static func close(_ socket: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(socket)
        #else
        _ = Darwin.close(socket)
        #endif
    }

    /// Writes all bytes; false if the other side is gone.
    static func write(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                send(socket, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int32(MSG_NOSIGNAL))
                #else
                send(socket, buffer.baseAddress?.advanced(by: done), buffer.count - done, 0)
                #endif
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// The next request of a connection with its body; nil at its end.
    static func readRequest(
        _ socket: Int32,
        _ number: Int,
        _ buffer: inout [UInt8]
    ) -> (LoopbackServer.Request, body: [UInt8])? {
        let mark = Data("\r\n\r\n".utf8)
        var end: Range<Data.Index>?
        while true {
            end = Data(buffer).range(of: mark)
            if end != nil { break }
            guard more(socket, &buffer) else { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        buffer.removeFirst(end.upperBound)
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        if fields["expect"] != nil { _ = write(socket, Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
        while buffer.count < length {
            guard more(socket, &buffer) else { return nil }
        }
        let body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        let request = LoopbackServer.Request(
            method: String(words[0]),
            target: String(words[1]),
            fields: fields,
            connection: number
        )
        return (request, body)
    }

    private static func more(_ socket: Int32, _ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }
}
