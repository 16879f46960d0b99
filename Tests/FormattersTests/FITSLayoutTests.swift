import Datasets
import Datastores
import Dimensions
import FITS
import Formatters
import StewardCore
import Testing

@Suite struct FITSLayoutTests {
    private static func read(
        _ path: String,
        _ formatter: String,
        _ component: String? = nil,
        detector: Int64? = nil,
        _ parameters: [String: ReadParameter] = [:]
    ) throws -> any Sendable {
        let group = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition).group(["detector"])
        let dataID = try detector.map {
            try DataCoordinate(["instrument": "Cam", "detector": .int($0)], for: group)
        }
        let request = try FITSSample.request("Exposure", component, parameters, dataID: dataID)
        return try FITSSample.formatter(formatter).read(FileSource(path: path), request)
    }

    @Test("Of a raw file with several detectors the data ID's is read, with the merged header")
    func raw() throws {
        try FITSSample.withPath(".fits") { path in
            try FITSSample.raw(["S1", "S2", "S3"], at: path)
            let raw = try #require(try Self.read(path, FITSSample.decam, detector: 2) as? DecoratedImage)
            let image: Image<Int32> = try #require(raw.image.typed())
            #expect(image[1, 2] == 221)
            #expect(raw.metadata["INSTRUME"]?.stringValue == "Cam" && raw.metadata["FILTER"]?.stringValue == "r")
            let metadata = try Self.read(path, FITSSample.decam, "metadata", detector: 3) as? FITSHeader
            #expect(metadata?["CCDNUM"]?.integerValue == 3 && metadata?["INSTRUME"]?.stringValue == "Cam")
            let sky = try #require(try Self.read(path, FITSSample.decam, "wcs", detector: 2) as? SkyMapping)
            #expect(abs(sky.sky([SIMD2(0, 0)])[0].x - 10) < 1e-9)
            #expect(try Self.read(path, FITSSample.decam, "dimensions", detector: 1) as? [Int] == [4, 3])
            let box: [String: ReadParameter] = ["bbox": .box(.init(x: 1, y: 1, width: 2, height: 2))]
            let part = try #require(try Self.read(path, FITSSample.decam, "image", detector: 3, box) as? AnyImage)
            #expect((part.typed() as Image<Int32>?)?.pixels == [311, 312, 321, 322])
            #expect(throws: ButlerError(.corruptFile, "")) { try Self.read(path, FITSSample.decam, detector: 9) }
            #expect(throws: ButlerError(.unknownComponent, "")) {
                try Self.read(path, FITSSample.decam, "psf", detector: 1)
            }
        }
    }

    @Test("Amplifiers are read one at a time, headers without them")
    func amplifiers() throws {
        try FITSSample.withPath(".fits") { path in
            try FITSSample.raw(["Segment10", "Segment11"], at: path)
            let raw = try Self.read(path, FITSSample.lsstcam, detector: 1, ["amp": .text("C11")]) as? DecoratedImage
            #expect((raw?.image.typed() as Image<Int32>?)?.pixels.first == 200)
            #expect(try Self.read(path, FITSSample.lsstcam, "metadata", detector: 1) is FITSHeader)
            #expect(throws: ButlerError(.formatter, "")) { try Self.read(path, FITSSample.lsstcam, detector: 1) }
            #expect(throws: ButlerError(.invalidArgument, "")) {
                try Self.read(path, FITSSample.lsstcam, detector: 1, ["amp": .text("C17")])
            }
        }
    }

    @Test("Single objects, catalogs and headers are read by layout")
    func generic() throws {
        func read(_ name: String, _ storageClass: String) throws -> any Sendable {
            try FITSSample.read(name, FITSSample.generic, FITSSample.request(storageClass))
        }
        #expect((try read("afw-photocalib.fits", "PhotoCalib") as? PhotoCalibration)?.mean == 2.5)
        #expect(
            (try read("afw-apcorrmap.fits", "ApCorr") as? [String: BoundedField])?.keys.sorted() == ["a", "b", "c"]
        )
        let catalog = try #require(try read("afw-source-catalog.fits", "SourceCatalog") as? FITSTable)
        #expect(try catalog.integers("id").first == 1_000_000_000_000)
        #expect((try read("afw-source-catalog.fits", "PropertyList") as? FITSHeader)?.contains("AFW_TYPE") == true)
        let text = try #require(DatasetExport.text(of: catalog))
        #expect(text.hasPrefix("# %ECSV 1.0") && text.contains("] 1000000000001 1.1017565436139405 "))
    }

    @Test("Single objects, headers and tables are written and read back; mixed layouts are errors")
    func genericWritten() throws {
        let label = FilterLabel(band: "r", physical: "HSC-R2")
        #expect(try FITSSample.roundTrip(label, FITSSample.generic, "FilterLabel") as? FilterLabel == label)
        let header = FITSHeader([("ANSWER", 42), ("NAME", "x")])
        let again = try FITSSample.roundTrip(header, FITSSample.generic, "PropertyList") as? FITSHeader
        #expect(again?["ANSWER"]?.integerValue == 42)
        let table = try Table([
            .init("a", .int64([1, -2])), .init("b", .double([0.5, .nan]), unit: "m"), .init("c", .string(["x", "yy"])),
        ])
        let read = try #require(try FITSSample.roundTrip(table, FITSSample.generic, "IsrCalib") as? FITSTable)
        #expect(try Table(read)["a"]?.values == .int64([1, -2]) && Table(read)["c"]?.values == .string(["x", "yy"]))
        #expect(try read.column("b").unit == "m")
        let masked = try Table([.init("a", .int64([1, 2]), mask: [true, false])])
        #expect(throws: ButlerError(.formatter, "")) {
            try FITSSample.roundTrip(masked, FITSSample.generic, "IsrCalib")
        }
        try FITSSample.withPath(".fits") { path in
            try FITSSample.raw(["S1"], at: path)
            let file = try FITSFile(updating: path)
            try file.append(table: [FITSColumnContent("a", .int64([1]))])
            try file.close()
            let formatter = try FITSSample.formatter(FITSSample.generic)
            #expect(throws: ButlerError(.formatter, "")) {
                try formatter.read(FileSource(path: path), FITSSample.request("IsrCalib"))
            }
        }
    }

    @Test(
        "Tree files are read and written without loss, by component and by box",
        arguments: [
            ("image-gzip2.fits", "ImageV2"), ("mask-40.fits", "MaskV2"), ("masked-image.fits", "MaskedImageV2"),
            ("masked-image.json", "MaskedImageV2"), ("visit-image.fits", "VisitImage"),
        ]
    )
    func trees(name: String, storageClass: String) throws {
        let content = try #require(
            try FITSSample.read(name, FITSSample.tree, FITSSample.request(storageClass)) as? TreeContent
        )
        let again = try #require(
            try FITSSample.roundTrip(content, FITSSample.tree, storageClass) as? TreeContent
        )
        #expect(again.schema == content.schema)
        // As text, in which numbers that are none are equal.
        #expect(again.members.map { [$0.name, $0.value.text] } == content.members.map { [$0.name, $0.value.text] })
        #expect(FITSLayoutTests.bits(again) == FITSLayoutTests.bits(content))
        let catalog = StorageClassCatalog(try Defaults.storageClasses())
        let names = try catalog.storageClass(storageClass).componentNames
        if names.contains("bbox") {
            let box = try FITSSample.read(name, FITSSample.tree, FITSSample.request(storageClass, "bbox"))
            #expect(box is FITS.PixelBox)
        }
        #expect(DatasetExport.pixels(of: content) != nil)
    }

    private static func bits(_ content: TreeContent) -> [UInt32] {
        switch content.planes {
        case .image(let image): (DatasetExport.pixels(of: image)?.values ?? []).map(\.bitPattern)
        case .mask(let mask): mask.words.flatMap { $0 }
        case .maskedImage(let image):
            (DatasetExport.pixels(of: image.image)?.values ?? []).map(\.bitPattern) + image.mask.words.flatMap { $0 }
                + image.variance.pixels.map(\.bitPattern)
        }
    }

    @Test("A sky projection alone is a mapping")
    func projection() throws {
        let mapping = try FITSSample.read("sky-projection.json", FITSSample.tree, FITSSample.request("SkyProjection"))
        #expect(mapping is SkyMapping)
    }
}
