import FITS
import StewardCore
import Testing

@Suite struct HeaderTests {
    private func header(_ lines: String...) -> FITSHeader {
        FITSHeader(bytes: lines.flatMap(cardImage), source: "night/a.fits")
    }

    @Test(
        "a value is read by the rules of the standard",
        arguments: [
            ("KEY     =                    T / yes", .logical(true)),
            ("KEY     =                  -42 / n", .integer(-42)),
            ("KEY     = 0007", .integer(7)),
            ("KEY     = +7", .integer(7)),
            ("KEY     =  9223372036854775808", .real(9_223_372_036_854_775_808)),
            ("KEY     =                  30. / s", .real(30)),
            ("KEY     = -.5", .real(-0.5)),
            ("KEY     = 1.5D-3", .real(0.0015)),
            ("KEY     = 1E3", .real(1000)),
            ("KEY     = 'it''s / here  ' / c", .string("it's / here")),
            ("KEY     = '  lead'", .string("  lead")),
            ("KEY     = ''", .string("")),
            ("KEY     =", .undefined),
            ("KEY     =                      / nothing", .undefined),
            ("KEY     = NaN", .string("NaN")),
            ("KEY     = 1-2", .string("1-2")),
            ("KEY     = 'no end", .string("'no end")),
            ("KEY     = (1, 2)", .string("(1, 2)")),
            ("KEY=7", .string("not a value")),
        ] as [(String, FITSValue)]
    )
    func values(line: String, expected: FITSValue) {
        let header = header(line)
        if expected == .string("not a value") {
            #expect(header.cards == [FITSCard("KEY=7", nil)])
        } else {
            #expect(header["KEY"] == expected)
        }
    }

    @Test("keywords beyond eight characters follow the HIERARCH convention and are found in any case")
    func hierarch() throws {
        let header = header("HIERARCH ESO DET Dit = 2.5 / [s] x", "HIERARCH MP_DETECTED_NEGATIVE = 6")
        #expect(header.cards.first == FITSCard("ESO DET Dit", .real(2.5), comment: "[s] x"))
        #expect(header["eso det dit"] == .real(2.5))
        #expect(header["HIERARCH ESO DET DIT"] == .real(2.5))
        #expect(try header.integer("MP_DETECTED_NEGATIVE") == 6)
    }

    @Test("CONTINUE lines extend a string")
    func continued() {
        let header = header(
            "LONG    = 'first &' / one",
            "CONTINUE  'second''s &' / two",
            "CONTINUE  'third'",
            "OTHER   = 'ends with &'",
            "CONTINUE = 3"
        )
        #expect(header["LONG"] == .string("first second's third"))
        #expect(header.card("LONG")?.comment == "one two")
        #expect(header["OTHER"] == .string("ends with &"))
        #expect(header.cards.count == 3)
    }

    @Test("the first card of a repeated keyword answers, and all can be listed")
    func repeated() {
        let header = header(
            "A       = 1",
            "B       = 2",
            "A       = 3",
            "COMMENT  one",
            "COMMENT two",
            "END",
            "C       = 4"
        )
        #expect(header["A"] == .integer(1))
        #expect(header.cards("A").compactMap(\.value) == [.integer(1), .integer(3)])
        #expect(header.commentary("COMMENT") == [" one", "two"])
        #expect(header["C"] == nil)
    }

    @Test("setting, removing and merging keep order and look-up in step")
    func editing() {
        var header = FITSHeader([("A", 1), ("B", "x"), ("C", true), ("B", "y")])
        header["B"] = nil
        header["A"] = 2.5
        header["D"] = .undefined
        #expect(header.cards.map(\.keyword) == ["A", "C", "D"])
        header.merge(FITSHeader([("C", false), ("E", 5), ("C", true)]))
        #expect(header == FITSHeader([("A", 2.5), ("C", false), ("D", .undefined), ("E", 5)]))
    }

    @Test("accessors name keyword, value and file when they fail")
    func accessors() throws {
        let header = header("EXPTIME = '30'", "N       = 3.0", "X       = 3.5", "U       =")
        #expect(try header.integer("N") == 3)
        #expect(try header.real("N") == 3)
        #expect(try header.realIfPresent("U") == nil)
        #expect(try header.stringIfPresent("NONE") == nil)
        #expect(header.firstPresent(of: ["NONE", "U", "X", "N"]) == "X")
        let wrong = #expect(throws: ButlerError.self) { try header.real("EXPTIME") }
        #expect(wrong?.code == .header)
        #expect(wrong?.context.map(\.value) == ["EXPTIME", "\"30\"", "night/a.fits"])
        for keyword in ["X", "U", "NONE"] {
            let error = #expect(throws: ButlerError.self) { try header.integer(keyword) }
            #expect(error?.code == .header)
            #expect(error?.message.contains(keyword) == true)
        }
    }

    @Test("random bytes are read without failing")
    func randomBytes() {
        var generator = Generator(state: 7)
        for _ in 0..<3000 {
            var bytes = cardImage("KEYWORD = 'abc' / text") + cardImage("CONTINUE  'more'")
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            #expect(FITSHeader(bytes: bytes).cards.count <= 2)
        }
    }
}
