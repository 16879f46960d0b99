@testable import Datastores
import Testing

@Suite struct FormatSpecTests {
    @Test(
        "Whole numbers are written as Python writes them",
        arguments: [
            ("", 42, "42"), ("05d", 42, "00042"), ("+d", 42, "+42"), (" d", 42, " 42"), ("08,", 1_234_567, "1,234,567"),
            ("_d", 1_234_567, "1_234_567"), ("#x", 255, "0xff"), ("X", 255, "FF"), ("#010b", 5, "0b00000101"),
            ("<6", 42, "42    "), ("^6", 42, "  42  "), ("*>6", 42, "****42"), ("=+6", 42, "+   42"),
            ("e", 12345, "1.234500e+04"),
            (".1f", 3, "3.0"), ("%", 1, "100.000000%"), ("c", 65, "A"), ("06", -42, "-00042"), ("o", 8, "10"),
        ]
    )
    func integers(spec: String, value: Int64, text: String) throws {
        #expect(try #require(FormatSpec(spec)).format(value) == text)
    }

    @Test(
        "Floating-point numbers are written as Python writes them",
        arguments: [
            ("", 30.0, "30.0"), ("", 1e16, "1e+16"), ("", 1e-5, "1e-05"), (".1f", 30.04, "30.0"),
            ("g", 0.0001, "0.0001"),
            (".3", 1234.5, "1.23e+03"), (".6", 30.0, "30.0"), ("010.2f", -3.14159, "-000003.14"),
            ("f", .infinity, "inf"),
            (",.2f", 1234567.891, "1,234,567.89"), (".0f", 2.5, "2"), (".2%", 0.256, "25.60%"), ("F", .nan, "NAN"),
        ]
    )
    func reals(spec: String, value: Double, text: String) throws {
        #expect(try #require(FormatSpec(spec)).format(value) == text)
    }

    @Test(
        "Text is padded and cut",
        arguments: [
            ("", "ab", "ab"), ("5", "ab", "ab   "), (">5s", "ab", "   ab"), ("*^6", "ab", "**ab**"), (".1", "ab", "a"),
        ]
    )
    func texts(spec: String, value: String, text: String) throws {
        #expect(try #require(FormatSpec(spec)).format(value) == text)
    }

    @Test("A specification of another type does not suit a value")
    func unsuited() throws {
        #expect(try #require(FormatSpec("d")).format("x") == nil)
        #expect(try #require(FormatSpec("s")).format(Int64(1)) == nil)
        #expect(try #require(FormatSpec("d")).format(1.5) == nil)
        #expect(FormatSpec("!!") == nil)
        #expect(FormatSpec(".f") == nil)
    }
}
