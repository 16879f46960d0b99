import AstroTime
import StewardCore
import StewardTesting
import Testing

/// The vectors of `golden/sky` that concern time.
@Suite enum GoldenSkyTests {}

extension GoldenSkyTests {
    /// `times.json`: conversions and literals of the reference.
    @Suite struct Times {
        struct File: Decodable {
            let min_nsec: Int64
            let max_nsec: Int64
            let conversions: [Conversion]
            let nsec: [[Cell]]
            let literals: [[Cell]]
        }

        struct Conversion: Decodable {
            let value: Cell
            let format: String
            let scale: String
            let nsec: Int64?
            let tai: String?
            let utc: String?
            let yaml: String?
            let error: String?
        }

        let file: File

        init() throws {
            file = try Golden.sky(File.self)
        }

        @Test("the range of stored times is the reference's")
        func range() {
            #expect(TAI.earliest.nanoseconds == file.min_nsec)
            #expect(TAI.latest.nanoseconds == file.max_nsec)
        }

        @Test("strings and numbers convert to the same nanosecond, or fail")
        func conversions() throws {
            #expect(!file.conversions.isEmpty)
            for item in file.conversions {
                let format = try TimeFormat(name: item.format)
                let scale = try TimeScale(name: item.scale)
                let convert = {
                    try item.value.text.map { try TAI($0, format: format, scale: scale) }
                        ?? TAI(#require(item.value.number), format: format, scale: scale)
                }
                guard let nanoseconds = item.nsec else {
                    #expect(throws: ButlerError(.time, ""), "\(item)") { try convert() }
                    continue
                }
                let time = try convert()
                #expect(time.nanoseconds == nanoseconds, "\(item)")
                #expect(time.isot() == item.tai, "\(item)")
                #expect(time.isot(scale: .utc) == item.utc, "\(item)")
                // A time that was clamped prints unclamped in the reference: its YAML comes before the conversion.
                guard time != .earliest, time != .latest, !isTie(item) else { continue }
                #expect("\(TAI.yamlTag) '\(time.yamlText)'" == item.yaml, "\(item)")
            }
        }

        /// Whether the time has more than nine decimals: the reference's text and its nanoseconds then round apart.
        private func isTie(_ item: Conversion) -> Bool {
            (item.value.text?.split(separator: ".").last?.count ?? 0) > 9 && item.value.text?.contains(".") == true
        }

        @Test("nanoseconds print as the reference prints them and read back")
        func text() throws {
            for row in file.nsec {
                let time = TAI(nanoseconds: try #require(row[0].integer))
                #expect(time.iso() == row[2].text)
                #expect(try TAI(yaml: time.iso()) == time)
                let days = try #require(row[3].number)
                let fraction = try #require(row[4].number)
                #expect(time.julianDate() == days + fraction)
                #expect(time.modifiedJulianDate() == days - 2_400_000.5 + fraction)
                let span = Timespan(beginNanoseconds: time.nanoseconds, endNanoseconds: TAI.latest.nanoseconds)
                #expect(span.description == row[5].text)
            }
        }

        @Test("literals of the query language mean the same instant, or fail")
        func literals() throws {
            #expect(!file.literals.isEmpty)
            for row in file.literals {
                let literal = try #require(row[0].text)
                guard let nanoseconds = row.last?.integer else {
                    #expect(throws: ButlerError(.time, ""), "\(literal)") { try TAI(literal: literal) }
                    continue
                }
                #expect(try TAI(literal: literal).nanoseconds == nanoseconds, "\(literal)")
            }
        }
    }
}
