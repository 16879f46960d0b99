import FITS
import Foundation
import StewardCore
import Testing

@Suite struct GoldenImagesTests {
    /// Files in the layout of `lsst.afw` whose parts the expected values describe.
    static let exposures = ["afw-exposure.fits", "afw-exposure-gzip2.fits"]

    private func expected(_ name: String) throws -> JSON {
        let all = try Golden.json("images", "afw-expected.json")
        let item = all[name]
        return item["same_as"].string.map { all[$0] } ?? item
    }

    private func box(_ json: JSON) throws -> PixelBox {
        try PixelBox(x: json["x"][0].int..<json["x"][1].int, y: json["y"][0].int..<json["y"][1].int)
    }

    private func checkField(_ field: BoundedField, _ points: JSON) {
        #expect(!points.items.isEmpty)
        for point in points.items {
            let value = field.value(x: point["x"].double, y: point["y"].double)
            #expect(agree(value, point["value"].double, within: 1e-12 * abs(point["value"].double)))
        }
    }

    private func checkSky(_ mapping: SkyMapping, _ points: JSON) {
        #expect(!points.items.isEmpty)
        let pixels = points.items.map { SIMD2($0["x"].double, $0["y"].double) }
        let sky = mapping.sky(pixels)
        for (found, point) in zip(sky, points.items) {
            #expect(agree(found, SIMD2(point["ra_deg"].double, point["dec_deg"].double), degrees: 1e-10))
        }
        for (found, pixel) in zip(mapping.pixels(sky), pixels) {
            #expect(agree(found[0], pixel[0], within: 1e-7) && agree(found[1], pixel[1], within: 1e-7))
        }
    }

    @Test("planes of an exposure have their box, pixels, unit and mask planes", arguments: exposures)
    func planes(name: String) throws {
        let components = try expected(name)["components"]
        let file = try ExposureFile(reading: Golden.image(name))
        let box = try box(components["bbox"])
        #expect(try file.box == box)
        #expect(
            try file.metadata().cards.map(\.keyword).filter { $0 != "LSST BUTLER ID" }
                == components["metadata_kept"].keys
        )
        let image: Image<Float> = try #require(try file.image().typed())
        #expect(image.box == box && image.unit == components["image"]["unit"].string)
        for (row, values) in components["image"]["pixels"].items.enumerated() {
            for (column, value) in values.items.enumerated() where value.exists {
                #expect(image[box.xMin + column, box.yMin + row] == Float(value.double))
            }
        }
        for point in components["image"]["nan_xy"].items { #expect(image[point[0].int, point[1].int].isNaN) }
        for point in components["image"]["inf_xy"].items { #expect(image[point[0].int, point[1].int].isInfinite) }
        let mask = try #require(try file.mask())
        for plane in mask.planes.planes { #expect(components["mask"]["planes"][plane.name].int == plane.bit) }
        #expect(mask.planes.planes.count == components["mask"]["planes"].keys.count)
        let words = components["mask"]["pixels"].items.flatMap(\.items).map { UInt32(truncatingIfNeeded: $0.int) }
        #expect(mask.words == [words])
        let variance = try #require(try file.variance())
        #expect(
            agree(variance.pixels.reduce(0) { $0 + Double($1) }, components["variance"]["sum_f64"].double, within: 1e-6)
        )
        #expect(variance.unit == components["variance"]["unit"].string)
        let part = try PixelBox(xMin: box.xMin + 3, yMin: box.yMin + 2, width: 4, height: 5)
        #expect(try file.mask(part)?.words[0].count == 20)
        #expect(try file.maskedImage(part).box == part)
    }

    @Test("components of the archive have their values", arguments: exposures)
    func components(name: String) throws {
        let components = try expected(name)["components"]
        let file = try ExposureFile(reading: Golden.image(name))
        checkSky(try #require(try file.wcs()), components["wcs"])
        #expect(try file.wcs()?.isApproximate == false)
        let psf = components["psf"]
        #expect(
            try file.psf()
                == .gaussian(
                    sigma: psf["sigma"].double,
                    width: psf["dimensions"][0].int,
                    height: psf["dimensions"][1].int
                )
        )
        let calibration = try #require(try file.photoCalib())
        #expect(calibration.mean == components["photoCalib"]["mean"].double)
        #expect(calibration.error == components["photoCalib"]["err"].double)
        checkField(try #require(calibration.field), components["photoCalib"]["values"])
        #expect(try file.validPolygon() == components["validPolygon"].items.map { SIMD2($0[0].double, $0[1].double) })
        let corrections = try #require(try file.apCorrMap())
        #expect(corrections.keys.sorted() == components["apCorrMap"].keys)
        for (name, field) in corrections { checkField(field, components["apCorrMap"][name]) }
        let curve = try #require(try file.transmissionCurve())
        #expect(curve.wavelengths == components["transmissionCurve"]["wavelengths"].items.map(\.double))
        let sample = components["transmissionCurve"]["sample"]
        #expect(agree(curve.value(at: sample["wavelength"].double) ?? .nan, sample["throughput"].double, within: 1e-14))
        #expect(curve.value(at: 100) == 0 && curve.value(at: 1e5) == 0)
        let filter = FilterLabel(
            band: components["filter"]["band"].string,
            physical: components["filter"]["physical"].string
        )
        #expect(try file.filter() == filter)
        #expect(try file.summaryStats()?.contains("psfSigma: \(components["summaryStats"]["psfSigma"].double)") == true)
        #expect(try file.id() == Int64(components["id"].int))
        for key in components["ids"].keys { #expect(try file.archiveID(key) == components["ids"][key].int) }
        #expect(file.archiveIDs().count == components["ids"].keys.count)
        #expect(try file.detector() == nil && file.coaddInputs() == nil)
    }

    @Test("visit information comes from the header", arguments: exposures)
    func visitInfo(name: String) throws {
        let cards = try expected(name)["components"]["visitInfo"]
        let info = try ExposureFile(reading: Golden.image(name)).visitInfo()
        let written = FITSHeader(cards: info.cards)
        for key in cards.keys {
            if let text = cards[key].string {
                #expect(written[key] == .string(text), "\(key)")
            } else if case .logical(let flag)? = written[key] {
                #expect(flag == cards[key].bool)
            } else {
                #expect(written[key]?.realValue == cards[key].double, "\(key)")
            }
        }
        #expect(try VisitInfo(written) == info)
        #expect(throws: ButlerError.self) {
            try VisitInfo(FITSHeader([("DATE-AVG", "2025-01-01T00:00:00"), ("TIMESYS", "UTC")]))
        }
    }

    @Test("each component by its name is what the single readers give")
    func byName() throws {
        let file = try ExposureFile(reading: Golden.image("afw-exposure.fits"))
        for component in ExposureComponent.allCases {
            let value = try file.component(component)
            #expect((value == nil) == [.detector, .coaddInputs].contains(component), "\(component)")
        }
        let error = #expect(throws: ButlerError.self) { try ExposureComponent(named: "imge") }
        #expect(error?.code == .unknownComponent && error?.candidates == ["image"])
        let part = try PixelBox(xMin: 640, yMin: -12, width: 1, height: 1)
        #expect(throws: ButlerError.self) { try file.component(.wcs, box: part) }
    }

    @Test("images and masks alone are found in whichever unit they are")
    func alone() throws {
        let exposure = try ExposureFile(reading: Golden.image("afw-exposure.fits"))
        let image = try FITSFile(reading: Golden.image("afw-image-primary.fits"))
        let index = try image.onlyImageIndex()
        #expect(index == 0)
        let pixels: Image<Float> = try image.image(index, origin: image.unit(index).header.pixelOrigin)
        let whole: Image<Float> = try #require(try exposure.image().typed())
        #expect(pixels.box == whole.box)
        #expect(pixels.pixels.map(\.bitPattern) == whole.pixels.map(\.bitPattern))
        let mask = try FITSFile(reading: Golden.image("afw-mask.fits"))
        #expect(try mask.onlyImageIndex() == 1)
        #expect(try mask.mask(1).words == exposure.mask()?.words)
    }

    @Test("single objects are in the archive's first place")
    func singleObjects() throws {
        let calibration = try Archive(FITSFile(reading: Golden.image("afw-photocalib.fits")), index: 1)
            .photoCalibration(1)
        let expected = try Golden.json("images", "afw-expected.json")
        #expect(calibration.mean == expected["afw-photocalib.fits"]["mean"].double)
        #expect(calibration.field == nil)
        let archive = try Archive(FITSFile(reading: Golden.image("afw-apcorrmap.fits")), index: 1)
        let map = try archive.apertureCorrections(1)
        for (name, field) in map { checkField(field, expected["afw-apcorrmap.fits"]["apCorrMap"][name]) }
        #expect(map.count == 3)
        #expect(throws: ButlerError.self) { try archive.filterLabel(1) }
        #expect(throws: ButlerError.self) { try archive.field(9) }
    }

    @Test("damaged exposures give errors or parts, never traps", arguments: exposures)
    func damage(name: String) throws {
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Golden.image(name))))
        var generator = Generator(state: 17)
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = Bool.random(using: &generator) ? .random(in: 0...255, using: &generator) : 0x39
            }
            guard let file = try? ExposureFile(FITSFile(bytes: bytes, name: "damaged")) else { continue }
            for component in ExposureComponent.allCases { _ = try? file.component(component) }
        }
    }
}
