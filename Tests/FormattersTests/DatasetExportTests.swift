import FITS
import Formatters
import Foundation
import StewardCore
import StewardTesting
import Testing

@Suite struct DatasetExportTests {
    private static func table() throws -> Table {
        try Table([.init("a", .int64([1, 2])), .init("b,c", .string(["x", "say \"y\""]))])
    }

    @Test("Objects have a text")
    func text() throws {
        #expect(DatasetExport.text(of: JSONValue.object(["a": 1])) == "{\n  \"a\": 1\n}")
        #expect(DatasetExport.text(of: "plain") == "plain")
        #expect(DatasetExport.text(of: 5) == "5" && DatasetExport.text(of: Int64(-5)) == "-5")
        #expect(DatasetExport.text(of: 0.5) == "0.5" && DatasetExport.text(of: true) == "true")
        let header = FITSHeader(cards: [
            FITSCard("EXPTIME", 30, comment: "[s]"), FITSCard("COMMENT", nil, comment: "x"),
        ])
        #expect(DatasetExport.text(of: header) == "EXPTIME = 30 / [s]\nCOMMENT x")
        let box = try PixelBox(xMin: 1, yMin: -2, width: 3, height: 4)
        #expect(DatasetExport.text(of: box) == "{\"x\": 1, \"y\": -2, \"width\": 3, \"height\": 4}")
        #expect(DatasetExport.text(of: Image<Float>(box: box, filledWith: 1)) == nil)
    }

    @Test("The suffix chooses the form of a file")
    func files() throws {
        func written(_ object: any Sendable, _ suffix: String) throws -> String {
            try FITSSample.withPath(suffix) { path in
                try DatasetExport.write(object, to: path)
                return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            }
        }
        #expect(try written(Self.table(), ".csv") == "a,\"b,c\"\n1,x\n2,\"say \"\"y\"\"\"\n")
        #expect(try written(Self.table(), ".ecsv").hasPrefix("# %ECSV 1.0"))
        #expect(try written(Self.table(), ".fits").hasPrefix("SIMPLE  ="))
        #expect(try written(JSONValue.object(["a": 1]), ".json") == "{\"a\": 1}")
        #expect(try written(JSONValue.object(["a": 1]), ".yaml") == "a: 1\n")
        #expect(try written(FITSHeader([("A", 1)]), ".json") == "{\"A\": 1}")
        #expect(try written(5, ".txt") == "5")
        for (object, suffix) in [(try Self.table() as any Sendable, ".xyz"), ("text", ".fits"), ("text", ".csv")] {
            #expect(throws: ButlerError(.formatter, "")) { try written(object, suffix) }
        }
    }

    @Test("Everything that has an image has pixels")
    func pixels() throws {
        let box = try PixelBox(xMin: 0, yMin: 0, width: 2, height: 1)
        let image = try Image<UInt16>(box: box, pixels: [1, 65_535])
        let mask = try Mask(box: box, planes: .standard)
        let planes = try MaskedImage(image: .uint16(image), mask: mask, variance: Image(box: box, filledWith: 0))
        let objects: [any Sendable] = [
            image, AnyImage.uint16(image), planes, Exposure(planes), TreeContent(.maskedImage(planes)),
            DecoratedImage(.uint16(image), metadata: FITSHeader()),
        ]
        for object in objects {
            let pixels = try #require(DatasetExport.pixels(of: object))
            #expect(pixels.values == [1, 65_535] && pixels.width == 2 && pixels.height == 1)
        }
        #expect(DatasetExport.pixels(of: "text") == nil)
    }

    @Test("astropy reads what is written", .enabled(if: Reference.isPresent))
    func astropy() throws {
        let box = try PixelBox(xMin: 5, yMin: 7, width: 3, height: 2)
        let image = try Image<Float>(box: box, pixels: [1, 2, 3, 4, 5.5, -6])
        let bytes = try FITSSample.withPath(".fits") { path in
            try DatasetExport.write(image, to: path)
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let program = """
            import sys
            from astropy.io import fits
            with fits.open(sys.argv[1]) as f:
                h = [u for u in f if u.data is not None][0]
                print(h.data.tolist(), h.header['CRVAL1A'], h.header['CRVAL2A'])
            """
        let output = try Reference.run(program, on: bytes, suffix: ".fits")
        #expect(output == "[[1.0, 2.0, 3.0], [4.0, 5.5, -6.0]] 5.0 7.0\n")
    }
}
