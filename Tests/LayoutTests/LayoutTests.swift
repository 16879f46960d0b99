import Foundation
import Testing

/// The rules of the house, read from `ARCHITECTURE.md` and checked against the sources.
@Suite struct LayoutTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Row {
        let floor: Int
        let allowed: Set<String>
    }

    private let table: [String: Row]
    private let sources: [(target: String, file: String, lines: [Substring])]

    init() throws {
        let text = try String(contentsOf: Self.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        var table: [String: Row] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 6, let floor = Int(cells[1]) else { continue }
            let name = cells[2].trimmingCharacters(in: ["`"])
            let allowed = cells[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            table[name] = Row(floor: floor, allowed: Set(allowed))
        }
        self.table = table
        let folder = Self.root.appending(path: "Sources").path
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        sources = try files.filter { $0.hasSuffix(".swift") }.sorted().map { file in
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            let target = file.split(separator: "/").first.map(String.init) ?? ""
            return (target, file, text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    @Test("every target has a row in the map, and every row a target")
    func everyTargetIsOnTheMap() {
        #expect(Set(sources.map(\.target)) == Set(table.keys))
    }

    @Test("arrows go only downward, and only where the map allows them")
    func importsFollowTheMap() throws {
        let ours = Set(table.keys).union([
            "CCrypto", "CCurl", "CERFA", "CFITSIO", "CFileCalls", "CPostgreSQL", "CSQLiteConfig", "CWCS", "CZlib",
        ])
        for source in sources {
            let row = try #require(table[source.target])
            for line in source.lines {
                guard let module = Self.importedModule(line), ours.contains(module) else { continue }
                #expect(
                    module == "StewardCore" || row.allowed.contains(module),
                    "\(source.file) imports \(module), which the map does not allow"
                )
                #expect(
                    (table[module]?.floor ?? -1) < row.floor,
                    "\(source.file) imports \(module), which is not on a lower floor"
                )
            }
        }
    }

    @Test("files stay readable: at most 800 lines")
    func filesStayShort() {
        for source in sources {
            #expect(source.lines.count <= 800, "\(source.file) has \(source.lines.count) lines")
        }
    }

    @Test("nothing traps on user data", arguments: ["try!", "as!", "fatalError(", "preconditionFailure("])
    func noTraps(pattern: String) {
        for source in sources {
            let hits = source.lines.filter { $0.contains(pattern) && !$0.contains("//") }
            #expect(hits.isEmpty, "\(source.file): \(hits)")
        }
    }

    private static func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
            words[..<index].allSatisfy({
                ["public", "internal", "package", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
            })
        else { return nil }
        return words.last.map { String($0.split(separator: ".")[0]) }
    }
}
