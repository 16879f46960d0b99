import Foundation
import StewardTesting
import Testing

/// A server that is reached by TCP with TLS and a password only.
@Suite(
    .serialized,
    .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed"),
    .enabled(if: SecureServer.isPossible, "needs Linux and openssl"),
    .enabled(if: TestBackend.isFirstPass, "the first pass does this"),
    .timeLimit(.minutes(10))
) struct SecureServerTests {
    private static let shared = try? SecureServer()

    /// A user's home, and a repository's folder.
    private struct Home {
        let folder: TemporaryFolder
        let server: SecureServer
        var path: String { folder.path + "/home" }
        var root: String { folder.path + "/repo" }

        init() throws {
            server = try #require(SecureServerTests.shared, "the server did not start")
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: path + "/.lsst", withIntermediateDirectories: true)
        }

        /// Writes a file that only the user may read.
        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + "/" + name)
        }

        func writeCredentials() throws {
            try write(
                ".lsst/db-auth.yaml",
                "- {url: \"postgresql://local*/*\", username: \(server.user), password: \"\(server.password)\"}\n"
            )
        }

        /// Makes a repository in a schema of its own.
        func create(_ url: String) throws -> StewardProgram.Outcome {
            let seed = folder.path + "/seed.yaml"
            let schema = TestBackend.namespace(of: root)
            try "registry: {db: \"\(url)\", namespace: \(schema)}\n".write(
                toFile: seed,
                atomically: false,
                encoding: .utf8
            )
            return try run(["create", root, "--seed-config", seed, "--override"])
        }

        func run(_ arguments: [String]) throws -> StewardProgram.Outcome {
            var program = StewardProgram()
            program.environment = ["HOME": path, "LSST_DB_AUTH": path + "/.lsst/db-auth.yaml"]
            return try program.run(arguments)
        }

        func expectWork() throws {
            let made = try run(["register-dataset-type", root, "note", "Packages"])
            #expect(made.status == 0, "\(made.errors)")
            let found = try run(["query-dataset-types", root])
            #expect(found.status == 0 && found.output.contains("note"), "\(found.errors)")
            let text = try String(contentsOfFile: root + "/butler.yaml", encoding: .utf8)
            #expect(!text.contains(server.password))
        }
    }

    @Test("verify-full with the authority's certificate, and the password from db-auth.yaml")
    func verified() throws {
        let home = try Home()
        try home.writeCredentials()
        let made = try home.create(home.server.url("sslmode=verify-full&sslrootcert=\(home.server.authority)"))
        #expect(made.status == 0, "\(made.errors)")
        try home.expectWork()
    }

    @Test("require without any certificate, and the password from .pgpass")
    func required() throws {
        let home = try Home()
        try home.write(".pgpass", "localhost:5432:*:\(home.server.user):\(home.server.password)\n")
        let made = try home.create(home.server.url("sslmode=require", user: true))
        #expect(made.status == 0, "\(made.errors)")
        try home.expectWork()
    }

    @Test("the authority's certificate where PostgreSQL's programs look for it")
    func inHome() throws {
        let home = try Home()
        try home.writeCredentials()
        try FileManager.default.createDirectory(atPath: home.path + "/.postgresql", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: home.server.authority, toPath: home.path + "/.postgresql/root.crt")
        let made = try home.create(home.server.url("sslmode=verify-full"))
        #expect(made.status == 0, "\(made.errors)")
    }

    @Test("another authority, another name, no encryption, a wrong password and none: errors that tell what to do")
    func refused() throws {
        let home = try Home()
        try home.writeCredentials()
        let server = home.server
        for (url, texts) in [
            (server.url("sslmode=verify-full&sslrootcert=\(server.otherAuthority)"), ["verify failed", "sslrootcert"]),
            (server.url("sslmode=verify-full&sslrootcert=/nowhere.crt"), ["/nowhere.crt", "sslrootcert"]),
            (
                server.url("sslmode=verify-full&sslrootcert=\(server.authority)", host: "localhost.other"),
                ["does not match", "the name in it"]
            ),
            (server.url("sslmode=disable"), ["no encryption", "sslmode"]),
            (server.url("sslmode=sometimes"), ["sslmode", "Correct"]),
        ] {
            let outcome = try home.create(url)
            #expect(outcome.status == 1, "\(url)")
            for text in texts { #expect(outcome.errors.contains(text), "\(url): \(outcome.errors)") }
            #expect(!outcome.errors.contains(server.password))
        }
        try home.write(
            ".lsst/db-auth.yaml",
            "- {url: \"postgresql://localhost:5432/*\", username: steward, password: wrong}\n"
        )
        let wrong = try home.create(server.url("sslmode=require"))
        #expect(wrong.status == 1 && wrong.errors.contains("password authentication failed"), "\(wrong.errors)")
        try FileManager.default.removeItem(atPath: home.path + "/.lsst/db-auth.yaml")
        let without = try home.create(server.url("sslmode=require", user: true))
        #expect(without.status == 1 && without.errors.contains("no password supplied"), "\(without.errors)")
    }
}

/// A private server with a certificate of a private authority.
final class SecureServer: Sendable {
    let user = "steward"
    let password = "geheim#1 ü"
    private let folder: TemporaryFolder
    private let address: String
    private let server: PostgreSQLServer

    /// Whether there are addresses enough, and a program that makes certificates.
    static let isPossible: Bool = {
        #if os(Linux)
        return ["/usr/bin/openssl", "/bin/openssl"].contains { FileManager.default.isExecutableFile(atPath: $0) }
        #else
        return false
        #endif
    }()

    var authority: String { folder.path + "/authority.crt" }
    var otherAuthority: String { folder.path + "/other.crt" }

    init() throws {
        folder = try TemporaryFolder()
        let place = folder.path
        for name in ["authority", "other"] {
            try Self.run([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout",
                "\(place)/\(name).key", "-out", "\(place)/\(name).crt",
            ])
        }
        try Self.run([
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "\(place)/server.key", "-out",
            "\(place)/server.csr",
        ])
        try Self.run([
            "x509", "-req", "-days", "2", "-in", "\(place)/server.csr", "-CA", "\(place)/authority.crt", "-CAkey",
            "\(place)/authority.key", "-CAcreateserial", "-out", "\(place)/server.crt",
        ])
        // The server's own user copies them.
        for (name, mode) in [("", 0o755), ("/server.key", 0o644), ("/server.crt", 0o644), ("/authority.crt", 0o644)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place + name)
        }
        address = "127.\(Int.random(in: 1...250)).\(Int.random(in: 1...250)).\(Int.random(in: 2...250))"
        server = try #require(try PostgreSQLServer.start(.init(certificates: place, address: address)))
        try server.query("ALTER USER steward PASSWORD '\(password)'")
    }

    /// The address of the server with parameters.
    func url(_ parameters: String, user: Bool = false, host: String = "localhost") -> String {
        let name = user ? self.user + "@" : ""
        return "postgresql://\(name)\(host):5432/\(server.database)?hostaddr=\(address)&\(parameters)"
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
