import ButlerConfig
import StewardCore
import Testing

@Suite struct YAMLTests {
    @Test("plain text means what it means to the reference's loader, or fails")
    func values() throws {
        // Our reader is stricter: a key twice in one mapping and `!!set` are errors with a position.
        for row in try #require(ConfigFixture.json("yaml-values.json").list) {
            let text = try #require(row["0"]?.string)
            guard row["1"] == "value", let expected = row["2"] else {
                let error = #expect(throws: ButlerError.self, "\(text)") { try ConfigTree(yaml: text) }
                #expect(error?.code == .configuration)
                continue
            }
            let tree = try ConfigTree(yaml: text)
            if let number = expected["$float"]?.string.flatMap(Double.init) {
                #expect(tree == .double(number), "\(text)")
            } else {
                #expect(tree == expected, "\(text)")
            }
        }
    }

    @Test("text is written in the style and with the folds of the reference's emitter")
    func scalars() throws {
        for row in try #require(ConfigFixture.json("yaml-scalars.json").list) {
            let text = try #require(row["0"])
            let key = try #require(text.string)
            #expect(text.yaml() == row["1"]?.string)
            #expect((["key": ["inner": text]] as ConfigTree).yaml() == row["2"]?.string)
            #expect(([[text]] as ConfigTree).yaml() == row["3"]?.string)
            var map = ConfigMap()
            map[key] = 1
            #expect(ConfigTree.map(map).yaml() == row["4"]?.string)
            #expect((["k": text] as ConfigTree).yaml(allowsUnicode: true) == row["5"]?.string)
        }
    }

    @Test("trees are written as the reference writes them and read back equal")
    func trees() throws {
        for row in try #require(ConfigFixture.json("yaml-trees.json").list) {
            let sorted = try #require(row["1"]?.string)
            let tree = try ConfigTree(yaml: sorted)
            #expect(tree.yaml() == sorted)
            let unsorted = try ConfigTree(yaml: try #require(row["2"]?.string))
            #expect(unsorted == tree)
            #expect(unsorted.yaml(sortsKeys: false) == row["2"]?.string)
            #expect(unsorted.json == row["3"]?.string)
        }
    }

    @Test(
        "errors of YAML have line and column",
        arguments: [
            ("a: 1\n b: 2", "2", "3"), ("x: 1\ny: {p: !foo z}", "2", "8"), ("a: 1\nb: 2\na: 3", "1", "1"),
            ("a: [1, 2", "2", "1"), ("a: *x", "1", "4"), ("a: 99999999999999999999", "1", "4"), ("a: \u{7}", "1", "4"),
        ]
    )
    func positions(text: String, line: String, column: String) throws {
        let error = try #require(throws: ButlerError.self) { try ConfigTree(yaml: text, source: "f.yaml") }
        #expect(error.code == .configuration)
        #expect(error.message.contains("f.yaml"))
        #expect(error.context == [.init("file", "f.yaml"), .init("line", line), .init("column", column)])
    }

    @Test("aliases that multiply without end are refused, nesting is bounded")
    func bombs() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(throws: ButlerError(.configuration, "")) { try ConfigTree(yaml: text) }
        #expect(throws: ButlerError(.configuration, "")) { try ConfigTree(yaml: String(repeating: "[", count: 5000)) }
        #expect(throws: ButlerError(.configuration, "")) { try ConfigTree(json: String(repeating: "[", count: 5000)) }
    }
}
