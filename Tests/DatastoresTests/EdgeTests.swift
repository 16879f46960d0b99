import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct EdgeTests {
    @Test("a file below a run with # in its name is removed, not what stands before the sign")
    func removal() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        _ = try scratch.file("repo/calib/v1.2#3/bias/x.yaml")
        _ = try scratch.file("repo/calib/v1.2", "a file of another dataset")
        #expect(try store.remove(paths: ["calib/v1.2#3/bias/x.yaml"]) == ["calib/v1.2#3/bias/x.yaml"])
        #expect(scratch.stored() == ["calib/v1.2"])
    }

    @Test("a retrieval that fails leaves nothing of what it made, and what was there")
    func retrieval() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        var files: [(DatasetRef, StoredFile)] = []
        for detector in Int64(1)...20 {
            let ref = try Sample.ref("stat", ["visit", "detector"], run: "r", ["detector": .int(detector)])
            files.append((ref, try store.write("\(detector)", as: ref, rollback: FileRollback())[0]))
        }
        let name = try #require(files[10].1.path.split(separator: "/").last)
        let mine = try scratch.file("out/" + name, "mine")
        #expect(throws: ButlerError(.fileAccess, "")) {
            try store.retrieve(files, to: scratch.path + "/out", preservingPaths: false)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/out") == [String(name)])
        #expect(try String(contentsOfFile: mine, encoding: .utf8) == "mine")
    }

    @Test("a parameter that only the whole knows is applied to the parts put together, not forgotten")
    func parameters() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore(
            [
                "composites": ["disassembled": ["Pair": true]],
                "formatters": ["Half": "lsst.daf.butler.formatters.json.JsonFormatter"],
            ],
            storageClasses: [
                "Half": ["pytype": "half.Half"],
                "Pair": [
                    "pytype": "pair.Pair", "components": ["left": "Half", "right": "Half"], "parameters": ["first"],
                ],
            ],
            formatters: FormatterCatalog([PairFormatter.self], delegates: [PairDelegate.self])
        )
        let ref = try Sample.ref("pair", ["visit"], run: "r", storageClass: "Pair")
        let whole: JSONValue = .object(["left": ["a"], "right": ["b"]])
        let files = try store.write(whole, as: ref, rollback: FileRollback())
        let part = try store.read(files, ref: ref, parameters: ["first": .int(1)])
        #expect(part as? JSONValue == .object(["left": ["a"]]))
    }
}

/// Keeps the first members of an object for the parameter `first`.
private struct PairDelegate: StorageClassDelegate {
    static let pythonTypes = ["pair.Pair"]
    private let plain = JSONDelegate()

    func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> any Sendable {
        try plain.component(name, of: object, storageClass)
    }

    func assemble(_ components: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable {
        try plain.assemble(components, storageClass)
    }

    func select(
        _ parameters: [String: ReadParameter],
        from object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable {
        guard case .int(let count)? = parameters["first"], let members = (object as? JSONValue)?.members else {
            return object
        }
        return JSONValue.object(Array(members.prefix(Int(count))))
    }
}
