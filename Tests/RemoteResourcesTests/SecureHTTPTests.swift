import Foundation
import RemoteResources
import Resources
import StewardCore
import StewardTesting
import Testing

/// HTTP over TLS: who the server is, and who asks.
@Suite(.enabled(if: TLSProxy.isPossible, "needs openssl and python3"), .serialized)
struct SecureHTTPTests {
    private func store(_ change: (inout HTTPSettings) -> Void) -> HTTPStore {
        var settings = HTTPSettings()
        settings.connectRetries = 0
        change(&settings)
        return HTTPStore(settings) { _ in }
    }

    @Test("a server is believed whose certificate the named authority has signed, no other")
    func authority() throws {
        let (server, proxy) = (try LoopbackServer(), try TLSProxy.Certificates())
        server.put("/f", [1, 2, 3])
        let tls = try TLSProxy(to: server, proxy)
        let path = try ResourcePath(tls.url("/f"))
        #expect(try store { $0.authorities = proxy.authority }.read(path) == [1, 2, 3])
        let folder = proxy.folder + "/authorities"
        #expect(try store { $0.authorities = folder }.read(path) == [1, 2, 3])
        for authorities in [nil, proxy.otherAuthority] {
            let error = try #require(throws: ButlerError.self) {
                try store { $0.authorities = authorities }.read(path)
            }
            #expect(error.code == .fileAccess)
            #expect(error.description.contains("certificate"), "\(error)")
        }
        #expect(server.takeLog().count == 2)
    }

    @Test("a token goes with every request, from a file of which only its owner reads; never in clear")
    func token() throws {
        let (server, proxy) = (try LoopbackServer(), try TLSProxy.Certificates())
        server.put("/f", [1])
        let tls = try TLSProxy(to: server, proxy)
        let (secure, plain) = (try ResourcePath(tls.url("/f")), try ResourcePath(server.url("/f")))
        let file = proxy.folder + "/token"
        try "secret of the file\n".write(toFile: file, atomically: true, encoding: .utf8)
        func reader(_ token: String) -> HTTPStore {
            store {
                $0.authorities = proxy.authority
                $0.token = token
            }
        }
        for (token, sent) in [("secret", "Bearer secret"), (file, "Bearer secret of the file")] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            _ = try reader(token).read(secure)
            _ = try reader(token).read(plain)
            #expect(server.takeLog().map { $0.fields["authorization"] } == [sent, nil])
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let error = try #require(throws: ButlerError.self) { try reader(file).read(secure) }
        #expect(error.code == .configuration && error.description.contains(file))
        #expect(!error.description.contains("secret of"))
        #expect(server.takeLog().isEmpty)
    }

    @Test("a client shows its certificate to a server that wants one")
    func client() throws {
        let (server, proxy) = (try LoopbackServer(), try TLSProxy.Certificates())
        server.put("/f", [1])
        let tls = try TLSProxy(to: server, proxy, wantsClient: true)
        let path = try ResourcePath(tls.url("/f"))
        let known = store {
            $0.authorities = proxy.authority
            $0.certificate = proxy.folder + "/client.crt"
            $0.key = proxy.folder + "/client.key"
        }
        #expect(try known.read(path) == [1])
        #expect(throws: ButlerError(.fileAccess, "")) {
            try store { settings in
                settings.authorities = proxy.authority
                settings.readRetries = 0
                settings.retries = 0
            }
            .read(path)
        }
        #expect(server.takeLog().count == 1)
    }
}

/// A program that takes TLS connections for a plain server.
private final class TLSProxy {
    /// Two authorities, and certificates that the first one has signed.
    final class Certificates {
        let folder = NSTemporaryDirectory() + "steward-tls-" + UUID().uuidString

        var authority: String { folder + "/authority.crt" }
        var otherAuthority: String { folder + "/other.crt" }

        init() throws {
            try FileManager.default.createDirectory(atPath: folder + "/authorities", withIntermediateDirectories: true)
            for name in ["authority", "other"] {
                try openssl(
                    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=\(name) -keyout \(name).key -out \(name).crt"
                )
            }
            try "subjectAltName = IP:127.0.0.1\n".write(toFile: folder + "/names", atomically: true, encoding: .utf8)
            for name in ["server", "client"] {
                try openssl("req -newkey rsa:2048 -nodes -subj /CN=\(name) -keyout \(name).key -out \(name).csr")
                try openssl(
                    "x509 -req -days 2 -in \(name).csr -CA authority.crt -CAkey authority.key -CAcreateserial "
                        + "-extfile names -out \(name).crt"
                )
            }
            try FileManager.default.copyItem(atPath: authority, toPath: folder + "/authorities/authority.crt")
            try openssl("rehash authorities")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        private func openssl(_ arguments: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "openssl \(arguments)")
        }
    }

    static let isPossible = ["openssl", "python3"].allSatisfy { name in
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }

    private let process = Process()
    private let port: Int

    init(to server: LoopbackServer, _ certificates: Certificates, wantsClient: Bool = false) throws {
        let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let plain = try #require(URL(string: server.url("/"))?.port)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", peers.path + "/Peers/tls_proxy.py", certificates.folder + "/server.crt",
            certificates.folder + "/server.key", wantsClient ? certificates.authority : "-", "\(plain)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = Pipe()
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    deinit { process.terminate() }

    func url(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }
}
