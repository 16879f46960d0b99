import ButlerConfig
import StewardCore
import Testing

@Suite struct ConfigTreeTests {
    @Test("paths of keys read, set and remove")
    func paths() {
        var tree: ConfigTree = ["a": ["b": ["c": 1]], "l": [["x": 1], 2]]
        #expect(tree["a", "b", "c"] == 1)
        #expect(tree["l", "0", "x"] == 1)
        #expect(tree["l", "7"] == nil)
        #expect(tree["a", "b", "c", "d"] == nil)
        tree["a", "n", "m"] = "new"
        tree["l", "1"] = 3
        tree["a", "b"] = nil
        #expect(tree == ["a": ["n": ["m": "new"]], "l": [["x": 1], 3]])
        tree["a", "n", "m", "deeper"] = true
        #expect(tree["a", "n", "m", "deeper"] == true)
    }

    @Test("delimited paths are split as the reference splits them")
    func delimited() {
        #expect(ConfigTree.keys(of: ".a.b.c") == ["a", "b", "c"])
        #expect(ConfigTree.keys(of: "/a/b.c") == ["a", "b.c"])
        #expect(ConfigTree.keys(of: "a.b.c") == ["a.b.c"])
        #expect(ConfigTree.keys(of: #".a.b\.c"#) == ["a", "b.c"])
        #expect(ConfigTree.keys(of: #".a.b\c"#) == ["a", #"b\c"#])
        #expect(ConfigTree.keys(of: "") == [""])
    }

    @Test("merging is deep for mappings, and lists and scalars are replaced")
    func merge() {
        let lower: ConfigTree = ["a": ["x": 1, "y": [1, 2]], "b": 1, "c": ["k": 1], "d": 5]
        let upper: ConfigTree = ["a": ["y": [3], "z": nil], "b": ["n": 1], "c": "text"]
        let merged: ConfigTree = ["a": ["x": 1, "y": [3], "z": nil], "b": ["n": 1], "c": "text", "d": 5]
        #expect(lower.merging(upper) == merged)
        #expect(lower.merging(upper).map?.keys == ["a", "b", "c", "d"])
        #expect(lower.merging(.empty) == lower)
    }

    @Test("values of the wrong type are errors that name the path and the value")
    func types() throws {
        let tree: ConfigTree = ["a": ["flag": "maybe", "n": 3, "none": nil, "list": ["x", 1], "one": "x"]]
        #expect(try tree.int("a", "n") == 3)
        #expect(try tree.double("a", "n") == 3)
        #expect(try tree.string("a", "none") == nil)
        #expect(try tree.string("a", "absent") == nil)
        #expect(try tree.strings("a", "one") == ["x"])
        let error = try #require(throws: ButlerError.self) { try tree.bool("a", "flag") }
        #expect(error.code == .configuration)
        #expect(error.message.contains("a.flag") && error.message.contains("\"maybe\""))
        #expect(throws: ButlerError(.configuration, "")) { try tree.strings("a", "list") }
        #expect(throws: ButlerError(.configuration, "")) { try tree.map("a", "n") }
    }

    @Test(
        "database URLs are read with SQLAlchemy's rules",
        arguments: [
            ("sqlite:///rel/x.sqlite3", "rel/x.sqlite3"), ("sqlite:////abs/x.sqlite3", "/abs/x.sqlite3"),
            ("sqlite://", nil), ("sqlite:///:memory:", nil), ("sqlite:////a b/100%/x", "/a b/100%/x"),
        ]
    )
    func sqlite(text: String, path: String?) throws {
        let url = try DatabaseURL(text)
        #expect(url.dialect == "sqlite" && url.database == path && url.host == nil)
    }

    @Test("PostgreSQL URLs have user, host, port and database")
    func postgresql() throws {
        let url = try DatabaseURL("postgresql+psycopg2://me%40x:p%3Aw@db.host:5433/name?sslmode=require")
        #expect(url.dialect == "postgresql" && url.driver == "psycopg2")
        #expect(url.username == "me@x" && url.password == "p:w")
        #expect(url.host == "db.host" && url.port == 5433 && url.database == "name")
        #expect(url.query == [.init(name: "sslmode", value: "require")])
        #expect(!url.description.contains("p:w"))
        let socket = try DatabaseURL("postgresql://@/name?host=/var/run")
        #expect(socket.host == nil && socket.database == "name" && socket.query.count == 1)
        #expect(try DatabaseURL("postgresql://[::1]:99/n").host == "::1")
    }

    @Test(
        "malformed database URLs are errors without the password",
        arguments: [
            "", "sqlite", "x/y", "://a", "sqlite://host/x", "postgresql://u:secret@h:99999/n",
            "postgresql://u:secret@h:x/n", "sqlite:///x?uri=true",
        ]
    )
    func malformed(text: String) throws {
        let error = try #require(throws: ButlerError.self) { try DatabaseURL(text) }
        #expect(error.code == .configuration)
        #expect(!error.description.contains("secret"))
    }
}
