import FITS
import Foundation
import StewardCore
import StewardTesting
import Testing

@Suite struct GoldenSkyTests {
    private func header(_ json: JSON) -> FITSHeader {
        FITSHeader(
            json.keys.map { key in
                let value = json[key]
                if let text = value.string { return (key, .string(text)) }
                let number = value.double
                return (key, number == number.rounded() ? .integer(Int64(number)) : .real(number))
            }
        )
    }

    @Test("headers give wcslib's positions and come back to the pixels")
    func headers() throws {
        let cases = try Golden.expectations("sky").flatMap { $0["cases"].items }.filter { $0["header"].exists }
        #expect(!cases.isEmpty)
        for item in cases {
            let wcs = try WCS(header(item["header"]))
            let pixels = item["pixels"].items.map { SIMD2($0[0].double - 1, $0[1].double - 1) }
            let sky = wcs.sky(pixels)
            for (found, expected) in zip(sky, item["sky"].items) {
                #expect(agree(found, SIMD2(expected[0].double, expected[1].double), degrees: 1e-11))
            }
            // Some of the distortions are so strong that no unique inverse exists.
            let isDistorted = item["header"]["A_ORDER"].exists
            for (found, expected) in zip(wcs.pixels(sky), pixels) where !(isDistorted && found[0].isNaN) {
                #expect(agree(found[0], expected[0], within: 1e-6) && agree(found[1], expected[1], within: 1e-6))
            }
        }
    }
}

@Suite struct WCSTests {
    private static let tan = FITSHeader([
        ("NAXIS", 2), ("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CRPIX1", 2001), ("CRPIX2", 2001),
        ("CRVAL1", 53.125),
        ("CRVAL2", -28.1), ("CD1_1", .real(-0.2 / 3600)), ("CD1_2", 0), ("CD2_1", 0), ("CD2_2", .real(0.2 / 3600)),
    ])

    @Test("a tangent projection built from numbers agrees with the documented positions and with wcslib")
    func tangent() throws {
        let scale = 0.2 / 3600
        let wcs = try WCS(tangentAt: (53.125, -28.1), pixel: (2000, 2000), matrix: (-scale, 0, 0, scale))
        let expected = [
            SIMD2(0.0, 0.0): SIMD2(53.25108855577451, -28.211053177583132),
            SIMD2(3999.0, 0.0): SIMD2(52.99897448829998, -28.21105323536275),
            SIMD2(-1.0, -1.0): SIMD2(53.25115166522905, -28.211108674986708),
        ]
        // A keyword that makes no difference sends the same system through wcslib.
        var other = Self.tan
        other["PV2_1"] = 0.0
        let library = try WCS(other)
        for (pixel, position) in expected {
            #expect(agree(wcs.sky([pixel])[0], position, degrees: 1e-12))
            #expect(agree(library.sky([pixel])[0], position, degrees: 1e-12))
        }
        #expect(wcs.frame == "ICRS")
        #expect(try abs(wcs.pixelScale(x: 2000, y: 2000) - 0.2) < 1e-9)
    }

    @Test("the written header describes the same system, also with an origin")
    func written() throws {
        let wcs = try WCS(
            tangentAt: (10, 80),
            pixel: (650, -4.5),
            matrix: (-5.5e-5, 1e-6, 2e-6, 5.5e-5),
            origin: PixelOrigin(x: 640, y: -12)
        )
        #expect(wcs.header["CRPIX1"] == .real(11))
        #expect(wcs.header["CRPIX2"] == .real(8.5))
        let again = try WCS(wcs.header, origin: PixelOrigin(x: 640, y: -12))
        let here = try again.sky(x: 650, y: -4.5)
        #expect(agree(SIMD2(here.ra, here.dec), SIMD2(10, 80), degrees: 1e-13))
        let moved = try wcs.moved(to: PixelOrigin(x: 0, y: 0)).sky(x: 7, y: 9)
        let direct = try wcs.sky(x: 7, y: 9)
        #expect(agree(SIMD2(moved.ra, moved.dec), SIMD2(direct.ra, direct.dec), degrees: 1e-12))
    }

    @Test("the outline of a box runs through its outer corners")
    func footprint() throws {
        let wcs = try WCS(Self.tan)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 4000, height: 4000)
        let corners = try wcs.footprint(of: box)
        let expected = wcs.sky([SIMD2(-0.5, -0.5), SIMD2(3999.5, -0.5), SIMD2(3999.5, 3999.5), SIMD2(-0.5, 3999.5)])
        #expect(corners == expected)
        #expect(try wcs.footprint(of: box, perEdge: 5).count == 20)
        #expect(throws: ButlerError.self) { try wcs.footprint(of: PixelBox(xMin: 0, yMin: 0, width: 0, height: 4)) }
    }

    @Test("positions behind the tangent plane have no pixel")
    func behind() throws {
        let wcs = try WCS(Self.tan)
        #expect(wcs.pixels([SIMD2(233, 28)])[0][0].isNaN)
        #expect(throws: ButlerError.self) { try wcs.pixel(ra: 233, dec: 28) }
    }

    @Test("headers without a celestial system are errors of code header")
    func withoutSystem() {
        for header in [
            FITSHeader(), FITSHeader([("NAXIS", 2)]), FITSHeader([("CTYPE1", "LINEAR"), ("CTYPE2", "LINEAR")]),
            FITSHeader([("CTYPE1", "RA---TAN"), ("CTYPE2", "GLAT-TAN")]),
            FITSHeader([("CTYPE1", "RA---XXX"), ("CTYPE2", "DEC--XXX")]),
        ] {
            let error = #expect(throws: ButlerError.self) { try WCS(header) }
            #expect(error?.code == .header)
        }
    }

    @Test("random values under WCS keywords give a system or an error")
    func garbage() {
        var generator = Generator(state: 3)
        let keys = [
            "NAXIS", "WCSAXES", "CTYPE1", "CTYPE2", "CTYPE3", "CRPIX1", "CRVAL1", "CRVAL2", "CD1_1", "CD2_2", "CD9_9",
            "PC1_2",
            "CDELT1", "PV1_1", "PV2_99", "A_ORDER", "B_ORDER", "A_9_9", "B_2_0", "LONPOLE", "RADESYS", "CUNIT1", "DP1",
            "PS1_0",
            "CPDIS1", "CROTA2", "EQUINOX", "CTYPE1A", "CRPIX2X", "AP_ORDER", "VELREF", "DATE-OBS",
        ]
        let texts = [
            "RA---TAN", "DEC--TAN", "RA---TPV", "DEC--TPV", "RA---TAN-SIP", "DEC--TAN-SIP", "GLON-ZEA", "x", "", "deg",
            "WAVE-TAB",
        ]
        for _ in 0..<4000 {
            var header = FITSHeader([("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CD1_1", 1e-4), ("CD2_2", 1e-4)])
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let key = keys.randomElement(using: &generator) ?? "NAXIS"
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: header[key] = .integer(.random(in: -3...40, using: &generator))
                case 1: header[key] = .real(.random(in: -1e3...1e3, using: &generator))
                case 2: header[key] = .integer(.random(in: .min ... .max, using: &generator))
                default: header[key] = .string(texts.randomElement(using: &generator) ?? "")
                }
            }
            do {
                let wcs = try WCS(header)
                #expect(wcs.pixels(wcs.sky([SIMD2(1, 2)])).count == 1)
            } catch {
                #expect((error as? ButlerError)?.code == .header)
            }
        }
    }

    @Test("several tasks use one system at the same time")
    func shared() async throws {
        var header = Self.tan
        header["CTYPE1"] = "RA---STG"
        header["CTYPE2"] = "DEC--STG"
        let wcs = try WCS(header)
        let expected = wcs.sky([SIMD2(5, 6)])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask { wcs.sky(Array(repeating: SIMD2(5, 6), count: 1000)).allSatisfy { $0 == expected[0] } }
            }
            for await same in group { #expect(same) }
        }
    }
}
