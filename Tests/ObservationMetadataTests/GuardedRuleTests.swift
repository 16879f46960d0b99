import FITS
import StewardCore
import Testing

@testable import ObservationMetadata

/// Rules that hold under conditions, and changes of headers.
@Suite struct GuardedRuleTests {
    private func translate(_ section: String, _ cards: [(String, FITSValue)]) throws -> Translation {
        let node = try DefinitionNode(yaml: "name: T\nrecognise: []\n" + section, file: "t.yaml")
        let rules = try TranslationRules(node, dayOffsetSeconds: 0, detectors: [])
        var header = FITSHeader()
        for (keyword, value) in cards { header[keyword] = value }
        return try HeaderTranslator(rules).translate(header)
    }

    @Test("the first case whose conditions hold gives the value")
    func cases() throws {
        let section = """
            conditions:
              dark: [{keyword: SHUT, equals: 0}, {keyword: TYPE, equals: [bias, dark]}]
            properties:
              object:
                cases:
                  - {when: dark, constant: null}
                  - {unless: {keyword: NAME, present: true}, constant: nameless}
                  - {keyword: NAME, replace: {"spec:": ""}, drop_suffix: "~x"}
            """
        func object(_ cards: [(String, FITSValue)]) throws -> String? { try translate(section, cards).info.object }
        #expect(try object([("SHUT", .real(0)), ("NAME", .string("a"))]) == nil)
        #expect(try object([("TYPE", .string("bias"))]) == nil)
        #expect(try object([("SHUT", .real(1))]) == "nameless")
        #expect(try object([("NAME", .string("spec:a~x~x"))]) == "a")
    }

    @Test("texts are joined from what is there")
    func join() throws {
        let section = "properties: {physical_filter: {join: [A, B], separator: \"~\", default: none}}"
        #expect(try translate(section, [("A", .string("g")), ("B", .string("h"))]).info.physicalFilter == "g~h")
        #expect(try translate(section, [("B", .string("h"))]).info.physicalFilter == "h")
        #expect(try translate(section, []).info.physicalFilter == "none")
    }

    @Test("a number below its floor counts as absent")
    func floor() throws {
        let section = """
            properties:
              exposure_time: {keyword: E, unit: second}
              dark_time: {keyword: D, unit: second, at_least: exposure_time, otherwise: {property: exposure_time}}
            """
        #expect(try translate(section, [("E", .real(2)), ("D", .real(3))]).info.darkTime == 3)
        #expect(try translate(section, [("E", .real(2)), ("D", .real(1))]).info.darkTime == 2)
    }

    @Test("what is missing is an error only where conditions say so")
    func missing() throws {
        let section = """
            properties:
              object: {keyword: NAME, missing: {allowed_unless: {keyword: SKY, equals: true, ignore_case: true}}}
            """
        #expect(try translate(section, []).problems.allSatisfy { $0.property != .object })
        #expect(try translate(section, [("SKY", .logical(true))]).problems.contains { $0.property == .object })
    }

    @Test("header values are copied, scaled, wrapped, cut and cleared")
    func changes() throws {
        let node = try DefinitionNode(
            yaml: """
                name: T
                recognise: []
                properties: {instrument: {constant: T}, observation_id: ID}
                fix_ups:
                  - {when: {keyword: ROT, numeric: true}, set: {ROT: {keyword: ROT, offset: -180, wrap: 360}}}
                  - {when: {keyword: SEQ, missing: true}, set: {SEQ: {property: observation_id, pattern: "_([0-9]+)$", integer: true}}}
                  - {set: {RA: {keyword: RAD, factor: 2}, OLD: null}}
                """,
            file: "t.yaml"
        )
        let translator = HeaderTranslator(try TranslationRules(node, dayOffsetSeconds: 0, detectors: []))
        var header = FITSHeader()
        header["ID"] = .string("a_0012")
        header["ROT"] = .real(-30)
        header["RAD"] = .real(1.5)
        header["OLD"] = .integer(1)
        let (repaired, repairs) = try translator.repair(header)
        #expect(repairs.isModified)
        #expect(repaired["ROT"] == .real(150))
        #expect(repaired["SEQ"] == .integer(12))
        #expect(repaired["RA"] == .real(3))
        #expect(repaired["OLD"] == .undefined)
    }

    @Test("an unknown condition is reported with near names")
    func unknownCondition() throws {
        let section = """
            conditions: {on_sky: [{keyword: A, present: true}]}
            properties: {object: {when: on_skye, keyword: B}}
            """
        let error = #expect(throws: ButlerError.self) { _ = try translate(section, []) }
        #expect(error?.candidates == ["on_sky"])
        #expect(error?.message.contains("line 4") == true)
    }
}
