import Foundation
import RemoteResources
import Resources
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// Reading from plain HTTP servers, good and bad.
@Suite struct HTTPStoreTests {
    private let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    /// A store that does not wait between attempts, and the pauses it would have made.
    private final class Patient: Sendable {
        let pauses = Mutex<[Double]>([])

        func store(_ change: (inout HTTPSettings) -> Void = { _ in }) -> HTTPStore {
            var settings = HTTPSettings()
            change(&settings)
            return HTTPStore(settings) { pause in self.pauses.withLock { $0.append(pause) } }
        }
    }

    private func scratch() throws -> String {
        let folder = NSTemporaryDirectory() + "steward-http-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("parts are read by one request each, over one connection")
    func ranges() throws {
        let server = try LoopbackServer()
        server.put("/a b.fits", bytes)
        let store = HTTPStore(HTTPSettings())
        let path = try ResourcePath(server.url("/a b.fits"))
        #expect(try store.info(path) == ResourceInfo(size: 200_000, modified: 1_773_144_000_000_000_000))
        #expect(try store.read(path, range: .bounded(1000..<2000)) == Array(bytes[1000..<2000]))
        #expect(try store.read(path, range: .from(199_990)) == Array(bytes[199_990...]))
        #expect(try store.read(path, range: .last(7)) == Array(bytes.suffix(7)))
        #expect(try store.read(path, range: .bounded(300_000..<400_000)) == [])
        #expect(
            try store.part(path, at: 199_000..<300_000) == ResourcePart(bytes: Array(bytes[199_000...]), size: 200_000)
        )
        #expect(try store.read(path) == bytes)
        let log = server.takeLog()
        #expect(log.map(\.method) == ["HEAD", "GET", "GET", "GET", "GET", "GET", "GET"])
        #expect(log.map(\.sent) == [0, 1000, 10, 7, 0, 1000, 200_000])
        #expect(log.allSatisfy { $0.target == "/a%20b.fits" } && Set(log.map(\.connection)).count == 1)
    }

    @Test("a server without ranges gives the same bytes, and no more than needed is taken")
    func noRanges() throws {
        let server = try LoopbackServer()
        let large = [UInt8](repeating: 7, count: 30_000_000)
        server.put("/f", bytes, fault: .noRanges)
        server.put("/large", large, fault: .noRanges)
        let store = HTTPStore(HTTPSettings())
        let path = try ResourcePath(server.url("/f"))
        #expect(try store.part(path, at: 10..<20) == ResourcePart(bytes: Array(bytes[10..<20]), size: 200_000))
        #expect(try store.read(path, range: .bounded(199_999..<200_010)) == [bytes[199_999]])
        #expect(try store.read(path, range: .last(9)) == Array(bytes.suffix(9)))
        #expect(try store.read(path, range: .from(150_000)) == Array(bytes[150_000...]))
        #expect(try store.read(path, range: .bounded(200_001..<200_010)) == [])
        let start = Date()
        #expect(try store.part(ResourcePath(server.url("/large")), at: 0..<2880).bytes == Array(large.prefix(2880)))
        #expect(Date().timeIntervalSince(start) < 5)
    }

    @Test("an empty file has no ranges, and a missing one is told")
    func emptyAndMissing() throws {
        let server = try LoopbackServer()
        server.put("/empty", [])
        let store = HTTPStore(HTTPSettings())
        let empty = try ResourcePath(server.url("/empty"))
        for range in [ByteRange.all, .bounded(0..<10), .from(3), .last(4)] {
            #expect(try store.read(empty, range: range) == [])
        }
        #expect(try store.info(empty)?.size == 0)
        let absent = try ResourcePath(server.url("/absent"))
        #expect(try store.info(absent) == nil)
        #expect(throws: ButlerError(.fileNotFound, "")) { try store.read(absent) }
        #expect(throws: ButlerError(.fileNotFound, "")) { try store.part(absent, at: 0..<5) }
        #expect(throws: ButlerError(.fileAccess, "")) { try store.remove(absent) }
    }

    @Test("sizes are found where HEAD is refused, and for signed URLs without asking HEAD")
    func sizes() throws {
        let server = try LoopbackServer()
        server.put("/f", bytes, fault: .noHead)
        server.put("/empty", [], fault: .noHead)
        let store = HTTPStore(HTTPSettings())
        #expect(try store.info(ResourcePath(server.url("/f")))?.size == 200_000)
        #expect(try store.info(ResourcePath(server.url("/empty")))?.size == 0)
        #expect(server.takeLog().map(\.method) == ["HEAD", "GET", "HEAD", "GET"])
        let signed = try ResourcePath(server.url("/f") + "?Signature=abc&Expires=1")
        #expect(try store.info(signed)?.size == 200_000)
        #expect(server.takeLog().map(\.method) == ["GET"])
        #expect(!signed.description.contains("abc"))
    }

    @Test("redirects are followed, endless ones are not")
    func redirects() throws {
        let server = try LoopbackServer()
        let other = try LoopbackServer()
        other.put("/new", bytes)
        server.set(.redirect(other.url("/new")), at: "/old")
        server.set(.redirect("/loop"), at: "/loop")
        let store = HTTPStore(HTTPSettings())
        #expect(try store.read(ResourcePath(server.url("/old")), range: .bounded(5..<9)) == Array(bytes[5..<9]))
        #expect(try store.info(ResourcePath(server.url("/old")))?.size == 200_000)
        let error = try #require(throws: ButlerError.self) { try store.read(ResourcePath(server.url("/loop"))) }
        #expect(error.code == .fileAccess && error.remedy != nil)
    }

    @Test("a busy server is asked again, after as long as it wishes")
    func busy() throws {
        let server = try LoopbackServer()
        let patient = Patient()
        let store = patient.store()
        server.put("/f", bytes, fault: .status(503, times: 2, retryAfter: "7"))
        #expect(try store.read(ResourcePath(server.url("/f"))) == bytes)
        #expect(patient.pauses.withLock { $0 } == [7, 7])
        server.put("/f", bytes, fault: .status(500, times: 99))
        server.takeLog()
        let error = try #require(throws: ButlerError.self) { try store.read(ResourcePath(server.url("/f"))) }
        #expect(error.context.contains(.init("status", "500")) && error.remedy?.contains("later") == true)
        #expect(server.takeLog().count == 6)
        let own = patient.pauses.withLock { Array($0.dropFirst(2)) }
        #expect(own.count == 5 && zip(own, own.dropFirst()).allSatisfy { $1 == 2 * $0 } && 1...3 ~= own[0])
        // A server that asks for a day is not waited for.
        server.put("/f", bytes, fault: .status(503, times: 9, retryAfter: "86400"))
        #expect(throws: ButlerError(.fileAccess, "")) { try store.read(ResourcePath(server.url("/f"))) }
        #expect(server.takeLog().count == 1)
    }

    @Test("answers that break off are begun again, and told with both counts in the end")
    func brokenOff() throws {
        let server = try LoopbackServer()
        let store = Patient().store()
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try ResourcePath(server.url("/f"))
        server.put("/f", bytes, fault: .announces(more: 10, times: 2))
        let content = try store.download(path, to: folder + "/a", checksum: .blake2b512)
        #expect(content == FileContent(size: 200_000, checksum: Hexadecimal.encode(Digest.of(bytes, .blake2b512))))
        #expect(FileManager.default.contents(atPath: folder + "/a").map { Array($0) } == bytes)
        server.put("/f", bytes, fault: .announces(more: 10, times: 99))
        let error = try #require(throws: ButlerError.self) {
            try store.download(path, to: folder + "/b", checksum: nil)
        }
        #expect(error.code == .fileAccess && error.message.contains("announced 200010 bytes and sent 200000"))
    }

    @Test("errors name URL, status and remedy, without passwords", arguments: [401, 403, 404, 418, 507])
    func errors(_ status: Int) throws {
        let server = try LoopbackServer()
        server.set(.status(status, times: 99), at: "/secret.fits")
        let path = try ResourcePath("http://me:hidden@127.0.0.1:\(server.port)/secret.fits?token=hidden")
        let error = try #require(throws: ButlerError.self) { try HTTPStore(HTTPSettings()).read(path) }
        #expect(error.message.contains("\(status)") && error.message.contains("127.0.0.1:\(server.port)/secret.fits"))
        #expect(error.remedy != nil)
        #expect(!"\(error.message) \(error.context)".contains("hidden"))
        #expect(server.takeLog().last?.fields["authorization"] != nil)
        #expect(error.code == (status == 404 ? .fileNotFound : status == 507 ? .diskFull : .fileAccess))
    }

    @Test("a server that is not there, and one that says nothing, are errors in time")
    func unreachable() throws {
        let server = try LoopbackServer()
        server.put("/slow", bytes, fault: .slow(4))
        let patient = Patient()
        let store = patient.store {
            $0.readTimeout = 1
            $0.readRetries = 1
        }
        let slow = try #require(throws: ButlerError.self) { try store.read(ResourcePath(server.url("/slow"))) }
        #expect(slow.remedy?.contains("LSST_HTTP_TIMEOUT_READ") == true)
        #expect(patient.pauses.withLock { $0.count } == 1)
        let port = server.port == 1 ? 2 : 1
        let gone = try #require(throws: ButlerError.self) { try store.read(ResourcePath("http://127.0.0.1:\(port)/x")) }
        #expect(gone.code == .fileAccess && gone.remedy?.contains("server runs") == true)
        #expect(patient.pauses.withLock { $0.count } == 4)
    }

    @Test("several requests go on at a time, and a cancelled task ends them")
    func concurrent() async throws {
        let server = try LoopbackServer()
        for number in 0..<8 { server.put("/\(number)", [UInt8(number)], fault: .slow(0.4)) }
        let store = HTTPStore(HTTPSettings())
        let start = Date()
        let paths = try (0..<8).map { try ResourcePath(server.url("/\($0)")) }
        let read = try Cancellation.threads(8, atOnce: 8) { try store.read(paths[$0]) }
        #expect(read == (0..<8).map { [UInt8($0)] })
        #expect(Date().timeIntervalSince(start) < 2.5)
        server.put("/slow", [1], fault: .slow(30))
        let slow = try ResourcePath(server.url("/slow"))
        let ended = Mutex(Date.distantFuture)
        let task = Task {
            try await Cancellation.thread {
                defer { ended.withLock { $0 = Date() } }
                return try store.read(slow)
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        let cancelled = Date()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The test itself may wait for one of the few threads that tasks share.
        #expect(ended.withLock { $0 }.timeIntervalSince(cancelled) < 15)
    }

    @Test("the header reader's file asks once for what it needs, and notices changes")
    func rangedFile() throws {
        let server = try LoopbackServer()
        server.put("/f", bytes)
        let store = HTTPStore(HTTPSettings())
        let file = RangedFile(try ResourcePath(server.url("/f")), in: store)
        #expect(try file.bytes(at: 0, count: 2880) == Array(bytes[..<2880]))
        #expect(try file.bytes(at: 28_800, count: 11_520) == Array(bytes[28_800..<40_320]))
        #expect(file.size == 200_000)
        #expect(server.takeLog().map(\.sent) == [RangedFile.firstRequest])
        #expect(try file.bytes(at: 199_990, count: 100) == Array(bytes[199_990...]))
        #expect(try file.bytes(at: 200_000, count: 100) == [])
        #expect(server.takeLog().map(\.sent) == [10])
        server.put("/f", bytes + [1])
        #expect(throws: ButlerError(.fileAccess, "")) { try file.bytes(at: 100_000, count: 10) }
    }

    @Test("settings come from the environment, with the reference's defaults")
    func settings() throws {
        #expect(HTTPSettings(environment: [:]) == HTTPSettings())
        let given = HTTPSettings(environment: [
            "LSST_HTTP_TIMEOUT_CONNECT": "5", "LSST_HTTP_TIMEOUT_READ": "nan", "LSST_HTTP_BACKOFF_MIN": "4",
            "LSST_HTTP_BACKOFF_MAX": "2", "LSST_HTTP_CACERT_BUNDLE": "/ca.pem", "LSST_HTTP_AUTH_CLIENT_CERT": "/c",
        ])
        #expect(given.connectTimeout == 5 && given.readTimeout == 1500 && given.backoff == 4...5)
        #expect(given.authorities == "/ca.pem")
        // A certificate without its key.
        let error = try #require(throws: ButlerError.self) {
            try HTTPStore(given).read(ResourcePath("https://127.0.0.1:1/"))
        }
        #expect(error.code == .configuration)
    }
}
