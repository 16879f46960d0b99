import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct IngestTests {
    let test: TestDatastore

    init() throws {
        test = try TestDatastore()
    }

    private func links(_ path: ResourcePath) throws -> Int? {
        try (FileManager.default.attributesOfItem(atPath: path.path)[.referenceCount] as? NSNumber)?.intValue
    }

    private func ingest(
        _ files: [FileDataset],
        _ mode: TransferMode,
        recordsAttributes: Bool = true
    ) async throws -> [StoredFileInfo] {
        let pending = try await test.datastore.prepareIngest(files, mode: mode, recordsAttributes: recordsAttributes)
        try pending.install()
        pending.commit()
        return pending.infos
    }

    private static let recorded = "r/b/b_Cam1_A1_r.bin"

    @Test(
        "modes that make a file use the template and the file's suffix",
        arguments: [
            TransferMode.copy, .move, .link, .hardlink, .symlink, .relsymlink, .auto,
        ]
    )
    func making(mode: TransferMode) async throws {
        let source = try test.scratch.file("in/some name.bin", "mean: 101.1\n")
        let infos = try await ingest([FileDataset(path: source.path, refs: [try test.bytes()])], mode)
        let info = try #require(infos.first)
        #expect(info.path == Self.recorded && info.byteCount == 12 && info.formatter == "test.BytesFormatter")
        #expect((info.checksum != nil) == (mode == .copy || mode == .move))
        #expect(try test.scratch.text("repo/" + Self.recorded) == "mean: 101.1\n")
        #expect(try FileStore().exists(source) == (mode != .move))
        let target = test.datastore.root.appending(Self.recorded)
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: target.path)
        switch mode {
        case .symlink: #expect(link == source.path)
        case .relsymlink: #expect(link == "../../../in/some name.bin")
        case .link, .hardlink, .auto: #expect(try link == nil && links(target) == 2)
        default: #expect(try link == nil && links(target) == 1)
        }
    }

    @Test("every mode is undone, the source being where and what it was", arguments: TransferMode.allCases)
    func undone(mode: TransferMode) async throws {
        let inside = mode == .none
        let source = try test.scratch.file(inside ? "repo/x/in.bin" : "in/a.bin", "data")
        let before = test.scratch.files
        let pending = try await test.datastore.prepareIngest(
            [FileDataset(path: source.path, refs: [try test.bytes()])],
            mode: mode
        )
        try pending.install()
        #expect(pending.rollback().isEmpty)
        #expect(test.scratch.files == before)
        #expect(try links(source) == 1)
    }

    @Test("files that stay where they are: inside by relative path, outside by URI")
    func staying() async throws {
        let inside = try test.scratch.file("repo/x y/in#1%.bin", "data")
        let outside = try test.scratch.file("in/o é.bin", "data")
        let (a, b) = (try test.bytes("b", 1), try test.bytes("b", 2))
        let none = try await ingest([FileDataset(path: inside.path, refs: [a])], .none)
        #expect(none[0].path == "x y/in#1%.bin" && none[0].byteCount == 4 && none[0].checksum == nil)
        #expect(try await test.datastore.get(a, none) as? String == "data")
        let relative = try await ingest([FileDataset(path: "x y/in#1%.bin", refs: [a])], .none)
        #expect(relative[0].path == none[0].path)
        let direct = try await ingest([FileDataset(path: outside.path, refs: [b])], .direct)
        #expect(direct[0].path == outside.url && direct[0].path.hasSuffix("in/o%20%C3%A9.bin"))
        let insideDirect = try await ingest([FileDataset(path: inside.path, refs: [a])], .direct)
        #expect(insideDirect[0].path == inside.url)
        let both = [FileDataset(path: inside.path, refs: [a]), FileDataset(path: outside.path, refs: [b])]
        for mode in [TransferMode.split, .auto] {
            #expect(try await ingest(both, mode).map(\.path) == [none[0].path, outside.url])
        }
        #expect(try await ingest([both[0]], .auto)[0].path == none[0].path)
        await #expect(throws: ButlerError(.invalidArgument, "")) { try await ingest([both[1]], .none) }
        await #expect(throws: ButlerError(.invalidArgument, "")) {
            try await ingest([FileDataset(path: "../in/o é.bin", refs: [b])], .none)
        }
        #expect(test.files == ["x y/in#1%.bin"])
    }

    @Test("reproducible identifiers of direct files may be there already")
    func replaceable() async throws {
        let file = try test.scratch.file("in/a.bin")
        let five = UUID(uuid: (1, 2, 3, 4, 5, 6, 0x57, 8, 0x89, 10, 11, 12, 13, 14, 15, 16))
        let ref = try test.data.ref("b", ["detector"], storageClass: "Bytes", id: five)
        let files = [FileDataset(path: file.path, refs: [ref, try test.bytes("b", 2)])]
        #expect(try await test.datastore.prepareIngest(files, mode: .direct).replaceable == [five])
        #expect(try await test.datastore.prepareIngest(files, mode: .copy).replaceable.isEmpty)
    }

    @Test("several datasets share a file, named after the first")
    func shared() async throws {
        let file = try test.scratch.file("in/a.fits.gz")
        let refs = try (1...3).map { try test.bytes("b", $0) }
        let infos = try await ingest([FileDataset(path: file.path, refs: refs)], .copy)
        #expect(infos.map(\.dataset) == refs.map(\.id) && Set(infos.map(\.path)) == ["r/b/b_Cam1_A1_r.fits.gz"])
        #expect(Set(infos.compactMap(\.checksum)).count == 1 && test.files.count == 1)
    }

    @Test("sizes and checksums are left out on request, checksums of links kept on request")
    func attributes() async throws {
        let file = try test.scratch.file("in/a.bin")
        let plain = try await ingest(
            [FileDataset(path: file.path, refs: [try test.bytes()])],
            .copy,
            recordsAttributes: false
        )
        #expect(plain[0].byteCount == nil && plain[0].checksum == nil)
        let strict = try TestDatastore(["checksum": true])
        let pending = try await strict.datastore.prepareIngest(
            [FileDataset(path: file.path, refs: [try strict.bytes()])],
            mode: .direct
        )
        #expect(pending.infos[0].checksum?.count == 128)
    }

    @Test("missing files, directories, wrong suffixes, collisions and components leave nothing")
    func refused() async throws {
        let good = FileDataset(path: try test.scratch.file("in/a.bin").path, refs: [try test.bytes()])
        let other = try test.scratch.file("in/b.txt").path
        let before = test.scratch.files
        let refs = [try test.bytes("b", 2)]
        let directory = test.scratch.root.appending("in").path
        let bad: [(FileDataset, ButlerError.Code)] = [
            (FileDataset(path: "/nowhere/a.bin", refs: refs), .fileNotFound),
            (FileDataset(path: directory, refs: refs, formatter: "nobody.KnowsThisFormatter"), .fileNotFound),
            (FileDataset(path: other, refs: refs), .formatter),
            (FileDataset(path: "", refs: refs), .invalidArgument),
            (FileDataset(path: good.path, refs: []), .invalidArgument),
            (
                FileDataset(path: good.path, refs: [try test.data.ref("comp.wcs", ["visit", "detector"])]),
                .datasetTypeExpression
            ),
            (FileDataset(path: "gopher://x/a.bin", refs: refs), .invalidArgument),
            (FileDataset(path: "s3://x/a.bin", refs: refs), .fileAccess),
            (FileDataset(path: good.path, refs: [try test.bytes()]), .conflictingDefinition),
        ]
        for (file, code) in bad {
            await #expect(throws: ButlerError(code, ""), "\(file.path)") { try await ingest([good, file], .copy) }
            #expect(test.scratch.files == before)
        }
    }

    @Test("a formatter that is not known here can still be ingested, under its own name")
    func unknownFormatter() async throws {
        let file = try test.scratch.file("in/a.xyz")
        let ref = try test.data.ref("unknown", ["detector"], storageClass: "Bytes")
        let infos = try await ingest([FileDataset(path: file.path, refs: [ref])], .copy)
        #expect(infos[0].formatter == "nobody.KnowsThisFormatter" && infos[0].path.hasSuffix(".xyz"))
        #expect(try await test.datastore.exists(infos) == [true])
        await #expect(throws: ButlerError(.formatter, "")) { try await test.datastore.get(ref, infos) }
    }

    @Test("a source that vanishes before the commit leaves nothing")
    func vanished() async throws {
        let files = try (1...3).map { number in
            FileDataset(
                path: try test.scratch.file("in/\(number).bin").path,
                refs: [try test.bytes("b", Int64(number))]
            )
        }
        let pending = try await test.datastore.prepareIngest(files, mode: .move)
        try FileManager.default.removeItem(atPath: files[2].path)
        #expect(throws: ButlerError(.fileNotFound, "")) { try pending.install() }
        #expect(pending.rollback().isEmpty)
        #expect(test.scratch.files == ["in/1.bin", "in/2.bin", "repo/butler.yaml"])
    }

    @Test("many files come in at once, in order")
    func many() async throws {
        let files = try (0..<300).map { number in
            FileDataset(
                path: try test.scratch.file("in/\(number).bin", "\(number)").path,
                refs: [
                    try test.data.ref(
                        "b",
                        ["visit"],
                        run: "r",
                        storageClass: "Bytes",
                        keys: ["visit": .int(Int64(number))]
                    )
                ]
            )
        }
        let infos = try await ingest(files, .copy)
        #expect(infos.map(\.dataset) == files.map { $0.refs[0].id } && test.files.count == 300)
        for number in [0, 1, 150, 299] {
            #expect(try await test.datastore.get(files[number].refs[0], [infos[number]]) as? String == "\(number)")
        }
    }

    @Test("ingesting a file onto itself keeps it")
    func ontoItself() async throws {
        let ref = try test.bytes()
        let infos = try await ingest(
            [FileDataset(path: try test.scratch.file("in/a.bin", "x").path, refs: [ref])],
            .copy
        )
        for mode in [TransferMode.copy, .move, .hardlink, .symlink] {
            let again = try await ingest([FileDataset(path: infos[0].path, refs: [ref])], mode)
            #expect(again[0].path == infos[0].path)
            #expect(try test.scratch.text("repo/" + infos[0].path) == "x")
        }
    }
}
