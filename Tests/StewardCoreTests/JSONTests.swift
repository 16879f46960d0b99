import StewardCore
import Testing

@Suite struct JSONTests {
    @Test(
        "text comes back as it went in",
        arguments: [
            #"{"b":1,"a":[1.5,-2,true,null,"x\"y\\z\n"],"c":{}}"#, "[]", #""é∞""#, "-9223372036854775808", "1e-07",
            "[NaN,-Infinity]",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).text() == text)
    }

    @Test("layouts")
    func layouts() throws {
        let value = try JSONValue(parsing: #"{"a": [1, {"b": "\u00e9\ud83d\ude00"}], "c": []}"#)
        #expect(value.text(.spaced) == #"{"a": [1, {"b": "é😀"}], "c": []}"#)
        #expect(
            value.text(.indented) == "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"é😀\"\n    }\n  ],\n  \"c\": []\n}"
        )
    }

    @Test(
        "malformed text is refused with line and column",
        arguments: [
            "{", "[1,]", "{\"a\" 1}", "tru", "\"open", "1 2", "[\"\\x\"]", "", "-", "[1\n,,2]",
            String(repeating: "[", count: 9999),
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: ButlerError.self) { try JSONValue(parsing: text) }
        #expect(error?.code == .corruptFile)
        #expect(error?.message.contains("line") == true)
    }
}
