import Datasets
import Datastores
import Formatters
import Foundation
import StewardCore
import StewardTesting
import Testing

/// Files that the reference's formatters wrote; `Peers/reference_formatters.py write` makes them.
@Suite struct ReferenceFileTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = tests.appending(path: "Fixtures/formatters").path

    /// Files with the class that wrote them; a file's name is that of its storage class.
    private static let files = [
        ("StructuredDataDict.yaml", "yaml.YamlFormatter"), ("TaskMetadata.json", "json.JsonFormatter"),
        ("Timespan.json", "json.JsonFormatter"), ("int.json", "json.JsonFormatter"),
        ("Packages.yaml", "packages.PackagesFormatter"), ("ButlerLogRecords.json", "logs.ButlerLogRecordsFormatter"),
        ("AstropyTable.ecsv", "astropyTable.AstropyTableFormatter"),
        ("AstropyQTable.ecsv", "astropyTable.AstropyTableFormatter"),
    ]

    private func rewrite(_ file: String, _ name: String) throws -> (before: [UInt8], after: [UInt8]) {
        let formatter = try TextFormatterTests.formatter("lsst.daf.butler.formatters." + name)
        let source = FileSource(path: Self.folder + "/" + file)
        let storageClass = String(file.split(separator: ".")[0])
        let object = try formatter.read(source, TextFormatterTests.request(storageClass))
        return (try source.bytes(), try #require(try formatter.encode(object)))
    }

    // The models that pydantic writes have no blanks; Steward's other JSON has, as Python's own.
    @Test("text is written again byte for byte", arguments: [files[0], files[3], files[4], files[5]])
    func bytes(file: String, name: String) throws {
        let (before, after) = try rewrite(file, name)
        #expect(String(decoding: after, as: UTF8.self) == String(decoding: before, as: UTF8.self))
    }

    @Test("the reference sees the same in files that Steward wrote again", .enabled(if: Reference.isPresent))
    func reference() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/steward-formatters-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (file, name) in Self.files {
            try Data(try rewrite(file, name).after).write(to: URL(fileURLWithPath: folder + "/" + file))
        }
        let script = Self.tests.path + "/Peers/reference_formatters.py"
        let ours = try JSONValue(parsing: Reference.run("python", [script, "read", folder]))
        let theirs = try JSONValue(parsing: Reference.run("python", [script, "read", Self.folder]))
        for member in theirs.members ?? [] {
            for (index, column) in (member.value["columns"]?.array ?? []).enumerated() {
                #expect(ours[member.key]?["columns"]?.array?[index].text() == column.text())
            }
            #expect(ours[member.key]?.text() == member.value.text(), "\(member.key)")
        }
        #expect(theirs.members?.count == Self.files.count)
    }
}
