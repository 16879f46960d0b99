import StewardCore
import Testing

@Suite struct ErrorTests {
    @Test("the text names the value, the candidates, the remedy and the cause")
    func wording() {
        let cause = ButlerError(.fileAccess, "Disk gone.")
        let error = ButlerError(
            .missingDatasetType,
            "No dataset type \"rwa\" is registered in this repository.",
            remedy: "List them with \"steward query-dataset-types\".",
            candidates: ["raw", "row"],
            context: [.init("collection", "Cam1/raw/all")],
            cause: cause
        )
        #expect(
            error.description == """
                No dataset type "rwa" is registered in this repository. Did you mean "raw" or "row"? \
                List them with "steward query-dataset-types".
                  collection: Cam1/raw/all
                  because: Disk gone.
                """
        )
    }

    @Test("equality looks at the code only")
    func equality() {
        #expect(ButlerError(.header, "a") == ButlerError(.header, "b"))
        #expect(ButlerError(.header, "a") != ButlerError(.time, "a"))
    }

    @Test(
        "candidates are near, ordered and few",
        arguments: zip(["rwa", "detectr", "xyzzy", "EXPOSURE"], [["raw"], ["detector"], [], ["exposure"]])
    )
    func candidates(name: String, expected: [String]) {
        let names = ["raw", "detector", "exposure", "visit", "day_obs"]
        #expect(Candidates.nearest(to: name, in: names) == expected)
    }

    @Test("digests equal the published ones")
    func digests() {
        #expect(Hexadecimal.encode(Digest.of([], .md5)) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(Hexadecimal.encode(Digest.of(Array("abc".utf8), .sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        let file = Array("- 1\n- 2\n- 3\n".utf8)
        #expect(Hexadecimal.encode(Digest.of(file, .blake2b512)).hasPrefix("b953abde8b4833fd836dc1b965cc2e19"))
    }
}
