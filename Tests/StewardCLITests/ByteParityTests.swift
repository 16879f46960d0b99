import Foundation
import StewardTesting
import Testing

/// Commands side by side with the reference's `butler`: standard output byte for byte, and the exit code.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct ByteParityTests {
    /// Exit codes that differ on purpose (`docs/compatibility.md`): unknown names are errors, empty answers are not.
    private static let exitCodes: [[String]: Int32] = [
        ["query-dataset-types", "REPO", "nosuch"]: 1,
        ["query-datasets", "REPO", "nosuch"]: 1,
        ["query-datasets", "REPO", "bias", "nosuch", "--collections", "Cam1/*"]: 1,
        ["query-data-ids", "REPO", "--datasets", "nosuch", "--collections", "u/a"]: 1,
        ["query-dimension-records", "REPO", "visit", "--datasets", "nosuch"]: 1,
        ["query-datasets", "REPO", "meta", "--collections", "*"]: 0,
        [
            "query-datasets", "REPO", "tab", "--collections", "u/a/run1", "--where",
            "instrument='Cam1' AND visit=999",
        ]: 0,
        ["query-datasets", "REPO", "tab", "--collections", "u/a/run1", "--where", "instrument='Nope'"]: 0,
    ]

    @Test("a command answers as the reference does, byte for byte", arguments: CommandComparison.invocations.indices)
    func parity(_ index: Int) throws {
        let words = CommandComparison.invocations[index]
        let pair = try CommandComparison.session.get()[index]
        guard let expected = Self.exitCodes[words] else {
            #expect(pair.steward.output == pair.reference.output, "\(words)\n\(pair.steward.errors)")
            #expect(pair.steward.status == pair.reference.exit, "\(words)\n\(pair.steward.errors)")
            return
        }
        #expect(pair.steward.status == expected, "\(words)")
        #expect(pair.reference.exit != expected, "\(words): the reference no longer differs")
    }
}

/// The reference's commands, run once for all tests.
enum CommandComparison {
    /// What the reference answered.
    struct Answer: Decodable {
        let exit: Int32
        let output: String
    }

    private static let listing = TestFiles.packageRoot + "/Tests/Fixtures/cli/invocations.jsonl"

    /// The argument lists, `REPO` for the repository; later ones build on what earlier ones did.
    static let invocations: [[String]] = {
        let text = (try? String(contentsOfFile: listing, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) }
    }()

    /// What both programs answered, each on a copy of the same repository.
    static let session = Result { try compare() }

    private static func compare() throws -> [(reference: Answer, steward: StewardProgram.Outcome)] {
        let folder = try TemporaryFolder()
        let (root, original) = (folder.path + "/repo", folder.path + "/original")
        _ = try Reference.peer("reference_repository.py", ["make", original])
        try FileManager.default.copyItem(atPath: original, toPath: root)
        let answers = try JSONDecoder().decode(
            [Answer].self,
            from: Data(Reference.peer("reference_commands.py", [root, listing]).utf8)
        )
        // What the reference made beside the repository goes, too.
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "original" {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        try FileManager.default.moveItem(atPath: original, toPath: root)
        try #require(answers.count == invocations.count)
        return try zip(answers, invocations).map { answer, words in
            (answer, try StewardProgram().run(words.map { $0.replacing("REPO", with: root) }))
        }
    }
}
