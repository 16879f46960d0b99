import AstroTime
import Foundation
import StewardCore
import StewardTesting
import Testing

extension GoldenSkyTests {
    /// `timespans.json`: constructors, relations and forms of the reference.
    @Suite struct Timespans {
        struct File: Decodable {
            let construct: [Construction]
            let spans: [[Int64]]
            let relations: [[[Cell]]]
            let instants: [Int64]
            let instant_relations: [[[Bool]]]
            let day_obs: [[Cell]]
            let yaml: [[Cell]]
        }

        struct Construction: Decodable {
            let begin: Cell?
            let end: Cell?
            let pad: Bool
            let nsec: [Int64]?
            let str: String?
            let empty: Bool?
            let yaml: String?
        }

        let file: File
        let spans: [Timespan]

        init() throws {
            file = try Golden.sky(File.self)
            spans = file.spans.map { Timespan(beginNanoseconds: $0[0], endNanoseconds: $0[1]) }
        }

        @Test("the constructor pads, normalises and refuses like the reference")
        func construction() throws {
            for item in file.construct {
                guard item.begin?.text == nil, item.end?.text == nil else { continue }
                let begin = item.begin?.integer.map(TAI.init(nanoseconds:))
                let end = item.end?.integer.map(TAI.init(nanoseconds:))
                guard let bounds = item.nsec else {
                    #expect(throws: ButlerError(.time, ""), "\(item)") {
                        try Timespan(begin: begin, end: end, padsInstants: item.pad)
                    }
                    continue
                }
                let span = try Timespan(begin: begin, end: end, padsInstants: item.pad)
                #expect([span.beginNanoseconds, span.endNanoseconds] == bounds, "\(item)")
                #expect(span.description == item.str)
                #expect(span.isEmpty == item.empty)
            }
        }

        @Test("relations of spans agree with the reference")
        func relations() throws {
            for (left, rows) in zip(spans, file.relations) {
                for (right, row) in zip(spans, rows) {
                    let flags = [
                        left == right, left.isBefore(right), left.isAfter(right), left.overlaps(right),
                        left.contains(right),
                    ]
                    #expect(flags == row.prefix(5).map(\.flag), "\(left) \(right)")
                    #expect(pair(left.intersection(right)) == row[5].list?.map(\.integer), "\(left) \(right)")
                    let difference = row[6].list?.map { $0.list?.map(\.integer) }
                    #expect(left.difference(right).map(pair) == difference, "\(left) \(right)")
                }
            }
        }

        @Test("relations of spans and instants agree with the reference")
        func instants() {
            for (span, rows) in zip(spans, file.instant_relations) {
                for (nanoseconds, row) in zip(file.instants, rows) {
                    let time = TAI(nanoseconds: nanoseconds)
                    let contains = span.contains(time)
                    #expect([span.isBefore(time), span.isAfter(time), contains, contains] == row, "\(span) \(time)")
                }
            }
        }

        @Test("observing days are the reference's spans, or fail")
        func days() throws {
            for row in file.day_obs {
                let day = Int(try #require(row[0].integer))
                let offset = Int(try #require(row[1].integer))
                guard let bounds = row[2].list else {
                    #expect(throws: ButlerError(.time, ""), "\(day)") {
                        try Timespan(dayOfObservation: day, offset: offset)
                    }
                    continue
                }
                let span = try Timespan(dayOfObservation: day, offset: offset)
                #expect(pair(span) == bounds.map(\.integer))
                #expect(span.description == row[3].text)
                let begin = TAI(nanoseconds: span.beginNanoseconds)
                #expect(begin.dayOfObservation(offset: offset) == day || begin == .earliest)
            }
        }

        @Test("the values of the YAML form read back, and JSON is equal")
        func forms() throws {
            for row in file.yaml {
                let bounds = try #require(row[0].list).compactMap { $0.integer }
                let span = Timespan(beginNanoseconds: bounds[0], endNanoseconds: bounds[1])
                #expect(span.json == row[3].text)
                #expect(try JSONDecoder().decode(Timespan.self, from: Data(span.json.utf8)) == span)
                #expect(String(decoding: try JSONEncoder().encode(span), as: UTF8.self) == span.json)
                guard !span.isEmpty else {
                    #expect(row[1].text == "\(Timespan.yamlTag) '\(Timespan.yamlEmpty)'\n")
                    continue
                }
                #expect(row[1].text == yaml(span))
                let copy = try Timespan(yamlBegin: span.begin?.yamlText, end: span.end?.yamlText)
                #expect(pair(copy) == row[2].list?.map(\.integer))
            }
        }

        private func pair(_ span: Timespan) -> [Int64?] {
            [span.beginNanoseconds, span.endNanoseconds]
        }

        private func yaml(_ span: Timespan) -> String {
            let bounds = [span.begin, span.end].map { time in
                time.map { "\(TAI.yamlTag) '\($0.yamlText)'" } ?? "null"
            }
            return "\(Timespan.yamlTag)\nbegin: \(bounds[0])\nend: \(bounds[1])\n"
        }
    }
}
