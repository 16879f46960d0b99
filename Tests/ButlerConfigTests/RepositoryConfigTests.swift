import ButlerConfig
import Foundation
import StewardCore
import Testing

@Suite struct RepositoryConfigTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write("repo/butler.yaml", ConfigFixture.text("default-butler.yaml"))
    }

    private func code(_ body: () throws -> Void) -> ButlerError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ButlerError)?.code
        }
    }

    // MARK: New repositories

    @Test("the file of a new repository is the reference's, byte for byte")
    func create() throws {
        let new = try NewRepository(root: "new", loader: scratch.loader())
        #expect(new.yaml == (try ConfigFixture.text("default-butler.yaml")))
        #expect(new.location.root == scratch.path + "/new")
        let standalone = try NewRepository(root: "new", isStandalone: true, loader: scratch.loader())
        #expect(standalone.yaml == (try ConfigFixture.text("default-dump.yaml")))
    }

    @Test("the file of a seeded chain of datastores is the reference's")
    func createChain() throws {
        let seed = try ConfigTree(yaml: ConfigFixture.text("chained-seed.yaml"))
        let new = try NewRepository(root: "new", seed: seed, loader: scratch.loader())
        #expect(new.yaml == (try ConfigFixture.text("chained-butler.yaml")))
        let kept = try NewRepository(root: "new", seed: seed, keepsRoots: true, loader: scratch.loader())
        #expect(kept.stored["datastore", "datastores", "1", "root"] == "<butlerRoot>/x")
        #expect(kept.stored["registry", "db"] == "sqlite:///<butlerRoot>/other.sqlite3")
    }

    @Test("a PostgreSQL seed keeps its URL, and obscore's configuration is not written")
    func createPostgreSQL() throws {
        let seed: ConfigTree = [
            "registry": [
                "db": "postgresql://u@h/d", "namespace": "n",
                "managers": ["obscore": ["cls": "x.Y", "config": ["a": 1]]],
            ]
        ]
        let new = try NewRepository(root: "new", seed: seed, loader: scratch.loader())
        #expect(new.stored["registry", "db"] == "postgresql://u@h/d")
        #expect(new.stored["registry", "managers", "obscore", "config"] == ["a": 1])
        let written = try ConfigTree(yaml: new.yaml)
        #expect(written["registry", "managers", "obscore"] == ["cls": "x.Y"])
        #expect(written["registry", "managers"]?.map?.count == 7)
    }

    // MARK: Existing repositories

    @Test("everything merged is what the reference dumps")
    func dump() throws {
        let config = try RepositoryConfig("repo", loader: scratch.loader())
        #expect(config.complete.yaml() == (try ConfigFixture.text("default-dump.yaml")))
        #expect(try config.kind == .direct)
        #expect(config.location.root == scratch.path + "/repo")
        #expect(try config.databaseURL.database == scratch.path + "/repo/gen3.sqlite3")
        #expect(try config.manager("datasets")?.hasSuffix("ByDimensionsDatasetRecordStorageManagerUUID") == true)
        #expect(try config.manager("obscore") == nil)
    }

    @Test("a repository is found by directory, file, URI, home and relative path")
    func find() throws {
        try scratch.write("a b/butler.yaml", "{}")
        let root = scratch.path + "/repo"
        for name in ["repo", "./repo/", "repo/butler.yaml", root, "file://\(root)", "x/../repo", "~/repo"] {
            let location = try RepositoryLocation.find(name, loader: scratch.loader(["HOME": scratch.path]))
            #expect(location.root == root, "\(name)")
            #expect(location.configFile == root + "/butler.yaml")
        }
        let escaped = try RepositoryLocation.find("file://\(scratch.path)/a%20b", loader: scratch.loader())
        #expect(escaped.root == scratch.path + "/a b")
        #expect(escaped.substituting("sqlite:///<butlerRoot>/x") == "sqlite:///\(scratch.path)/a b/x")
    }

    @Test("labels come from the index, and an unknown one offers the nearest")
    func index() throws {
        let variable = ["DAF_BUTLER_REPOSITORIES": "main: \(scratch.path)/repo\ndev: /nowhere"]
        let location = try RepositoryLocation.find("main", loader: scratch.loader(variable))
        #expect(location.label == "main" && location.root == scratch.path + "/repo")
        try scratch.write("index.json", "{\"main\": \"\(scratch.path)/repo\"}")
        let file = ["DAF_BUTLER_REPOSITORY_INDEX": scratch.path + "/index.json"]
        #expect(try RepositoryLocation.find("main", loader: scratch.loader(file)).label == "main")
        let error = try #require(throws: ButlerError.self) {
            try RepositoryLocation.find("mian", loader: scratch.loader(variable))
        }
        #expect(error.code == .repositoryNotFound && error.candidates == ["main"])
        #expect(throws: ButlerError(.repositoryNotFound, "")) {
            try RepositoryIndex(scratch.loader(variable)).location(of: "mian")
        }
        let both = variable.merging(file) { $1 }
        #expect(code { _ = try RepositoryIndex(scratch.loader(both)) } == .configuration)
        #expect(try RepositoryLocation.find("repo", loader: scratch.loader(both)).label == nil)
        #expect(code { _ = try RepositoryIndex(scratch.loader()) } == .configuration)
        #expect(code { _ = try RepositoryIndex(scratch.loader(["DAF_BUTLER_REPOSITORIES": "[1]"])) } == .configuration)
        let missing = ["DAF_BUTLER_REPOSITORY_INDEX": "/nowhere.yaml"]
        let hint = try #require(throws: ButlerError.self) {
            try RepositoryLocation.find("main", loader: scratch.loader(missing))
        }
        #expect(hint.description.contains("/nowhere.yaml"))
    }

    @Test("missing repositories, refused characters and remote schemes are told apart")
    func refused() throws {
        try scratch.write("empty/x", "")
        let loader = scratch.loader()
        #expect(code { _ = try RepositoryConfig("absent", loader: loader) } == .repositoryNotFound)
        #expect(code { _ = try RepositoryConfig("empty", loader: loader) } == .repositoryNotFound)
        for name in ["a?b", "a#b", "a%20b", "file:///a%3Fb/repo", "file:///a%23b/butler.yaml"] {
            #expect(code { _ = try NewRepository(root: name, loader: loader) } == .invalidArgument, "\(name)")
        }
        #expect(code { _ = try RepositoryConfig("s3://bucket/repo", loader: loader) } == .configuration)
        #expect(try NewRepository(root: "100%", loader: loader).location.root == scratch.path + "/100%")
    }

    @Test("keys that are no longer allowed and unknown classes are errors")
    func keys() throws {
        try scratch.write("old/butler.yaml", "run: x")
        #expect(code { _ = try RepositoryConfig("old", loader: scratch.loader()) } == .configuration)
        try scratch.write("list/butler.yaml", "[1]")
        #expect(code { _ = try RepositoryConfig("list", loader: scratch.loader()) } == .configuration)
        try scratch.write("server/butler.yaml", "cls: lsst.daf.butler.remote_butler.RemoteButler")
        #expect(try RepositoryConfig("server", loader: scratch.loader()).kind == .remote)
        try scratch.write("odd/butler.yaml", "cls: some.Class")
        #expect(code { _ = try RepositoryConfig("odd", loader: scratch.loader()).kind } == .configuration)
        try scratch.write("text.txt", "")
        #expect(code { _ = try RepositoryConfig("text.txt", loader: scratch.loader()) } == .configuration)
    }

    @Test("the root may lie elsewhere, and gaps of the database URL are filled")
    func elsewhere() throws {
        try scratch.write(
            "config/pg.yaml",
            """
            root: file://\(scratch.path)/data/
            registry:
              db: postgresql://host/name
              username: me
              port: 99
              managers:
                datasets: {cls: a.B, config: {}}
            """
        )
        let config = try RepositoryConfig("config/pg.yaml", loader: scratch.loader())
        #expect(config.location.root == scratch.path + "/data")
        #expect(try config.databaseURL.description == "postgresql://me@host:99/name")
        #expect(try config.manager("datasets") == "a.B")
    }

    // MARK: Layers

    @Test("files of the search path lie between defaults and repository, the first path on top")
    func searchPath() throws {
        try scratch.write("s1/datastores/fileDatastore.yaml", "datastore: {checksum: true, templates: {default: one}}")
        try scratch.write("s2/datastores/fileDatastore.yaml", "templates: {default: two, raw: two}\ncreate: false")
        try scratch.write("s2/datastore.yaml", "datastore: {trust_get_request: true, create: 5}")
        try scratch.write("s2/storageClasses.yaml", "storageClasses: {Mine: {inheritsFrom: ExposureF}}")
        try scratch.write("s3/registry.yaml", "registry: {namespace: site, db: ignored}")
        let site = ["DAF_BUTLER_CONFIG_PATH": "\(scratch.path)/s2:\(scratch.path)/s3"]
        let config = try RepositoryConfig("repo", searchPaths: ["s1"], loader: scratch.loader(site))
        #expect(config.tree["datastore", "checksum"] == true)
        #expect(config.tree["datastore", "trust_get_request"] == true)
        #expect(config.tree["datastore", "create"] == false)
        #expect(config.tree["datastore", "templates", "default"] == "one")
        #expect(config.tree["datastore", "templates", "raw"] == "two")
        #expect(config.tree["datastore", "templates", "physical_filter+detector+exposure"] != nil)
        #expect(config.tree["datastore", "root"] == "<butlerRoot>")
        #expect(config.tree["registry", "namespace"] == "site")
        #expect(config.tree["registry", "db"] == "sqlite:///<butlerRoot>/gen3.sqlite3")
        #expect(try config.storageClasses()["Mine"]?.component("psf")?.storageClass == "Psf")
    }

    @Test("includes of both kinds are followed, explicit values win")
    func includes() throws {
        try scratch.write("inc/a.yaml", "p: 1\nq: {r: a, s: a}\nincludeConfigs: b.yaml")
        try scratch.write("inc/b.yaml", "q: {r: b, t: b}\nz: b")
        try scratch.write("inc/c.json", "{\"q\": {\"t\": \"c\"}}")
        try scratch.write(
            "inc/butler.yaml",
            """
            includeConfigs: [a.yaml, "$FOLDER/c.json"]
            q: {s: top}
            list: [{includeConfigs: b.yaml}]
            one: !include b.yaml
            many: !include [b.yaml, c.json]
            named: !include {x: c.json}
            datastore: {datastore: {checksum: true}}
            """
        )
        let loader = scratch.loader(["FOLDER": scratch.path + "/inc"])
        let tree = try loader.load("inc/butler.yaml")
        #expect(tree["q"] == ["r": "a", "s": "top", "t": "c"])
        #expect(tree["p"] == 1 && tree["z"] == "b" && tree["includeConfigs"] == nil)
        #expect(tree["list", "0", "z"] == "b")
        #expect(tree["one", "q", "t"] == "b")
        #expect(tree["many", "1", "q", "t"] == "c")
        #expect(tree["named", "x", "q", "t"] == "c")
        #expect(try RepositoryConfig("inc", loader: loader).tree["datastore", "checksum"] == true)
    }

    @Test("files of the reference's package can be included by their URI")
    func packaged() throws {
        let prefix = "resource://lsst.daf.butler/configs/"
        try scratch.write(
            "packaged.yaml",
            "a: !include \(prefix)datastores/formatters.yaml\nincludeConfigs: \(prefix)registry.yaml\n"
        )
        let tree = try scratch.loader().load("packaged.yaml")
        #expect(tree["a", "Wcs"] == "lsst.obs.base.formatters.fitsGeneric.FitsGenericFormatter")
        #expect(tree["registry", "managers"]?.map?.count == 6)
        try scratch.write("unknown.yaml", "a: !include \(prefix)none.yaml")
        #expect(code { _ = try scratch.loader().load("unknown.yaml") } == .configuration)
    }

    @Test("circles and missing files of includes are errors")
    func circles() throws {
        try scratch.write("x.yaml", "includeConfigs: y.yaml")
        try scratch.write("y.yaml", "includeConfigs: x.yaml")
        try scratch.write("self.yaml", "a: !include self.yaml")
        try scratch.write("lost.yaml", "includeConfigs: nowhere.yaml")
        try scratch.write("lost2.yaml", "a: !include nowhere.yaml")
        let loader = scratch.loader()
        #expect(code { _ = try loader.load("x.yaml") } == .configuration)
        #expect(code { _ = try loader.load("self.yaml") } == .configuration)
        #expect(code { _ = try loader.load("lost.yaml") } == .fileNotFound)
        #expect(code { _ = try loader.load("lost2.yaml") } == .fileNotFound)
        #expect(code { _ = try loader.load("absent.yaml") } == .fileNotFound)
        try FileManager.default.createDirectory(atPath: scratch.path + "/dir.yaml", withIntermediateDirectories: true)
        #expect(code { _ = try loader.load("dir.yaml") } == .fileAccess)
        try Data([0x61, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: scratch.path + "/bytes.yaml"))
        #expect(code { _ = try loader.load("bytes.yaml") } == .configuration)
    }
}
