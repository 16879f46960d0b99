import Foundation

/// A small camera in YAML, and a folder to put definitions into.
enum TinyCamera {
    static let yaml = """
        name: TinyCam
        class_name: test.TinyCam
        visit_max: 1000000
        exposure_max: 1000000
        detector_max: 8
        day_obs_offset_seconds: 43200
        raw_formatter: {formatter: test.TinyFormatter}
        aliases: {chip: detector}
        filters:
          list:
            - {physical: tiny-r, band: r, alias: [red]}
            - {physical: clear}
        translator:
          name: TinyCam
          recognise: [{keyword: INSTRUME, equals: TinyCam}]
          properties:
            exposure_id: EXPNUM
            observation_id: OBSID
            observation_type: {keyword: IMGTYPE, case: lower, words: {object: science}}
            physical_filter: FILTER
            exposure_time: {keyword: EXPTIME, unit: second}
            detector_num: CHIP
            datetime_end: {instant: {property: datetime_begin, plus: {exposure_time: 1}}}
            tracking_radec: {radec: [RA, DEC], missing: allowed-unless-science}
        camera:
          distortion: {radial: [0.0, 1.0e-4]}
          detector: {size: [100, 200], pixel_mm: 0.01}
          detectors:
            - {id: 0, name: A, offset_mm: [-1, 0]}
            - {id: 1, name: B, offset_mm: [1, 0], yaw: 180}
        """

    /// A new folder with files; removed by the system, not by the test.
    static func folder(_ files: [String: String]) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("steward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: url.appendingPathComponent(name))
        }
        return url.path
    }
}
