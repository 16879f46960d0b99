import Foundation
import Testing

/// `register-skymap`, `make-discrete-skymap` and `find-tracts`.
@Suite struct SkyMapCommandTests {
    private static let file = """
        config.name = "coarse"
        config.skyMap = "rings"
        config.skyMap["rings"].numRings = 5
        config.skyMap["rings"].projection = "TAN"
        config.skyMap["rings"].tractOverlap = 1.0/60
        config.skyMap["rings"].pixelScale = 20.0
        config.skyMap["rings"].tractBuilder["legacy"].patchInnerDimensions = [3000, 3000]
        """

    private func registered() async throws -> SampleRepository {
        let sample = try await SampleRepository()
        let file = try sample.write(Self.file, to: "makeSkyMap.py")
        let outcome = try StewardProgram().run(["register-skymap", sample.root, "-C", file])
        #expect(
            outcome.errors.contains("Registered the sky map coarse: 56 tracts of up to 2 by 2 patches"),
            "\(outcome)"
        )
        return sample
    }

    private func rows(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test("a sky map is registered once, with rows and dataset")
    func register() async throws {
        let sample = try await registered()
        let program = StewardProgram()
        let again = try program.run(["register-skymap", sample.root, "-C", sample.folder.path + "/makeSkyMap.py"])
        #expect(again.status == 0 && again.errors.contains("nothing changed"))
        let patches = try program.expect([
            "query-data-ids", sample.root, "tract", "patch", "--where", "skymap='coarse'", "--format", "json",
        ])
        #expect(try rows(patches).count == 224)
        #expect(try program.expect(["query-datasets", sample.root, "skyMap"]).contains("coarse"))
        let text = try program.expect([
            "get", sample.root, "skyMap", "--data-id", "skymap=coarse", "--collections", "skymaps",
        ])
        #expect(text.contains("config.numRings=5"))
        #expect(try program.run(["check-repo", sample.root]).status == 0)
    }

    @Test("another sky map of the name, and another name of the sky map, are told apart")
    func conflicts() async throws {
        let sample = try await registered()
        let file = sample.folder.path + "/makeSkyMap.py"
        let other = try StewardProgram().run([
            "register-skymap", sample.root, "-C", file, "-c", "skyMap['rings'].numRings=6",
        ])
        #expect(other.status == 1 && other.errors.contains("belongs to another sky map"))
        let renamed = try StewardProgram().run(["register-skymap", sample.root, "-C", file, "-c", "name=fine"])
        #expect(renamed.status == 1 && renamed.errors.contains("under the name \"coarse\""))
    }

    @Test("mistakes in the configuration are named with file, line and key")
    func mistakes() async throws {
        let sample = try await SampleRepository()
        let file = try sample.write(Self.file.replacing("numRings", with: "numRigns"), to: "bad.py")
        let outcome = try StewardProgram().run(["register-skymap", sample.root, "-C", file])
        #expect(outcome.status == 1)
        for part in ["numRigns", "Did you mean \"numRings\"", "line: 3", "bad.py"] {
            #expect(outcome.errors.contains(part), "\(outcome.errors)")
        }
        let nameless = try StewardProgram().run(["register-skymap", sample.root, "-c", "skyMap=equat"])
        #expect(nameless.status == 1 && nameless.errors.contains("-c name=NAME"))
        let good = try sample.write(Self.file, to: "good.py")
        let dry = try StewardProgram().expect(["register-skymap", sample.root, "-C", good, "--dry-run"])
        #expect(dry.isEmpty)
        #expect(try !StewardProgram().run(["query-collections", sample.root]).output.contains("skymaps"))
    }

    @Test("positions, tables and regions have tracts and patches")
    func find() async throws {
        let sample = try await registered()
        let program = StewardProgram()
        let base = ["find-tracts", sample.root, "--skymap", "coarse", "--format", "json"]
        let poles = try rows(program.expect(base + ["--position=0,-90", "--position=12,90", "--position=359.999,0"]))
        #expect(poles.compactMap { $0["tract"] as? Int } == [0, 55, 22])
        let table = try sample.write(
            "name,dec,ra\n# stars\na,-90,0\r\n\"b,c\",\"90\", 12\n\n,0.0,359.999",
            to: "stars.csv"
        )
        let listed = try rows(program.expect(base + ["--table", table]))
        #expect(listed.map { "\($0)" }.count == 3)
        #expect(listed.compactMap { $0["tract"] as? Int } == [0, 55, 22])
        #expect(listed.compactMap { $0["patch"] as? Int } == poles.compactMap { $0["patch"] as? Int })
        let file = ["-C", sample.folder.path + "/makeSkyMap.py"]
        #expect(try rows(program.expect(base + file + ["--position", "0,-90"])).first?["tract"] as? Int == 0)
        let other = try program.run(base + file + ["-c", "skyMap['rings'].numRings=6", "--position", "0,-90"])
        #expect(
            other.status == 1 && other.errors.contains("configuration of the sky map")
        )
        let spaced = try sample.write("# %ECSV 1.0\nra dec\n0   -90\n12 90\n", to: "stars.ecsv")
        #expect(try rows(program.expect(base + ["--table", spaced])).compactMap { $0["tract"] as? Int } == [0, 55])
        let near = try rows(program.expect(base + ["--region", "CIRCLE 0 -90 1"]))
        #expect(near.compactMap { $0["patch"] as? Int } == [0, 1, 2, 3])
        #expect(near.allSatisfy { $0["tract"] as? Int == 0 })
        let csv = try program.expect(Array(base.dropLast()) + ["csv", "--position=0,-90"])
        #expect(csv.hasPrefix("ra,dec,skymap,tract,patch\n0.0,-90.0,coarse,0,"))
    }

    @Test("positions and tables that are wrong are errors that name them")
    func wrongPositions() async throws {
        let sample = try await registered()
        let base = ["find-tracts", sample.root, "--skymap", "coarse"]
        let table = try sample.write("ra,dec\n1,2\n3,x\n", to: "bad.csv")
        for (arguments, part) in [
            (["--position=1"], "\"1\" is no position"), (["--position=1,91"], "not on the sky"),
            (["--table", table], "line 3"), (["--table", table, "--ra-column", "raa"], "no column \"raa\""),
            (["--region", "BOX 1 2"], "BOX 1 2"), ([], "exactly one"),
            (["--table", sample.folder.path + "/none.csv"], "cannot be read"),
        ] {
            let outcome = try StewardProgram().run(base + arguments)
            #expect(outcome.status == 1 && outcome.errors.contains(part), "\(outcome.errors)")
        }
        let unknown = try StewardProgram().run(["find-tracts", sample.root, "--skymap", "coarsse", "--position=1,2"])
        #expect(unknown.status == 1 && unknown.errors.contains("Did you mean \"coarse\""))
    }

    @Test("a discrete sky map is made around images, and one more tract added to it")
    func discrete() async throws {
        let sample = try await SampleRepository()
        let program = StewardProgram()
        let image = TestFiles.packageRoot + "/Tests/Fixtures/images/afw-exposure.fits"
        try program.expect(["register-dataset-type", sample.root, "calexp", "ExposureF", "instrument", "detector"])
        try program.expect([
            "put", sample.root, "calexp", image, "--run", "u/calexp", "--data-id", "instrument=Cam1,detector=1",
        ])
        let file = try sample.write("config.skyMap.projection='TAN'\nconfig.skyMap.pixelScale=0.2\n", to: "discrete.py")
        let arguments = ["make-discrete-skymap", sample.root, "Cam1", "--collections", "u/calexp", "-C"]
        let made = try program.run(arguments + [file])
        #expect(made.status == 0 && made.errors.contains("Registered the sky map discrete: 1 tracts"), "\(made.errors)")
        let more = try sample.write(
            "config.skyMap.projection='TAN'\nconfig.skyMap.pixelScale=0.2\nconfig.borderSize=0.1\nconfig.doAppend=True\n",
            to: "more.py"
        )
        let both = try program.run(arguments + [more, "--skymap-id", "two", "--old-skymap-id", "discrete"])
        #expect(both.status == 0 && both.errors.contains("Registered the sky map two: 2 tracts"), "\(both.errors)")
        // What the instrument's definition says, beneath the files of the command line.
        let camera = StewardProgram(environment: ["STEWARD_INSTRUMENT_PATH": sample.folder.path])
        _ = try sample.write("name: Cam1\nclass_name: my.Cam1\nextends: SimCam\noverrides: [.]\n", to: "Cam1.yaml")
        _ = try sample.write(
            "config.skyMap.projection='TAN'\nconfig.skyMap.pixelScale=0.4\n",
            to: "makeDiscreteSkyMap.py"
        )
        let own = Array(arguments.dropLast())
        let same = try camera.run(own + ["--skymap-id", "three", "-C", file])
        #expect(same.status == 1 && same.errors.contains("under the name \"discrete\""), "\(same.errors)")
        let wider = try camera.run(own + ["--skymap-id", "three"])
        #expect(wider.status == 0 && wider.errors.contains("Registered the sky map three: 1 tracts"), "\(wider.errors)")
        let text = try program.expect([
            "get", sample.root, "skyMap", "--data-id", "skymap=three", "--collections", "skymaps",
        ])
        #expect(text.contains("config.pixelScale=0.4") && text.contains("TAN"), "\(text)")
        let none = try program.run(["make-discrete-skymap", sample.root, "Cam2", "--collections", "u/calexp"])
        #expect(none.status == 1 && none.errors.contains("Did you mean \"Cam1\""))
        let empty = try program.run(["make-discrete-skymap", sample.root, "Cam1", "--collections", "u/one"])
        #expect(empty.status == 1 && empty.errors.contains("No dataset \"calexp\""))
    }
}
