import Foundation
import Resources
import StewardCore
import Testing

@Suite struct ResourcePathTests {
    @Test(
        "text becomes the URI that the reference makes of it",
        arguments: [
            ("/a/b c.fits", "file:///a/b%20c.fits"), ("file:///a/b%20c#zip-path=x/y", "file:///a/b%20c#zip-path=x/y"),
            ("file:/a/b", "file:///a/b"), ("file://localhost/a", "file:///a"), ("/a/", "file:///a/"),
            ("s3://bucket/a+b/c%20d?x=1#frag", "s3://bucket/a+b/c%20d?x=1#frag"), ("/", "file:///"),
            ("/a/../b/./c//d", "file:///b/c/d"), ("https://h:80/x/y.fits.gz", "https://h:80/x/y.fits.gz"),
            ("/a/é", "file:///a/%C3%A9"), ("/a/%", "file:///a/%25"), ("S3://B/k", "s3://B/k"),
            ("mem://x/y", "mem://x/y"),
            ("/a/x:y@z~+&=!$'()*,;", "file:///a/x%3Ay%40z~%2B%26%3D%21%24%27%28%29%2A%2C%3B"),
            ("/a/?q=1", "file:///a/%3Fq%3D1"), ("/a#b/c", "file:///a%23b/c"), ("https://h", "https://h/"),
        ]
    )
    func url(text: String, url: String) throws {
        let path = try ResourcePath(text)
        #expect(path.url == url)
        #expect(try ResourcePath(path.url) == path)
    }

    @Test("plain paths are literal, relative ones are taken from a base")
    func literal() throws {
        let base = ResourcePath(localPath: "/base")
        #expect(try ResourcePath("a%20b#c", relativeTo: base).localPath == "/base/a%20b#c")
        #expect(try ResourcePath("a%20b#c", relativeTo: base).url == "file:///base/a%2520b%23c")
        #expect(try ResourcePath("file:x%20y", relativeTo: base).localPath == "/base/x y")
        #expect(try ResourcePath("a:b", relativeTo: base).localPath == "/base/a:b")
        #expect(try ResourcePath("C:\\x", relativeTo: base).localPath == "/base/C:\\x")
        #expect(try ResourcePath("x").localPath == FileManager.default.currentDirectoryPath + "/x")
        #expect(try ResourcePath("", relativeTo: base).localPath == "/base")
        #expect(try ResourcePath("/a", isDirectory: true).url == "file:///a/")
    }

    @Test(
        "unusable text is an error",
        arguments: ["foo://x", "s4://b/k", "file://other/x", "file:///%ff", "a\0b", "file:///a%00b"]
    )
    func malformed(text: String) throws {
        let error = try #require(throws: ButlerError.self) { try ResourcePath(text) }
        #expect(error.code == .invalidArgument)
        if text.hasPrefix("s4") { #expect(error.candidates.contains("s3")) }
    }

    @Test("joining is literal and resolves dots")
    func join() throws {
        let root = ResourcePath(localPath: "/data/repo", isDirectory: true)
        #expect(root.appending("a b/c#d.fits").url == "file:///data/repo/a%20b/c%23d.fits")
        #expect(root.appending("a%20b").localPath == "/data/repo/a%20b")
        #expect(root.appending("x+y", fragment: "zip-path=m").url == "file:///data/repo/x%2By#zip-path=m")
        #expect(root.appending("a//b/").isDirectory)
        #expect(root.appending("../x").relativePath(to: root) == nil)
        #expect(root.appending("../\u{301}x").relativePath(to: root) == nil)
        #expect(root.appending("a/\u{301}/../\u{301}b").path == root.path + "/a/\u{301}b")
        #expect(root.appending("a/../b").relativePath(to: root) == "b")
        #expect(try ResourcePath("s3://b/k%20x/").appending("a+b").url == "s3://b/k%20x/a%2Bb")
        #expect(ResourcePath(localPath: "/").appending("x").localPath == "/x")
    }

    @Test("relative paths need the same scheme and host and a whole part in common")
    func relative() throws {
        let root = try ResourcePath("/a/b")
        #expect(try ResourcePath("/a/b/c d/e").relativePath(to: root) == "c d/e")
        #expect(try ResourcePath("/a/b/").relativePath(to: root) == ".")
        #expect(try ResourcePath("/a/bc").relativePath(to: root) == nil)
        #expect(try ResourcePath("/a/b").relativePath(to: ResourcePath("/")) == "a/b")
        #expect(try ResourcePath("/a/b").relativePath(to: ResourcePath("file://localhost/a/")) == "b")
        #expect(try ResourcePath("s3://x/a/b").relativePath(to: ResourcePath("s3://y/a")) == nil)
        #expect(try ResourcePath("s3://x/a/b%20c").relativePath(to: ResourcePath("s3://x/a")) == "b c")
    }

    @Test(
        "suffixes of compressed files are double",
        arguments: [
            ("a.fits", ".fits", "a.yaml", "a"), ("a.fits.fz", ".fits.fz", "a.yaml", "a"),
            ("a.tar.gz", ".tar.gz", "a.yaml", "a"), ("a", "", "a.yaml", "a"), (".hidden.gz", ".hidden.gz", nil, nil),
            ("a.b.c", ".c", "a.b.yaml", "a.b"), ("a.gz", ".gz", "a.yaml", "a"), ("a.", ".", "a.yaml", "a"),
            ("x.fits.bz2.xz", ".bz2.xz", "x.fits.yaml", "x.fits"), ("a.FITS.FZ", ".FZ", "a.FITS.yaml", "a.FITS"),
        ]
    )
    func suffix(name: String, suffix: String, replaced: String?, removed: String?) {
        let path = ResourcePath(localPath: "/d.x/" + name)
        #expect(path.fileExtension == suffix)
        if let replaced { #expect(path.replacingExtension("yaml").path == "/d.x/" + replaced) }
        if let removed { #expect(path.replacingExtension("").path == "/d.x/" + removed) }
        // A name that is all suffix keeps it: nothing would be left.
        if replaced == nil { #expect(path.replacingExtension(".fz").name == name + ".fz") }
    }

    @Test("parent, name and fragment")
    func parts() throws {
        let path = try ResourcePath("https://h/a/b%20c.zip#m")
        #expect(path.name == "b c.zip" && path.parent.url == "https://h/a/" && path.fragment == "m")
        #expect(path.replacingFragment(nil).url == "https://h/a/b%20c.zip")
        #expect(path.description == path.url && path.localPath == nil)
        #expect(try ResourcePath("/").parent.path == "/" && ResourcePath("/").name.isEmpty)
        #expect(try Set([ResourcePath("/a"), ResourcePath("/a/"), ResourcePath("file:///a")]).count == 1)
    }

    @Test("byte ranges stay within the file")
    func ranges() {
        #expect(ByteRange.all.offsets(size: 5) == 0..<5)
        #expect(ByteRange.bounded(2..<9).offsets(size: 5) == 2..<5)
        #expect(ByteRange.bounded(7..<9).offsets(size: 5).isEmpty)
        #expect(ByteRange.from(3).offsets(size: 5) == 3..<5)
        #expect(ByteRange.from(-3).offsets(size: 5) == 0..<5)
        #expect(ByteRange.last(2).offsets(size: 5) == 3..<5)
        #expect(ByteRange.last(9).offsets(size: 5) == 0..<5)
    }
}
