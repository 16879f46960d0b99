import ObservationMetadata
import StewardCore
import Testing

@testable import Instruments

/// Mistakes in definitions: each names file, line and key.
@Suite struct DefinitionSchemaTests {
    struct Mistake: CustomTestStringConvertible, Sendable {
        let find: String
        let replacement: String
        let message: String
        var candidate: String?

        init(_ find: String, _ replacement: String, _ message: String, candidate: String? = nil) {
            self.find = find
            self.replacement = replacement
            self.message = message
            self.candidate = candidate
        }

        var testDescription: String { message }
    }

    static let mistakes = [
        Mistake("detector_max:", "detectors_max:", "\"detectors_max\" is not a key here", candidate: "detector_max"),
        Mistake("visit_max: 1000000\n", "", "the key \"visit_max\" is missing"),
        Mistake("visit_max: 1000000", "visit_max: many", "\"many\" is given where a whole number must be"),
        Mistake("detector_max: 8", "detector_max: 1", "the detector number 1 is not below detector_max, 1"),
        Mistake("id: 1,", "id: 0,", "the number \"0\" belongs to two detectors"),
        Mistake("name: B", "name: A", "the name \"A\" belongs to two detectors"),
        Mistake("{physical: clear}", "{physical: tiny-r, band: i}", "has the band \"r\" further up"),
        Mistake("class_name: test.TinyCam", "class_name: \(String(repeating: "x", count: 65))", "1 to 64 characters"),
        Mistake("radial: [0.0, 1.0e-4]", "radial: [1.0]", "needs at least two coefficients"),
        Mistake("  distortion: {radial: [0.0, 1.0e-4]}\n", "", "\"distortion\" is missing"),
        Mistake("size: [100, 200], ", "", "needs \"size\" and \"pixel_mm\""),
        Mistake("yaw: 180", "yaw: left", "\"left\" is given where a number must be"),
        Mistake("{formatter: test.TinyFormatter}", "{formatter: t, detectors: [1]}", "must be without conditions"),
        Mistake(
            "exposure_id: EXPNUM",
            "exposure_ids: EXPNUM",
            "is not an observation property",
            candidate: "exposure_id"
        ),
        Mistake("exposure_id: EXPNUM", "exposure_id: {keywrd: EXPNUM}", "needs one of the keys", candidate: "keyword"),
        Mistake("exposure_id: EXPNUM", "exposure_id: {property: visit_id}", "go in a circle"),
        Mistake("exposure_id: EXPNUM", "exposure_id: {radec: [A, B]}", "cannot give \"exposure_id\""),
        Mistake("exposure_id: EXPNUM", "exposure_id: {keyword: A, pattern: \"(a\"}", "is not a regular expression"),
        Mistake("exposure_id: EXPNUM", "exposure_id: {keyword: A, pattern: a}", "must have exactly one group"),
        Mistake("exposure_id: EXPNUM", "exposure_id: {sum: {object: 1}}", "not a whole-number property"),
        Mistake("unit: second", "unit: celsius", "cannot be converted to s"),
        Mistake("unit: second", "unit: secnd", "is not one of", candidate: "second"),
        Mistake("missing: allowed-unless-science", "missing: never", "is not one of error, allowed"),
        Mistake("plus: {exposure_time: 1}", "plus: {object: 1}", "is not a property in seconds"),
        Mistake("equals: TinyCam}", "equls: TinyCam}", "\"equls\" is not a key here", candidate: "equals"),
        Mistake("name: TinyCam\nclass", "name: TinyCam\nname: x\nclass", "occurs twice"),
        Mistake("chip: detector", "detector: detector", "needs no alias"),
    ]

    @Test("a mistake is reported with its line and, for names, near ones", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        #expect(TinyCamera.yaml.contains(mistake.find))
        let text = TinyCamera.yaml.replacing(mistake.find, with: mistake.replacement, maxReplacements: 1)
        var caught: (any Error)?
        do { _ = try InstrumentDefinition(DefinitionNode(yaml: text, file: "tiny.yaml")) } catch { caught = error }
        let error = try #require(caught as? ButlerError)
        #expect(error.code == .instrument)
        #expect(error.message.contains(mistake.message), "\(error.message)")
        #expect(error.message.hasPrefix("tiny.yaml"), "\(error.message)")
        if let candidate = mistake.candidate { #expect(error.candidates.contains(candidate), "\(error.candidates)") }
    }

    @Test("the line is that of the mistake")
    func line() throws {
        let text = TinyCamera.yaml.replacing("unit: second", with: "unit: parsec")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.contains("parsec") }.map { $0 + 1 }
        var caught: (any Error)?
        do { _ = try InstrumentDefinition(DefinitionNode(yaml: text, file: "tiny.yaml")) } catch { caught = error }
        let message = try #require((caught as? ButlerError)?.message)
        #expect(
            message.hasPrefix("tiny.yaml, line \(try #require(line)), key \"translator.properties.exposure_time.unit\"")
        )
    }

    @Test("names that look like numbers, Booleans or dates stay text")
    func plainText() throws {
        let text = TinyCamera.yaml.replacing("name: A,", with: "name: 0_30, raft: 1, name_in_raft: no, serial: 007,")
        let detector = try #require(
            InstrumentDefinition(DefinitionNode(yaml: text, file: "tiny.yaml")).camera.detector(0)
        )
        #expect(detector.fullName == "0_30")
        #expect(detector.raft == "1")
        #expect(detector.nameInRaft == "no")
        #expect(detector.serial == "007")
    }

    @Test("a new camera fits into sixty lines")
    func small() {
        #expect(TinyCamera.yaml.split(separator: "\n").count < 60)
    }
}
