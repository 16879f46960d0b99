import ButlerConfig
import StewardCore
import Testing

@Suite struct JSONTests {
    @Test("JSON keeps the order of keys and reads back")
    func roundTrip() throws {
        let text = #"{"b": [1, -2.5, 1e3, true, null], "a": {"x": "é\n\u00e9\ud83d\ude00\/"}, "c": ""}"#
        let tree = try ConfigTree(json: text)
        #expect(tree.map?.keys == ["b", "a", "c"])
        #expect(tree["b"] == [1, -2.5, 1000.0, true, nil])
        #expect(tree["a", "x"] == "é\né😀/")
        #expect(tree.json == "{\"b\": [1, -2.5, 1000.0, true, null], \"a\": {\"x\": \"é\\né😀/\"}, \"c\": \"\"}")
        #expect(try ConfigTree(json: " \u{FEFF}".trimmingPrefix(" ") + "{}") == .empty)
    }

    @Test(
        "malformed JSON is an error with line and column",
        arguments: [
            ("", "1", "1"), ("{", "1", "2"), ("{\n \"a\" 1}", "2", "6"), ("[1,\n2", "2", "2"), ("tru", "1", "1"),
            ("{\"a\": 01}", "1", "7"), ("[1] x", "1", "5"), ("\"\\x\"", "1", "4"), ("\"\\ud800\"", "1", "8"),
            ("\"é\n\"", "1", "3"), ("{a: 1}", "1", "2"), ("[-]", "1", "2"), ("[1.]", "1", "2"), ("nan", "1", "1"),
        ]
    )
    func malformed(text: String, line: String, column: String) throws {
        let error = try #require(throws: ButlerError.self) { try ConfigTree(json: text, source: "f.json") }
        #expect(error.code == .configuration)
        #expect(error.context.map(\.value) == ["f.json", line, column], "\(error)")
    }
}
