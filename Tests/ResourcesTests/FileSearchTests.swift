import Foundation
import Resources
import StewardCore
import Testing

@Suite struct FileSearchTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        for name in ["b.fits", "a.fits.fz", "x.txt", "sub/c.fit", "sub/deep é/[d].fits", "other/y.zip", ".hid/h.fits"] {
            try scratch.file(name)
        }
    }

    private func names(_ group: FileSearch.Group) -> [String] {
        group.files.map { $0.relativePath(to: scratch.root) ?? $0.path }
    }

    @Test("directories are walked, one group each, and explicit files are the last group")
    func walk() throws {
        let extra = try scratch.file("x.txt")
        let groups = try FileSearch(.fits).find([extra.path, scratch.root.path, scratch.root.path + "/absent.fits"])
        #expect(
            groups.map(names) == [
                ["a.fits.fz", "b.fits"], [".hid/h.fits"], ["sub/c.fit"], ["sub/deep é/[d].fits"],
                ["x.txt", "absent.fits"],
            ]
        )
        #expect(groups.map { $0.directory?.name } == [scratch.root.name, ".hid", "sub", "deep é", nil])
        #expect(try FileSearch(.suffixes([".zip"])).find([scratch.root.path]).map(names) == [["other/y.zip"]])
        #expect(try FileSearch().find([scratch.root.appending("empty").path]).count == 1)
    }

    @Test("links are followed, circles are not followed twice")
    func circles() throws {
        let loop = scratch.root.appending("sub/loop").path
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: scratch.root.path)
        let outside = try Scratch()
        try outside.file("o.fits")
        let link = scratch.root.appending("linked").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outside.root.path)
        let found = try FileSearch(.fits).find([scratch.root.path]).flatMap(names)
        #expect(found.contains("linked/o.fits") && found.count == 6)
    }

    @Test("patterns expand where no file has that very name")
    func patterns() throws {
        let root = scratch.root.path
        #expect(try FileSearch().find([root + "/*.fits"]).map(names) == [["b.fits"]])
        #expect(try FileSearch().find([root + "/*/*/*.fits"]).map(names) == [["sub/deep é/[d].fits"]])
        #expect(try FileSearch().find([root + "/sub/deep é/[d].fits"]).map(names) == [["sub/deep é/[d].fits"]])
        #expect(try FileSearch().find([root + "/.h*/?.fits"]).map(names) == [[".hid/h.fits"]])
        #expect(try FileSearch().find([root + "/[ab].fit*"]).map(names) == [["a.fits.fz", "b.fits"]])
        #expect(throws: ButlerError(.fileNotFound, "")) { try FileSearch().find([root + "/*.none"]) }
    }

    @Test("other stores are searched alike")
    func memory() throws {
        let store = MemoryStore()
        let root = try ResourcePath("mem://m/data/")
        for name in ["b/2.fits", "a.fits", "b/1.fits", "b/x.txt"] {
            try store.write([1], to: root.appending(name), overwrite: false)
        }
        let stores = ResourceStores.standard.adding(store, for: .mem)
        let groups = try FileSearch(.fits, stores: stores).find(["mem://m/data", "mem://m/data/b/x.txt"])
        #expect(groups.map { $0.files.map(\.name) } == [["a.fits"], ["1.fits", "2.fits"], ["x.txt"]])
        #expect(throws: ButlerError(.fileAccess, "")) { try FileSearch().find(["mem://m/data"]) }
    }

    @Test(
        "names of FITS files are those that the reference's pattern finds",
        arguments: [
            ("a.fits", true), ("a.fit", true), ("a.fits.fz", true), ("a.fits.gz", true), ("a.fitsx", false),
            ("a.fitx", false), ("a.zip", false), ("a.fits_x", false), ("x.FITS", false), (".fits", true),
            ("a.fit.s", true), ("a.fitsé", false), ("a.fits~", true), ("a.fit-s", true), ("b.fits.fitsx", true),
            ("fits", false), ("a.fitss", false), ("a.fits.tmp", true),
        ]
    )
    func fits(name: String, isFITS: Bool) {
        #expect(FileFilter.fits.accepts(name) == isFITS)
    }

    @Test(
        "shell patterns match whole names",
        arguments: [
            ("*", "", true), ("*.fits", "a.fits", true), ("*.fits", "a.fitsx", false), ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false), ("?", "é", true), ("?", "", false), ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true), ("[]a]", "]", true), ("[a", "[a", true),
            ("\\*", "*", true), ("\\*", "x", false), ("[a-]", "-", true), ("**a", "a", true), ("[c-a]", "b", false),
        ]
    )
    func globs(pattern: String, name: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(name) == matches)
    }
}
