import ButlerConfig
import Datasets
import Datastores
import Dimensions
import FITS
import Formatters
import Foundation
import StewardCore
import Testing

@Suite struct FITSImageTests {
    private static let box: [String: ReadParameter] = ["bbox": .box(.init(x: 642, y: -10, width: 5, height: 4))]

    @Test(
        "Each component of an exposure is what the whole has",
        arguments: ["afw-exposure.fits", "afw-exposure-gzip2.fits"]
    )
    func components(name: String) throws {
        let whole = try #require(
            try FITSSample.read(name, FITSSample.exposure, FITSSample.request("ExposureF")) as? Exposure
        )
        func part(_ component: String) throws -> any Sendable {
            try FITSSample.read(name, FITSSample.exposure, FITSSample.request("ExposureF", component))
        }
        let mask = try #require(part("mask") as? Mask)
        #expect(mask == whole.maskedImage.mask)
        #expect(try part("metadata") as? FITSHeader == whole.metadata)
        #expect(try part("visitInfo") as? VisitInfo == whole.visitInfo)
        #expect(try part("filter") as? FilterLabel == FilterLabel(band: "r", physical: "HSC-R2"))
        #expect(try part("photoCalib") as? PhotoCalibration == whole.photoCalib)
        #expect(try part("id") as? Int64 == 987_654_322)
        #expect(try part("bbox") as? FITS.PixelBox == mask.box)
        #expect(try part("dimensions") as? [Int] == [22, 18])
        #expect(try part("xy0") as? PixelOrigin == PixelOrigin(x: 640, y: -12))
        let sky = try #require(part("wcs") as? SkyMapping).sky([SIMD2(640, -12)])
        #expect(abs(sky[0].x - 63.12560619199017) < 1e-9 && abs(sky[0].y + 26.500432498719462) < 1e-9)
        #expect(throws: ButlerError(.unknownComponent, "")) { try part("coaddInputs") }
    }

    @Test("A box gives the same pixels as the whole image", arguments: ["PARENT", "LOCAL"])
    func boxes(origin: String) throws {
        let name = "afw-exposure-gzip2.fits"
        let whole = try #require(
            try FITSSample.read(name, FITSSample.exposure, FITSSample.request("ExposureF", "variance")) as? AnyImage
        )
        let asked: ReadParameter =
            origin == "LOCAL" ? .box(.init(x: 2, y: 2, width: 5, height: 4)) : try #require(Self.box["bbox"])
        let request = try FITSSample.request("ExposureF", "variance", ["bbox": asked, "origin": .text(origin)])
        let part = try #require(try FITSSample.read(name, FITSSample.exposure, request) as? AnyImage)
        let variance: Image<Float> = try #require(whole.typed())
        #expect(part.box == (try FITS.PixelBox(xMin: 642, yMin: -10, width: 5, height: 4)))
        #expect(part.typed() == (try variance.cropped(to: part.box)))
        let exposure = try FITSSample.read(name, FITSSample.exposure, FITSSample.request("ExposureF", nil, Self.box))
        #expect((exposure as? Exposure)?.maskedImage.box == part.box)
    }

    @Test("Boxes outside, on the wrong component and of wrong kinds are errors")
    func wrongBoxes() throws {
        let outside: ReadParameter = .box(.init(x: 600, y: -10, width: 5, height: 4))
        let huge: ReadParameter = .box(.init(x: .max, y: 0, width: 5, height: 4))
        let requests: [(String?, [String: ReadParameter])] = [
            (nil, ["bbox": outside]), ("image", ["bbox": huge, "origin": .text("LOCAL")]), ("psf", Self.box),
            ("image", ["bbox": .int(5)]), ("image", ["bbox": outside, "origin": .text("MIDDLE")]),
        ]
        for (component, parameters) in requests {
            let request = try FITSSample.request("ExposureF", component, parameters)
            #expect(throws: ButlerError(.invalidArgument, "")) {
                try FITSSample.read("afw-exposure.fits", FITSSample.exposure, request)
            }
        }
    }

    @Test("Images, masks and masked images of the golden files are read whole and by box")
    func alone() throws {
        let exposure = try #require(
            try FITSSample.read("afw-exposure.fits", FITSSample.exposure, FITSSample.request("ExposureF")) as? Exposure
        )
        let planes = try #require(
            try FITSSample.read("afw-exposure.fits", FITSSample.maskedImage, FITSSample.request("MaskedImageF"))
                as? MaskedImage
        )
        #expect(planes.mask == exposure.maskedImage.mask)
        let mask = try FITSSample.read("afw-mask.fits", FITSSample.mask, FITSSample.request("Mask")) as? Mask
        #expect(mask?.words == exposure.maskedImage.mask.words)
        let small = try FITSSample.read("afw-mask.fits", FITSSample.mask, FITSSample.request("Mask", nil, Self.box))
        #expect((small as? Mask)?.box.count == 20)
        let image = try #require(
            try FITSSample.read("afw-image-primary.fits", FITSSample.image, FITSSample.request("ImageF")) as? AnyImage
        )
        let request = try FITSSample.request("ImageF", nil, Self.box)
        let part = try #require(
            try FITSSample.read("afw-image-primary.fits", FITSSample.image, request) as? AnyImage
        )
        let pixels: Image<Float> = try #require(image.typed())
        let values = try #require(part.typed() as Image<Float>?).pixels
        // The box holds a pixel that is no number.
        #expect(try values.map(\.bitPattern) == pixels.cropped(to: part.box).pixels.map(\.bitPattern))
    }

    @Test("The data ID's filter wins over the file's")
    func filters() throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        func filter(_ values: [String: DimensionValue], _ names: [String]) throws -> FilterLabel? {
            let dataID = try DataCoordinate(values, for: universe.group(names))
            let request = try FITSSample.request("ExposureF", "filter", dataID: dataID)
            return try FITSSample.read("afw-exposure.fits", FITSSample.exposure, request) as? FilterLabel
        }
        let own = FilterLabel(band: "r", physical: "HSC-R2")
        #expect(
            try filter(["instrument": "HSC", "physical_filter": "HSC-I", "band": "i"], ["physical_filter"])
                == FilterLabel(band: "i", physical: "HSC-I")
        )
        #expect(try filter(["instrument": "HSC", "physical_filter": "HSC-I"], ["physical_filter"]) == own)
        #expect(try filter(["band": "g"], ["band"]) == FilterLabel(band: "g"))
        #expect(throws: ButlerError(.unknownComponent, "")) { try filter(["instrument": "HSC"], ["instrument"]) }
    }

    @Test("What is written reads back equal", arguments: ["default", "lossless", "noCompression"])
    func written(recipe: String) throws {
        let exposure = try #require(
            try FITSSample.read("afw-exposure.fits", FITSSample.exposure, FITSSample.request("ExposureF")) as? Exposure
        )
        let planes = exposure.maskedImage
        let again = try #require(
            try FITSSample.roundTrip(exposure, FITSSample.exposure, "ExposureF", recipe: recipe) as? Exposure
        )
        #expect(again.maskedImage.mask == planes.mask && again.maskedImage.box == planes.box)
        #expect(again.maskedImage.variance == planes.variance)
        #expect(again.visitInfo == exposure.visitInfo && again.filter == exposure.filter && again.id == exposure.id)
        #expect(again.photoCalib == exposure.photoCalib && again.apCorrMap == exposure.apCorrMap)
        let mask = try FITSSample.roundTrip(planes.mask, FITSSample.mask, "Mask", recipe: recipe) as? Mask
        #expect(mask == planes.mask)
        let image = try FITSSample.roundTrip(planes.variance, FITSSample.image, "ImageF", recipe: recipe) as? AnyImage
        #expect(image?.typed() == planes.variance)
        #expect(try FITSSample.roundTrip(planes, FITSSample.maskedImage, "MaskedImageF", recipe: recipe) is MaskedImage)
    }

    @Test("The configuration's recipes are obeyed; unknown ones are errors")
    func recipes() throws {
        var options = FormatterOptions(className: FITSSample.image)
        options.parameters["recipe"] = "rice"
        options.recipes["rice"] = ["image": ["algorithm": "RICE_1"]]
        let formatter = try FormatterCatalog.shipped.formatter(options)
        let box = try FITS.PixelBox(xMin: 0, yMin: 0, width: 8, height: 8)
        try FITSSample.withPath(".fits") { path in
            try formatter.write(AnyImage.int32(Image(box: box, filledWith: 7)), to: path)
            let unit = try FITSFile(reading: path).unit(1)
            #expect(unit.header["ZCMPTYPE"]?.stringValue == "RICE_1")
        }
        options.recipes["rice"] = ["image": ["algorithm": "LZW"]]
        #expect(throws: ButlerError(.formatter, "")) { try FormatterCatalog.shipped.formatter(options) }
        options.parameters["recipe"] = "losless"
        #expect(throws: ButlerError(.formatter, "")) { try FormatterCatalog.shipped.formatter(options) }
    }

    @Test("Damaged files are errors that name the file, never images")
    func damage() throws {
        let bytes = try FITSSample.bytes("afw-exposure-gzip2.fits")
        let contents: [[UInt8]] = [
            [], Array("not FITS".utf8), Array(bytes.prefix(1000)), Array(bytes.prefix(9000)),
            Array(bytes.prefix(bytes.count / 2)),
        ]
        for content in contents {
            for (name, storageClass) in [(FITSSample.exposure, "ExposureF"), (FITSSample.generic, "SourceCatalog")] {
                let formatter = try FITSSample.formatter(name)
                let (path, error) = try FITSSample.withPath(".fits") { path in
                    try Data(content).write(to: URL(fileURLWithPath: path))
                    let error = #expect(throws: ButlerError.self) {
                        try formatter.read(FileSource(path: path), FITSSample.request(storageClass))
                    }
                    return (path, error)
                }
                #expect(error?.context.contains { $0.value == path } == true || error?.message.contains(path) == true)
                #expect(error.map { [.corruptFile, .header].contains($0.code) } == true)
            }
        }
    }
}
