import FITS
import Foundation
import StewardCore
import Testing

@Suite struct FileTests {
    private func roundTrip<Value: Pixel>(_ pixels: [Value], _ compression: FITSCompression?) throws -> Image<Value> {
        let file = try FITSFile(creatingInMemory: "memory")
        let box = try PixelBox(xMin: 0, yMin: 0, width: pixels.count / 2, height: 2)
        try file.append(
            try Image(box: box, pixels: pixels, unit: nil),
            header: FITSHeader([("BUNIT", "adu")]),
            compression: compression
        )
        let copy = try FITSFile(bytes: try file.bytes(), name: "copy")
        return try copy.image(compression == nil ? 0 : 1)
    }

    @Test(
        "pixels of every type come back unchanged",
        arguments: [nil, .init(.gzip1), .init(.gzip2), .init(.rice)] as [FITSCompression?]
    )
    func pixelTypes(compression: FITSCompression?) throws {
        #expect(try roundTrip([UInt8.min, 1, 2, .max], compression).pixels == [.min, 1, 2, .max])
        #expect(try roundTrip([Int16.min, -1, 2, .max], compression).pixels == [.min, -1, 2, .max])
        #expect(try roundTrip([UInt16.min, 1, 40_000, .max], compression).pixels == [.min, 1, 40_000, .max])
        #expect(try roundTrip([Int32.min, -1, 2, .max], compression).pixels == [.min, -1, 2, .max])
        #expect(try roundTrip([UInt32.min, 1, 2, .max], compression).pixels == [.min, 1, 2, .max])
        #expect(try roundTrip([UInt8.min, 1, 2, .max], compression).unit == "adu")
        guard compression?.algorithm != .rice else { return }
        let floats: [Float] = [.infinity, -0.0, .leastNonzeroMagnitude, -1.5]
        #expect(try roundTrip(floats, compression).pixels.map(\.bitPattern) == floats.map(\.bitPattern))
        let doubles: [Double] = [-.infinity, 0.1, .pi, .greatestFiniteMagnitude]
        #expect(try roundTrip(doubles, compression).pixels.map(\.bitPattern) == doubles.map(\.bitPattern))
        #expect(try roundTrip([Float.nan, 1], compression).pixels[0].isNaN)
        guard compression == nil else { return }
        #expect(try roundTrip([Int8.min, -1, 2, .max], compression).pixels == [.min, -1, 2, .max])
        #expect(try roundTrip([Int64.min, -1, 2, .max], compression).pixels == [.min, -1, 2, .max])
        #expect(try roundTrip([UInt64.min, 1, 2, .max], compression).pixels == [.min, 1, 2, .max])
    }

    @Test(
        "a box is the same as that part of the whole, at edges and for one pixel",
        arguments: [nil, .init(.gzip2)] as [FITSCompression?]
    )
    func boxes(compression: FITSCompression?) throws {
        let box = try PixelBox(xMin: 100, yMin: -7, width: 26, height: 20)
        let whole = try Image(box: box, pixels: (0..<520).map { Float($0) * 1.5 })
        let file = try FITSFile(creatingInMemory: "memory")
        try file.append(whole, compression: compression)
        let index = compression == nil ? 0 : 1
        for (x, y) in [
            (100..<101, -7 ..< -6), (125..<126, 12..<13), (100..<126, 3..<4), (110..<116, -2..<2), (100..<126, -7..<13),
        ] {
            let part = try PixelBox(x: x, y: y)
            #expect(try file.image(index, box: part, origin: box.origin) == whole.cropped(to: part))
        }
        for (x, y) in [(99..<101, 0..<1), (100..<127, 0..<1), (0..<5, 0..<5)] {
            let error = #expect(throws: ButlerError.self) {
                try file.image(index, box: PixelBox(x: x, y: y), origin: box.origin, as: Float.self)
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("conversions that could lose values are refused")
    func conversions() throws {
        let file = try FITSFile(creatingInMemory: "memory")
        let box = try PixelBox(xMin: 0, yMin: 0, width: 1, height: 1)
        try file.append(try Image(box: box, pixels: [UInt16.max]))
        #expect(try file.image(0, as: Int32.self).pixels == [65_535])
        #expect(try file.image(0, as: Float.self).pixels == [65_535])
        let error = #expect(throws: ButlerError.self) { try file.image(0, as: Int16.self) }
        #expect(error?.code == .storageClass)
        try file.append(try Image(box: box, pixels: [Float(1.5)]))
        #expect(throws: ButlerError.self) { try file.image(1, as: Int64.self) }
        #expect(try file.image(1, as: Double.self).pixels == [1.5])
        #expect(try file.anyImage(0).pixelType == .uint16)
    }

    @Test("quantised pixels keep zeros and NaN and lie within half a step, also after a lossless unit")
    func quantised() throws {
        var generator = Generator(state: 5)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 100, height: 40)
        var pixels = (0..<4000).map { _ in Float.random(in: -30...30, using: &generator) }
        pixels[17] = 0
        pixels[23] = .nan
        let image = try Image(box: box, pixels: pixels)
        let folder = try TemporaryFolder()
        let path = folder.path("q.fits")
        let file = try FITSFile(creating: path)
        try file.append(image, compression: .init(.gzip2))
        let compression = FITSCompression(
            .rice,
            quantization: .init(step: .absolute(0.5), dither: .subtractive2, seed: 78)
        )
        try file.append(image, compression: compression)
        try file.append(image, compression: .init(.gzip2))
        let recipe = FITSWriteRecipe.lossy16(seed: 5)
        try file.append(image, compression: recipe.image)
        try file.close()
        let copy = try FITSFile(reading: path)
        #expect(try copy.image(1, as: Float.self).pixels[5] == pixels[5])
        let read: Image<Float> = try copy.image(2)
        #expect(try copy.unit(2).isQuantized && copy.unit(2).header["ZDITHER0"] == .integer(78))
        #expect(try copy.unit(1).isQuantized == false)
        #expect(read.pixels[17] == 0)
        #expect(read.pixels[23].isNaN)
        for (a, b) in zip(pixels, read.pixels) where !a.isNaN { #expect(abs(a - b) <= 0.2501) }
        #expect(try copy.image(3, as: Float.self).pixels[99] == pixels[99])
        let lossy: Image<Float> = try copy.image(4)
        #expect(zip(pixels, lossy.pixels).contains { $0 != $1 && !$0.isNaN })
        let step = try #require(try copy.unit(4).header["ZVAL1"])
        #expect(step.realValue != nil)
    }

    @Test("compression of constant images is lossless, of infinities and unquantised floats with RICE_1 refused")
    func refusals() throws {
        let box = try PixelBox(xMin: 0, yMin: 0, width: 4, height: 4)
        let file = try FITSFile(creatingInMemory: "memory")
        let lossy = FITSWriteRecipe.lossy16(seed: 1).image
        try file.append(Image(box: box, filledWith: Float(3.25)), compression: lossy)
        #expect(try file.unit(1).header["ZCMPTYPE"] == .string("GZIP_2"))
        #expect(try file.image(1, as: Float.self).pixels.allSatisfy { $0 == 3.25 })
        for (value, compression) in [(Float.infinity, lossy), (1, FITSCompression(.rice))] {
            let error = #expect(throws: ButlerError.self) {
                try file.append(Image(box: box, filledWith: value), compression: compression)
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test(
        "the seed of a data ID is the reference's",
        arguments: [("[\"TestCam\", 7]", 2629), ("[\"HSC\", 903334, 50]", 5219)]
    )
    func seed(json: String, expected: Int) {
        #expect(FITSWriteRecipe.ditherSeed(of: json) == expected)
    }

    @Test("headers survive writing: long keywords, long strings, undefined and repeated cards")
    func headers() throws {
        var header = FITSHeader([
            ("SHORT", 1), ("MP_DETECTED_NEGATIVE", 6), ("LSST BUTLER ID", "0-0"), ("REALNUM", 1e-6), ("U", .undefined),
            ("FLAG", true),
            ("QUOTE", "it's"), ("LONGTEXT", .string(String(repeating: "it's & long", count: 20))),
            ("NOTANUM", .real(.nan)),
            ("HIERARCHICAL LONG", .string(String(repeating: "x'", count: 90))), ("EMPTY", ""), ("BIG", .integer(.max)),
        ])
        header.append(FITSCard("COMMENT", nil, comment: "words"))
        header.append(FITSCard("COMMENT", nil, comment: String(repeating: "more ", count: 30)))
        header.append(FITSCard("SHORT", 2, comment: "again"))
        let file = try FITSFile(creatingInMemory: "memory")
        try file.appendHeader(header)
        let bytes = try file.bytes()
        let copy = try #require(try FITSHeaderReader.read(bytes: bytes, name: "copy").first).header
        for card in header.cards where card.value != nil && card.keyword != "NOTANUM" {
            #expect(copy.cards(card.keyword).contains { $0.value == card.value }, "\(card)")
        }
        #expect(copy["NOTANUM"] == .string("NAN"))
        #expect(copy["SHORT"] == .integer(1))
        #expect(copy.cards("SHORT").last?.comment == "again")
        #expect(copy.commentary("COMMENT").contains("words"))
        #expect(try FITSFile(bytes: bytes, name: "copy").unit(0).header == copy)
    }

    @Test("units are found by name and version, copied and updated")
    func units() throws {
        let box = try PixelBox(xMin: 0, yMin: 0, width: 2, height: 1)
        let file = try FITSFile(creatingInMemory: "memory")
        for version in 1...3 {
            let header = FITSHeader([("EXTNAME", "MASK"), ("EXTVER", .integer(Int64(version)))])
            try file.append(
                try Image(box: box, pixels: [Int32(version), 0]),
                header: header,
                compression: .init(.gzip2)
            )
        }
        #expect(try file.count == 4)
        #expect(try file.unit(named: "mask")?.index == 1)
        #expect(try file.unit(named: "MASK", version: 3)?.index == 3)
        #expect(try file.unit(named: "NONE") == nil)
        #expect(throws: ButlerError.self) { try file.unit(9) }
        let folder = try TemporaryFolder()
        let path = folder.path("copy.fits")
        let copy = try FITSFile(creating: path)
        try copy.appendHeader(FITSHeader([("A", 1)]))
        try copy.appendUnit(2, of: file)
        try copy.close()
        #expect(throws: ButlerError.self) { try copy.unit(0) }
        let update = try FITSFile(updating: path)
        try update.update([FITSCard("A", 2), FITSCard("HIERARCH LSST BUTLER RUN", "u/me")], of: 0)
        try update.writeChecksum(of: 0)
        try update.close()
        let units = try FITSHeaderReader.read(path)
        #expect(units.count == 2)
        #expect(units[0].header["A"] == .integer(2))
        #expect(units[0].header["LSST BUTLER RUN"] == .string("u/me"))
        #expect(units[0].header.contains("CHECKSUM"))
        #expect(try FITSFile(reading: path).image(1, as: Int32.self).pixels == [2, 0])
        #expect(throws: ButlerError.self) { try FITSFile(creating: path) }
    }

    @Test("a compressed image's header reads as a plain one's")
    func plainHeader() throws {
        let file = try FITSFile(creatingInMemory: "memory")
        let box = try PixelBox(xMin: 0, yMin: 0, width: 5, height: 3)
        try file.append(
            Image(box: box, filledWith: UInt16(3)),
            header: FITSHeader([("OBJECT", "M31")]),
            compression: .init(.gzip2)
        )
        let header = try file.unit(1).header.uncompressed
        let expected = ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2"]
        #expect(Array(header.cards.map(\.keyword).prefix(5)) == expected)
        #expect(header["BITPIX"] == .integer(16) && header["NAXIS1"] == .integer(5) && header["OBJECT"] == "M31")
        #expect(header["ZCMPTYPE"] == nil && header["TFORM1"] == nil && header["BZERO"]?.realValue == 32_768)
    }

    @Test(
        "damaged files give errors, not traps",
        arguments: ["image-gzip2.fits", "image-rice-lossy.fits", "afw-exposure.fits"]
    )
    func damage(name: String) throws {
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Golden.image(name))))
        var generator = Generator(state: 99)
        for round in 0..<300 {
            var bytes = whole
            if round.isMultiple(of: 3) { bytes.removeLast(Int.random(in: 1..<whole.count, using: &generator)) }
            for _ in 0..<Int.random(in: 1...12, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let file = try? FITSFile(bytes: bytes, name: "damaged"), let units = try? file.allUnits() else {
                continue
            }
            for unit in units where unit.hasPixels { _ = try? file.anyImage(unit.index) }
        }
    }
}
