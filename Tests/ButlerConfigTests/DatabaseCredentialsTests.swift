import ButlerConfig
import Foundation
import StewardCore
import Testing

/// Expected values were made with the reference's `lsst.utils.db_auth` and `ConnectionStringFactory`.
@Suite struct DatabaseCredentialsTests {
    private static let list = """
        - url: postgresql://db1.example.com:5432/my_database
          username: one
          password: p1
        - url: postgresql://user@db2.example.com/my_[ab]*
          password: p2
        - url: postgresql://*.example.com/other
          username: three
          password: p3
        - url: oracle://*
          username: four
          password: p4
        - url: postgresql://host?.example.com
          password: p5
        - url: postgresql://db1.example.com
          username: six
          password: p6
        """

    @Test(
        "the first entry that matches gives user and password, a user of the URL stays",
        arguments: [
            ("postgresql://db1.example.com:5432/my_database", "one", "p1"),
            ("postgresql+psycopg2://db1.example.com:5432/my_database", "one", "p1"),
            ("postgresql://me@db1.example.com:5432/my_database", "me", "p1"),
            ("postgresql://db1.example.com/my_database", "six", "p6"),
            ("postgresql://user@db2.example.com/my_a1", "user", "p2"),
            ("postgresql://other@db2.example.com/my_a1", "other", nil),
            ("postgresql://user@db2.example.com/my_c1", "user", nil),
            ("postgresql://db2.example.com/my_a1", nil, nil),
            ("postgresql://x.y.example.com/other", "three", "p3"),
            ("postgresql://host1.example.com/any", nil, nil),
            ("postgresql://me:own@x.example.com/other", "me", "p3"),
            ("postgresql:///other", nil, nil),
            ("postgresql://x.example.com", nil, nil),
            ("mysql://x.example.com/other", nil, nil),
        ] as [(String, String?, String?)]
    )
    func matching(url: String, username: String?, password: String?) throws {
        let credentials = try DatabaseCredentials(environment: ["LSST_DB_AUTH_CREDENTIALS": Self.list])
        let found = credentials.completing(try DatabaseURL(url))
        #expect(found.username == username)
        #expect(found.password == password)
    }

    @Test("the file is used that the environment names, unless others may read it; without one nothing changes")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "steward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: ".lsst"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let (named, standard) = (folder.appending(path: "auth").path, folder.appending(path: ".lsst/db-auth.yaml").path)
        for (path, password) in [(named, "named"), (standard, "standard")] {
            let text = "[{\"url\": \"postgresql://h/d\", \"username\": \"u\", \"password\": \"\(password)\"}]"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        let url = try DatabaseURL("postgresql://h/d")
        func password(_ environment: [String: String]) throws -> String? {
            let home = ["HOME": folder.path].merging(environment) { $1 }
            return try DatabaseCredentials(environment: home).completing(url).password
        }
        #expect(try password([:]) == "standard")
        #expect(try password(["LSST_DB_AUTH": named]) == "named")
        #expect(try password(["LSST_DB_AUTH": "~/auth"]) == "named")
        #expect(try password(["LSST_DB_AUTH": "/nowhere"]) == nil)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: named)
        let error = #expect(throws: ButlerError.self) { try password(["LSST_DB_AUTH": named]) }
        #expect(error?.code == .configuration)
        #expect(error?.remedy?.contains("chmod 600") == true)
    }

    @Test(
        "malformed lists are refused, and passwords are not shown",
        arguments: [
            "a: b", "[{url: 'postgresql://h/d', username: u}]", "[{password: s3cret}]",
            "[{url: 'postgresql+psycopg2://h/d', password: s3cret}]", "[{url: 'nothing', password: s3cret}]",
            "[{url: 'postgresql:///d', password: s3cret}]", "[1]", "{",
        ]
    )
    func malformed(text: String) throws {
        let error = #expect(throws: ButlerError.self) {
            try DatabaseCredentials(environment: ["LSST_DB_AUTH_CREDENTIALS": text])
        }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test(
        "a URL becomes parameters of the client library",
        arguments: [
            (
                "postgresql://u:p%40@h:5433/d?sslmode=require",
                "sslmode=require host=h port=5433 dbname=d user=u password=p@"
            ),
            ("postgresql+psycopg2:///d", "dbname=d"),
            ("postgresql://u@/d?host=/run/socket", "host=/run/socket dbname=d user=u"),
            ("postgresql:///d?host=a:5432&host=b:5433", "host=a,b port=5432,5433 dbname=d"),
            ("postgresql:///d?host=a&host=b&target_session_attrs=any", "target_session_attrs=any host=a,b dbname=d"),
            ("postgresql://[::1]:5432/d", "host=::1 port=5432 dbname=d"),
        ]
    )
    func parameters(url: String, expected: String) throws {
        let parameters = try DatabaseURL(url).connectionParameters
        #expect(parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ") == expected)
    }
}
