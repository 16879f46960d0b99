import AstroTime
import FITS
import Foundation
import StewardCore

/// Writes the raw files of the simulated night, with headers as a real camera's.
struct NightSimulator {
    let directory: String

    func run() throws {
        let night = try Night()
        let stars = Star.field()
        let folder = "\(directory)/\(Night.day)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let detectors = DetectorModel.names.indices.map { DetectorModel(number: $0) }
        for exposure in night.exposures {
            for detector in detectors {
                var noise = Noise(seed: UInt64(1000 * exposure.number + detector.number))
                let light = detector.light(of: exposure, stars: stars, noise: &noise)
                let counts = detector.record(light, seconds: Float(exposure.seconds), noise: &noise)
                let side = DetectorModel.side
                let box = try PixelBox(xMin: 0, yMin: 0, width: side, height: side)
                let file = try FITSFile(
                    creating: "\(folder)/\(exposure.identifier)_\(DetectorModel.names[detector.number]).fits"
                )
                try file.append(Image(box: box, pixels: counts), header: header(exposure, detector.number))
                try file.close()
            }
        }
        print("Wrote \(night.exposures.count) exposures of \(detectors.count) detectors to \(folder)")
    }

    private func header(_ exposure: Night.Exposure, _ detector: Int) -> FITSHeader {
        let end = exposure.begin.advanced(bySeconds: exposure.seconds)
        var cards: [(String, FITSValue)] = [
            ("TELESCOP", .string("SimScope")), ("INSTRUME", .string("SimCam")), ("SIMULATE", .logical(true)),
            ("OBSID", .string(exposure.identifier)), ("DAYOBS", .string("\(Night.day)")),
            ("SEQNUM", .integer(Int64(exposure.number))), ("IMGTYPE", .string(exposure.kind)),
            ("FILTER", .string(exposure.filter)), ("EXPTIME", .real(exposure.seconds)),
            ("DARKTIME", .real(exposure.seconds + 0.5)), ("OBJECT", .string(exposure.object)),
            ("REASON", .string("demo")), ("PROGRAM", .string("STEWARD-DEMO")), ("TIMESYS", .string("TAI")),
            ("DATE-BEG", .string(exposure.begin.isot(decimals: 3))), ("DATE-END", .string(end.isot(decimals: 3))),
            ("MJD-BEG", .real(exposure.begin.modifiedJulianDate())), ("MJD-END", .real(end.modifiedJulianDate())),
            ("DETNAME", .string(DetectorModel.names[detector])), ("CCDSERN", .string("SIM-000\(detector + 1)")),
            ("AIRTEMP", .real(9.5)), ("PRESSURE", .real(74_300)), ("HUMIDITY", .real(31)), ("FOCUSZ", .real(0.12)),
        ]
        if let pointing = exposure.pointing { cards += sky(pointing, detector) }
        return FITSHeader(cards)
    }

    /// Pointing and a tangent-plane projection, north up and east left.
    private func sky(_ pointing: (ra: Double, dec: Double), _ detector: Int) -> [(String, FITSValue)] {
        let scale = Star.scale / 3600
        let offset = DetectorModel.offsets[detector]
        return [
            ("RA", .real(pointing.ra)), ("DEC", .real(pointing.dec)), ("RADESYS", .string("ICRS")),
            ("ROTPA", .real(0)), ("ROTCOORD", .string("sky")), ("ELSTART", .real(61.5)), ("AZSTART", .real(35.2)),
            ("AMSTART", .real(1.138)), ("CTYPE1", .string("RA---TAN")), ("CTYPE2", .string("DEC--TAN")),
            ("CUNIT1", .string("deg")), ("CUNIT2", .string("deg")), ("CRVAL1", .real(pointing.ra)),
            ("CRVAL2", .real(pointing.dec)), ("CRPIX1", .real(256.5 - offset.x)), ("CRPIX2", .real(256.5 - offset.y)),
            ("CD1_1", .real(-scale)), ("CD1_2", .real(0)), ("CD2_1", .real(0)), ("CD2_2", .real(scale)),
        ]
    }
}
