import StewardCore
import Testing

@testable import ButlerConfig

/// Assignments of tasks' configuration files; what sky maps and tasks make of them is tested there.
@Suite struct TaskConfigTests {
    @Test("paths, values and lines of assignments")
    func assignments() throws {
        let text = try TaskConfigText(
            """
            import lsst.base
            config.a['b-c'].d = [1, -2.5, 'x'];  config.e = None
            config.f = (1 + 2) * 3 / 2  # a comment
            "a text that stands alone"
            """,
            source: "my.py"
        )
        #expect(text.assignments.map(\.path) == [["a", "b-c", "d"], ["e"], ["f"]])
        #expect(text.assignments.map(\.value) == [.list([.int(1), .real(-2.5), .text("x")]), .none, .real(4.5)])
        #expect(text.assignments.map(\.line) == [2, 2, 3])
    }

    @Test("items of a command line: literals, and words that stand for themselves")
    func items() throws {
        let items = ["a=1", "b.c = two words ", "d['e']='x'", "f=None", "g=", "h=x=y", "i=/data/a;b"]
        let read = try TaskConfigText(items: items).assignments
        #expect(read.map(\.path) == [["a"], ["b", "c"], ["d", "e"], ["f"], ["g"], ["h"], ["i"]])
        #expect(
            read.map(\.value) == [
                .int(1), .text("two words"), .text("x"), .none, .text(""), .text("x=y"), .text("/data/a;b"),
            ]
        )
        #expect(read.map(\.line) == Array(1...7))
    }

    @Test("items that are none", arguments: ["abc", "=1", "a b=1", "a;config.b=1", "a\n=1\nconfig.c"])
    func badItems(_ item: String) {
        #expect(throws: ButlerError.self) { try TaskConfigText(items: [item]) }
    }
}
