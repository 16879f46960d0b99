import Foundation
import Testing

@testable import ButlerConfig

/// The reader of lines against the YAML library: what it reads, it must read alike.
@Suite struct YAMLDocumentTests {
    /// A node as a value that can be compared.
    indirect enum Tree: Equatable, CustomStringConvertible {
        case scalar(String, isPlain: Bool, tag: String?)
        case list([Tree], tag: String?)
        case map([Tree], tag: String?)

        init(_ node: YAMLNode) {
            let tag = node.tag
            if let text = node.string {
                self = .scalar(text.filter { !$0.isWhitespace }, isPlain: node.isPlain, tag: tag)
            } else if let items = node.items {
                self = .list(items.map { Tree($0) }, tag: tag)
            } else {
                var members: [Tree] = []
                node.forEachPair { members += [Tree($0), Tree($1)] }
                self = .map(members, tag: tag)
            }
        }

        var description: String {
            switch self {
            case .scalar(let text, let isPlain, let tag): Self.mark(tag) + (isPlain ? text : "'\(text)'")
            case .list(let items, let tag): Self.mark(tag) + "[\(items.map(\.description).joined(separator: ", "))]"
            case .map(let items, let tag): Self.mark(tag) + "{\(items.map(\.description).joined(separator: ", "))}"
            }
        }

        private static func mark(_ tag: String?) -> String {
            tag.map { "!\($0) " } ?? ""
        }
    }

    static func lines(_ text: String) -> Tree? {
        var reader = BlockLineReader(Array(text.utf8))
        return reader.read() ? reader.document.root.map { Tree($0) } : nil
    }

    static func composed(_ text: String) -> Tree? {
        (try? YAMLDocument(composing: Array(text.utf8)))?.root.map { Tree($0) }
    }

    static let export = """
        description: Butler Data Repository Export
        version: 1.0.2
        data:
        - type: dimension
          element: visit
          records:
          - name: it's
            reason: 'a ''quoted'' word: here'
            seeing: -1.5e+3
            empty:
            none: null
            datetime_begin: !butler_time/tai/iso '2020-01-01 00:00:00.000000000'
            region: !<lsst.sphgeom.ConvexPolygon>
              encoded: 70aa55
            hash: !!binary |
              AAEC
              AwQ=
            comment: a long text that goes on
              in the next line
        - type: dataset
          records:
          - dataset_id:
            - !uuid '01a1fdd6-80d1-7b2f-9461-2d14d09e3328'
            data_id:
            - instrument: Cam1
              url: file:///x/y#z
            -
              - nested
            - {}
            formatter: []
        """

    @Test("lines as programs write them are read without the library, and alike")
    func machineText() throws {
        let tree = try #require(Self.lines(Self.export))
        #expect(tree == Self.composed(Self.export))
        #expect(tree.description.contains("a''quoted''word") == false)
        let root = try #require(try YAMLDocument(parsing: Array(Self.export.utf8)).root)
        let records = try #require(root["data"]?.items)
        #expect(records.map { $0["type"]?.string } == ["dimension", "dataset"])
        let visit = try #require(records[0]["records"]?.items?.first)
        #expect(visit["reason"]?.string == "a 'quoted' word: here")
        #expect(visit["comment"]?.string == "a long text that goes on in the next line")
        #expect(visit["region"]?.tag == "lsst.sphgeom.ConvexPolygon")
        #expect(visit["hash"]?.tag == "tag:yaml.org,2002:binary")
        #expect(visit["empty"]?.string == "" && visit["empty"]?.isPlain == true)
        #expect(visit["name"]?.line == 7)
    }

    @Test(
        "other forms are left to the library",
        arguments: [
            "a: &x 1\nb: *x", "a: [1, 2]", "a: {b: 1}", "a: >\n  folded\n", "a: |\n  text\n", "? a\n: b", "a: \"x\\n\"",
            "--- \na: 1", "# comment\na: 1", "a: 'x\n  y'", "a: b # comment", "\ta: 1", "a: 1\n\nb: 2", "plain",
            "a: b: c",
            "- a\nb: 1", "a:\n    b: 1\n  c: 2", "%YAML 1.1\n---\na: 1", "a: %x", "a: @x", "a: `x", "a: 'x' y",
        ]
    )
    func otherText(_ text: String) {
        #expect(Self.lines(text) == nil)
    }

    @Test("damaged text that the lines' reader takes means the same to the library")
    func damagedText() {
        var generator = SystemRandomNumberGenerator()
        let pieces = Array(" \n-:#'\"!&*[]{}|>?%@`,.a1\u{85}\u{FEFF}é\t").map(String.init) + ["  ", "\n  ", "- ", ": "]
        var taken = 0
        for _ in 0..<4000 {
            var lines = Self.export.components(separatedBy: "\n")
            let first = Int.random(in: 0..<lines.count, using: &generator)
            lines = Array(lines[first..<min(lines.count, first + Int.random(in: 1...12, using: &generator))])
            let indent = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
            var text = lines.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let place = text.index(
                    text.startIndex,
                    offsetBy: Int.random(in: 0..<max(1, text.count), using: &generator)
                )
                if Bool.random(using: &generator), place < text.endIndex {
                    text.remove(at: place)
                } else {
                    text.insert(contentsOf: pieces.randomElement(using: &generator) ?? "", at: place)
                }
            }
            guard let read = Self.lines(text) else { continue }
            taken += 1
            let wanted = Self.composed(text)
            #expect(read == wanted || Self.hasTwins(read), "\(text.debugDescription): \(read) / \(wanted as Any)")
        }
        #expect(taken > 400)
    }

    /// Whether a mapping has a key twice, which the library refuses.
    static func hasTwins(_ tree: Tree) -> Bool {
        switch tree {
        case .scalar: false
        case .list(let items, _): items.contains(where: hasTwins)
        case .map(let members, _):
            members.contains(where: hasTwins)
                || Set(stride(from: 0, to: members.count, by: 2).map { members[$0].description }).count * 2
                    != members.count
        }
    }

    @Test("deep nesting and multiplying aliases are refused")
    func bombs() {
        #expect(throws: YAMLProblem.self) {
            try YAMLDocument(parsing: Array(repeating: UInt8(ascii: "["), count: 5000))
        }
        let bomb = (0..<12).map {
            "a\($0): &a\($0) [" + ($0 == 0 ? "x" : Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ","))
                + "]"
        }
        #expect(throws: YAMLProblem.self) { try YAMLDocument(parsing: Array(bomb.joined(separator: "\n").utf8)) }
    }
}
