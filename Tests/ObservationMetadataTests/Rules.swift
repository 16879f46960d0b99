import FITS
import ObservationMetadata

/// Translators made of a few rules.
enum Rules {
    /// A translator for headers with `INSTRUME` = Cam; the rules of properties are indented by four blanks.
    static func translator(
        _ properties: String,
        further: String = "",
        dayOffset: Int64? = nil
    ) throws
        -> HeaderTranslator
    {
        let yaml = """
            name: Cam
            recognise: [{keyword: INSTRUME, equals: Cam}]
            \(further)
            properties:
              observation_id: OBSID
            \(properties)
            """
        let detectors = [
            DetectorNames(id: 1, fullName: "R0_S1", raft: "R0", nameInRaft: "S1", serial: "X1"),
            DetectorNames(id: 2, fullName: "R0_S2", raft: "R0", nameInRaft: "S2", serial: "X2"),
        ]
        let node = try DefinitionNode(yaml: yaml, file: "cam.yaml")
        return HeaderTranslator(try TranslationRules(node, dayOffsetSeconds: dayOffset, detectors: detectors))
    }

    /// A header of that camera.
    static func header(_ cards: [(String, FITSValue)]) -> FITSHeader {
        FITSHeader([("INSTRUME", "Cam"), ("OBSID", "obs1")] + cards, source: "some.fits")
    }
}
