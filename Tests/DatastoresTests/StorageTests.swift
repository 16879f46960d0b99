import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct StorageTests {
    static let path = "u/a/run1/stat/20250101/g/Cam1-G/10/stat_Cam1_g_Cam1-G_10_A1_u_a_run1.yaml"

    @Test("What is written is read, and its record says size and checksum")
    func roundTrip() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "u/a/run1")
        let files = try store.write("mean: 101.1\n", as: ref, rollback: FileRollback())
        let file = try #require(files.first)
        #expect(files.count == 1)
        #expect(file.path == StorageTests.path)
        #expect(file.path == (try store.predictedPath(for: ref)))
        #expect(file.formatter == "lsst.daf.butler.formatters.yaml.YamlFormatter")
        #expect(file.storageClass == "StructuredDataDict")
        #expect(file.component == nil)
        #expect(file.byteCount == 12)
        #expect(file.checksum?.hasPrefix("a726ef0af21a05cb18bf72d8f08d0679") == true)
        #expect(try store.read(files, ref: ref) as? String == "mean: 101.1\n")
        #expect(store.exists(files) == [true])
        #expect(store.name == "FileDatastore@<butlerRoot>")
        #expect(store.uri(of: file) == "file://\(store.root)/\(file.path)")
        #expect(store.localPath(of: file) == "\(store.root)/\(file.path)")
        #expect(scratch.stored() == [file.path])
    }

    @Test("Without checksums in the configuration none is recorded")
    func withoutChecksum() throws {
        let scratch = try Scratch()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let files = try scratch.datastore(["checksum": false]).write("x", as: ref, rollback: FileRollback())
        #expect(files[0].checksum == nil && files[0].byteCount == 1)
    }

    @Test("Rolling back leaves no file")
    func rollback() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let rollback = FileRollback()
        for run in ["a", "b"] {
            let ref = try Sample.ref("stat", ["visit", "detector"], run: run)
            _ = try store.write("x", as: ref, rollback: rollback)
        }
        #expect(scratch.stored().count == 2)
        #expect(rollback.rollback().isEmpty)
        #expect(scratch.stored().isEmpty)
    }

    @Test("A size other than the recorded one, and a missing file, are told apart")
    func damaged() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let files = try store.write("abc", as: ref, rollback: FileRollback())
        let path = try #require(store.localPath(of: files[0]))
        try Data("longer".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ButlerError(.corruptFile, "")) { try store.read(files, ref: ref) }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: ButlerError(.fileNotFound, "")) { try store.read(files, ref: ref) }
        #expect(store.exists(files) == [false])
    }

    @Test("Objects of the wrong type, and datasets without formatter, are refused")
    func unwritable() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let error = #expect(throws: ButlerError.self) { try store.write(3, as: ref, rollback: FileRollback()) }
        #expect(error?.code == .formatter && error?.description.contains("String") == true)
        let list = try Sample.ref("list", ["visit"], run: "r", storageClass: "StructuredDataList")
        let miss = #expect(throws: ButlerError.self) { try store.write("x", as: list, rollback: FileRollback()) }
        #expect(miss?.code == .formatter)
        #expect(
            miss?.description.contains(
                "list ({'instrument': 'Cam1'}), band+instrument+day_obs+physical_filter+visit ({'instrument': 'Cam1'}), "
                    + "StructuredDataList ({'instrument': 'Cam1'}), list, "
            ) == true
        )
    }

    @Test("An unknown formatter class spoils reading only")
    func unknownFormatter() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        var files = try store.write("abc", as: ref, rollback: FileRollback())
        files[0].formatter = "my.own.Formatter"
        let error = #expect(throws: ButlerError.self) { try store.read(files, ref: ref) }
        #expect(error?.code == .formatter && error?.description.contains("YamlFormatter") == true)
        #expect(store.exists(files) == [true])
        let target = scratch.path + "/out"
        #expect(try store.retrieve([(ref, files[0])], to: target, preservingPaths: false).count == 1)
        files[0].formatter = "some.where.else.YamlFormatter"
        #expect(try store.read(files, ref: ref) as? String == "abc")
    }

    @Test("A run with # and a read-only datastore are refused")
    func refusals() throws {
        let scratch = try Scratch()
        let hash = try Sample.ref("stat", ["visit", "detector"], run: "a#b")
        let store = try scratch.datastore()
        #expect(throws: ButlerError(.invalidArgument, "")) { try store.write("x", as: hash, rollback: FileRollback()) }
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let closed = try scratch.datastore(isWriteable: false)
        #expect(throws: ButlerError(.readOnly, "")) { try closed.write("x", as: ref, rollback: FileRollback()) }
        #expect(throws: ButlerError(.readOnly, "")) { try closed.remove(paths: ["x"]) }
    }

    @Test("Constraints keep datasets out")
    func constraints() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore(["constraints": ["accept": ["visit+detector"], "reject": ["all"]]])
        let good = try Sample.ref("stat", ["visit", "detector"], run: "r")
        _ = try store.write("x", as: good, rollback: FileRollback())
        let bad = try Sample.ref("stat", ["visit"], run: "r")
        #expect(throws: ButlerError(.invalidArgument, "")) { try store.write("x", as: bad, rollback: FileRollback()) }
    }

    @Test("Composites are stored in parts, read by part and put together")
    func composites() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore(
            [
                "composites": ["disassembled": ["Pair": true]],
                "formatters": ["Half": "lsst.daf.butler.formatters.json.JsonFormatter"],
            ],
            storageClasses: [
                "Half": ["pytype": "half.Half"],
                "Pair": [
                    "pytype": "pair.Pair", "components": ["left": "Half", "right": "Half"],
                    "derivedComponents": ["sum": "Half"],
                ],
            ]
        )
        let whole: JSONValue = .object(["left": ["a"], "right": ["b"]])
        let ref = try Sample.ref("pair", ["visit"], run: "r", storageClass: "Pair")
        let files = try store.write(whole, as: ref, rollback: FileRollback())
        #expect(files.map(\.component) == ["left", "right"])
        #expect(files.map(\.storageClass) == ["Half", "Half"])
        #expect(files[0].path == "r/pair.left/20250101/g/Cam1-G/10/pair_left_Cam1_g_Cam1-G_10_r.json")
        #expect(Set(files.map(\.dataset)) == [ref.id])
        #expect(try store.read(files, ref: ref) as? JSONValue == whole)
        func part(_ name: String) throws -> DatasetRef {
            try Sample.ref("pair.\(name)", ["visit"], run: "r", storageClass: "Half", id: ref.id, parent: "Pair")
        }
        #expect(try store.read(files, ref: part("right")) as? JSONValue == ["b"])
        #expect(throws: ButlerError(.unknownComponent, "")) { try store.read(files, ref: part("sum")) }
        #expect(try store.read([files[0]], ref: part("left")) as? JSONValue == ["a"])
    }

    @Test("A component of a dataset in one file is taken out of it")
    func componentOfWhole() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore(
            ["formatters": ["Pair": "lsst.daf.butler.formatters.json.JsonFormatter"]],
            storageClasses: ["Pair": ["pytype": "pair.Pair", "components": ["left": "int", "right": "int"]]]
        )
        let ref = try Sample.ref("pair", ["visit"], run: "r", storageClass: "Pair")
        let whole: JSONValue = .object(["left": 1, "right": 2])
        let files = try store.write(whole, as: ref, rollback: FileRollback())
        #expect(files.map(\.component) == [nil])
        let right = try Sample.ref("pair.right", ["visit"], run: "r", storageClass: "int", id: ref.id, parent: "Pair")
        #expect(try store.read(files, ref: right) as? JSONValue == 2)
    }

    @Test("Read parameters that the storage class lacks are refused")
    func parameters() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let files = try store.write("abc", as: ref, rollback: FileRollback())
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try store.read(files, ref: ref, parameters: ["bbox": .box(PixelBox(x: 0, y: 0, width: 1, height: 1))])
        }
    }

    @Test("Many small datasets are made durable together")
    func many() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let durability = DurabilityBatch()
        let refs = try (0..<2000).map {
            try Sample.ref("stat", ["visit", "detector"], run: "r", ["detector": .int(Int64($0))])
        }
        for ref in refs {
            _ = try store.write("mean: 1\n", as: ref, rollback: FileRollback(), durability: durability)
        }
        try durability.flush()
        #expect(scratch.stored().count == 2000)
    }
}
