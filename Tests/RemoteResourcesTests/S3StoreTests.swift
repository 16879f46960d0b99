import Foundation
import Resources
import StewardCore
import StewardTesting
import Testing

@testable import RemoteResources

/// Object stores with Amazon's interface.
@Suite struct S3StoreTests {
    private let signature = S3Signature(
        credentials: S3Credentials(keyID: "test", secret: "test"),
        region: "us-east-1",
        time: "20260402T010000Z"
    )

    @Test("signatures are those of boto3")
    func vectors() throws {
        let lines = signature.headers(
            "GET",
            host: "127.0.0.1:5977",
            path: "/stewbucket/store/a%20b.yaml",
            query: S3Signature.text([("prefix", "u/a"), ("list-type", "2")])
        )
        let expected = "a19d4d568c7aac9364d0a161225be4b69574e0619524d17bdd32d18fc3398af1"
        #expect(
            lines.last?.hasSuffix("SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=\(expected)") == true
        )
    }

    @Test("servers and credentials come from the environment and from files")
    func settings() throws {
        let file = NSTemporaryDirectory() + "steward-credentials-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        let text =
            "[default]\naws_access_key_id = a\naws_secret_access_key = b\n[site]\n# c\naws_access_key_id=c\n"
            + "aws_secret_access_key=d==\naws_session_token = e\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let base = ["AWS_SHARED_CREDENTIALS_FILE": file, "AWS_DEFAULT_REGION": "eu-west-2"]
        let plain = try S3Settings(environment: base).access(profile: nil)
        #expect(plain.endpoint == "https://s3.eu-west-2.amazonaws.com" && plain.region == "eu-west-2")
        #expect(plain.credentials == S3Credentials(keyID: "a", secret: "b"))
        let own = base.merging([
            "S3_ENDPOINT_URL": "http://u:p%2F@host:81/x/", "LSST_RESOURCES_S3_PROFILE_site": "https://s:443",
        ]) { $1 }
        let inURL = try S3Settings(environment: own).access(profile: nil)
        #expect(inURL.endpoint == "http://host:81/x" && inURL.credentials == S3Credentials(keyID: "u", secret: "p/"))
        let site = try S3Settings(environment: own).access(profile: "site")
        #expect(site.endpoint == "https://s")
        #expect(site.credentials == S3Credentials(keyID: "c", secret: "d==", sessionToken: "e"))
        let keys = base.merging(["AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "l"]) { $1 }
        #expect(try S3Settings(environment: keys).access(profile: nil).credentials?.keyID == "k")
        let nobody = ["AWS_SHARED_CREDENTIALS_FILE": "/none"]
        #expect(try S3Settings(environment: nobody).access(profile: nil).credentials == nil)
        #expect(throws: ButlerError(.configuration, "")) {
            try S3Settings(environment: nobody).access(profile: "other")
        }
        #expect(throws: ButlerError(.configuration, "")) {
            try S3Settings(environment: ["S3_ENDPOINT_URL": "host"]).access(profile: nil)
        }
    }

    /// A server of the Python package `moto` that ends with the value.
    private final class Peer {
        static let program = Reference.environment + "/bin/moto_server"
        let process = Process()
        let url: String

        init() throws {
            // The port of a server that has just ended is free.
            let port = try LoopbackServer().port
            url = "http://127.0.0.1:\(port)"
            process.executableURL = URL(fileURLWithPath: Self.program)
            process.arguments = ["-H", "127.0.0.1", "-p", String(port)]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let script = """
                import sys, time, boto3, botocore.config
                for attempt in range(100):
                    try:
                        c = boto3.client("s3", endpoint_url=sys.argv[1], aws_access_key_id="k", aws_secret_access_key="s",
                                         region_name="us-east-1", config=botocore.config.Config(retries={"max_attempts": 0}))
                        c.create_bucket(Bucket="night")
                        break
                    except Exception:
                        time.sleep(0.2)
                """
            try Reference.run("python", ["-c", script, url])
        }

        deinit {
            process.terminate()
        }
    }

    @Test(
        "an object store is a store like any other",
        .enabled(if: FileManager.default.isExecutableFile(atPath: Peer.program), "moto_server is not installed")
    )
    func conformance() throws {
        let peer = try Peer()
        let environment = [
            "S3_ENDPOINT_URL": peer.url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
            "LSST_RESOURCES_S3_PROFILE_site": peer.url.replacingOccurrences(of: "//", with: "//k:s@"),
        ]
        let store = S3Store(S3Settings(environment: environment), connections: HTTPSettings())
        for base in ["s3://night/root/", "s3://site@night/other"] {
            try ResourceStoreConformance.check(store, below: ResourcePath(base))
        }
    }

    @Test("errors of object stores name the remedy, and not the secret")
    func errors() throws {
        let server = try LoopbackServer()
        server.set(.status(403, times: 9), at: "/night/a")
        let environment = ["S3_ENDPOINT_URL": "http://me:hidden@127.0.0.1:\(server.port)"]
        let store = S3Store(S3Settings(environment: environment), connections: HTTPSettings())
        let error = try #require(throws: ButlerError.self) { try store.read(ResourcePath("s3://night/a")) }
        #expect(error.code == .fileAccess && error.context.contains(.init("status", "403")))
        #expect(!"\(error)".contains("hidden"))
        let log = server.takeLog()
        #expect(log.first?.fields["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=me/") == true)
        #expect(throws: ButlerError(.invalidArgument, "")) { try store.read(ResourcePath("s3:///a")) }
    }
}
