import Foundation
import RemoteResources
import Resources
import StewardCore
import StewardTesting
import Testing

/// Servers that speak WebDAV, and the writing to those that do not.
@Suite struct WebDAVTests {
    @Test("a WebDAV server is a store like any other", arguments: ["http", "dav"])
    func conformance(_ scheme: String) throws {
        let server = try LoopbackServer(webDAV: true)
        let store = HTTPStore(HTTPSettings())
        let root = try ResourcePath(server.url("/data/", scheme: scheme))
        try ResourceStoreConformance.check(store, below: root)
        // Complete files only: what is written gets its name by a MOVE.
        #expect(server.takeLog().filter { $0.method == "PUT" }.allSatisfy { $0.target.hasSuffix(".tmp") })
        try store.move(root.appending("z"), to: root.appending("y"), overwrite: false)
        #expect(try !store.exists(root.appending("z")) && store.read(root.appending("y")) == [1])
    }

    @Test("files below a folder are found")
    func search() throws {
        let server = try LoopbackServer(webDAV: true)
        let store = HTTPStore(HTTPSettings())
        let root = try ResourcePath(server.url("/night/"))
        for name in ["a.fits", "x/b.fits", "x/c.txt"] {
            try store.write([1], to: root.appending(name), overwrite: false)
        }
        let groups = try FileSearch(.fits, stores: .standard.adding(store)).find([root.url, server.url("/one.fits")])
        #expect(groups.flatMap(\.files).map(\.path) == ["/night/a.fits", "/night/x/b.fits", "/one.fits"])
    }

    @Test("a plain server cannot be listed, and is written by one request")
    func plain() throws {
        let server = try LoopbackServer()
        let store = HTTPStore(HTTPSettings())
        let path = try ResourcePath(server.url("/f"))
        #expect(throws: ButlerError(.fileAccess, "")) { try store.list(ResourcePath(server.url("/"))) }
        try store.write([1, 2], to: path, overwrite: false)
        #expect(server.file("/f") == [1, 2])
        #expect(throws: ButlerError(.fileAccess, "")) { try store.write([3], to: path, overwrite: false) }
        try store.write([UInt8](repeating: 3, count: 3_000_000), to: path, overwrite: true)
        #expect(server.file("/f")?.count == 3_000_000)
        #expect(server.takeLog().count { $0.method == "OPTIONS" } == 1)
    }
}
