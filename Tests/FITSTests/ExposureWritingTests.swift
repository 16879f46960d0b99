import FITS
import Foundation
import StewardCore
import StewardTesting
import Testing

@Suite struct ExposureWritingTests {
    private func golden() throws -> Exposure {
        try ExposureFile(reading: Fixture.image("afw-exposure.fits")).exposure()
    }

    private func written(_ write: (FITSFile) throws -> Void) throws -> FITSFile {
        let file = try FITSFile(creatingInMemory: "written")
        try write(file)
        return try FITSFile(bytes: file.bytes(), name: "copy")
    }

    private func bits(_ image: AnyImage) -> [UInt32] {
        guard case .float32(let image) = image else { return [] }
        return image.pixels.map(\.bitPattern)
    }

    @Test("an exposure comes back as it was written", arguments: [FITSWriteRecipe.lossless, .noCompression])
    func exposure(recipe: FITSWriteRecipe) throws {
        let exposure = try golden()
        let file = try ExposureFile(written { try $0.write(exposure, recipe: recipe) })
        let copy = try file.exposure()
        #expect(file.version == 2)
        #expect(bits(copy.maskedImage.image) == bits(exposure.maskedImage.image))
        #expect(copy.maskedImage.image.unit == "nJy")
        #expect(copy.maskedImage.mask == exposure.maskedImage.mask)
        #expect(copy.maskedImage.variance == exposure.maskedImage.variance)
        #expect(copy.metadata == exposure.metadata)
        #expect(copy.visitInfo == exposure.visitInfo && copy.id == exposure.id && copy.filter == exposure.filter)
        #expect(copy.psf == exposure.psf && copy.photoCalib == exposure.photoCalib)
        #expect(copy.validPolygon == exposure.validPolygon && copy.apCorrMap == exposure.apCorrMap)
        #expect(copy.transmissionCurve == exposure.transmissionCurve && copy.summaryStats == exposure.summaryStats)
        let points = [SIMD2(640.0, -12.0), SIMD2(661.0, 5.0)]
        #expect(copy.wcs?.sky(points) == exposure.wcs?.sky(points))
        #expect(copy.wcs?.wcs?.sky(points) == exposure.wcs?.wcs?.sky(points))
        let types = try (1...3).map { try file.file.unit($0).header["EXTTYPE"] }
        #expect(types == ["IMAGE", "MASK", "VARIANCE"])
        #expect(try file.file.unit(4).header["EXTTYPE"] == "ARCHIVE_INDEX")
        #expect(try file.file.unit(1).header["CRPIX1"] == .real(11))
        #expect(try file.file.unit(2).header["BUNIT"] == .undefined)
        #expect(try file.file.unit(3).header["BUNIT"] == "nJy**2")
    }

    @Test("a box of an exposure is written with its own origin")
    func box() throws {
        let part = try PixelBox(xMin: 645, yMin: -3, width: 5, height: 4)
        let exposure = try ExposureFile(reading: Fixture.image("afw-exposure.fits")).exposure(part)
        let file = try ExposureFile(written { try $0.write(exposure) })
        #expect(try file.box == part)
        let header = try file.file.unit(1).header
        #expect(header["CRPIX1"] == .real(6) && header["CRPIX2"] == .real(-0.5))
        #expect(header["LTV1"] == .real(-645) && header["LTV2"] == .real(3))
        let wcs = try WCS(header, origin: part.origin)
        let exact = try #require(try file.wcs())
        #expect(agree(wcs.sky([SIMD2(646, -2)])[0], exact.sky([SIMD2(646, -2)])[0], degrees: 1e-10))
    }

    @Test("lossy recipes quantise outside the masked pixels and keep the mask")
    func lossy() throws {
        var exposure = try golden()
        guard case .float32(var image) = exposure.maskedImage.image else { return }
        image.withPixels { pixels in for index in pixels.indices where pixels[index].isInfinite { pixels[index] = .nan }
        }
        exposure.maskedImage.image = .float32(image)
        let seed = FITSWriteRecipe.ditherSeed(of: "[\"TestCam\", 7]")
        let file = try ExposureFile(written { try $0.write(exposure, recipe: .lossy16(seed: seed)) })
        #expect(try file.file.unit(1).header["ZDITHER0"] == .integer(2629))
        let copy: Image<Float> = try #require(try file.image().typed())
        var changed = 0
        for (a, b) in zip(image.pixels, copy.pixels) {
            #expect(a.isNaN == b.isNaN)
            if a != b, !a.isNaN { changed += 1 }
            if !a.isNaN { #expect(abs(a - b) < 0.4) }
        }
        #expect(changed > 300)
        #expect(try file.mask() == exposure.maskedImage.mask)
    }

    @Test("images, masks and masked images alone are written where the reference looks for them")
    func alone() throws {
        let exposure = try golden()
        let box = exposure.maskedImage.box
        for (recipe, index) in [(FITSWriteRecipe.noCompression, 0), (.lossless, 1)] {
            let image = try written {
                try $0.write(exposure.maskedImage.image, metadata: FITSHeader([("A", 1)]), recipe: recipe)
            }
            #expect(try image.onlyImageIndex() == index)
            #expect(try bits(image.anyImage(index, origin: box.origin)) == bits(exposure.maskedImage.image))
            #expect(try image.unit(index).header["A"] == .integer(1))
            #expect(try image.unit(index).header.pixelOrigin == box.origin)
            let mask = try written { try $0.write(exposure.maskedImage.mask, recipe: recipe) }
            #expect(try mask.mask(mask.onlyImageIndex()) == exposure.maskedImage.mask)
        }
        let planes = try ExposureFile(written { try $0.write(exposure.maskedImage) })
        #expect(try planes.maskedImage().mask == exposure.maskedImage.mask)
        #expect(try planes.wcs() == nil && planes.archive() == nil)
    }

    @Test("pixels of every type are written as exposures")
    func pixelTypes() throws {
        let box = try PixelBox(xMin: 3, yMin: 4, width: 2, height: 1)
        let images: [AnyImage] = [
            .int32(try Image(box: box, pixels: [.min, .max])), .uint16(try Image(box: box, pixels: [0, .max])),
            .uint64(try Image(box: box, pixels: [0, .max])), .float64(try Image(box: box, pixels: [.pi, -.infinity])),
        ]
        for image in images {
            let planes = try MaskedImage(
                image: image,
                mask: Mask(box: box, planes: .standard),
                variance: Image(box: box, filledWith: 1)
            )
            let file = try ExposureFile(written { try $0.write(Exposure(planes)) })
            #expect(try file.image() == image)
            #expect(try file.mask()?.planes == .standard)
        }
    }

    @Test("a sky mapping from a plain header gets an exact text, others keep their header")
    func skyText() throws {
        var exposure = try golden()
        let wcs = try WCS(
            tangentAt: (210.5, 54.25),
            pixel: (651.25, -3.5),
            matrix: (-5.5e-5, 3e-6, 2e-6, 5.5e-5),
            origin: PixelOrigin(x: 640, y: -12)
        )
        exposure.wcs = SkyMapping(wcs)
        let file = try ExposureFile(written { try $0.write(exposure) })
        let copy = try #require(try file.wcs())
        #expect(copy.text?.contains("FrameSet") == true && copy.isApproximate == false)
        let points = [SIMD2(640.0, -12.0), SIMD2(651.25, -3.5), SIMD2(661.0, 5.0)]
        for (a, b) in zip(copy.sky(points), wcs.sky(points)) { #expect(agree(a, b, degrees: 1e-12)) }
        for (a, b) in zip(copy.pixels(wcs.sky(points)), points) {
            #expect(agree(a[0], b[0], within: 1e-8) && agree(a[1], b[1], within: 1e-8))
        }
        var header = wcs.header
        header["CTYPE1"] = "RA---STG"
        header["CTYPE2"] = "DEC--STG"
        exposure.wcs = SkyMapping(try WCS(header, origin: wcs.origin))
        let other = try ExposureFile(written { try $0.write(exposure) })
        #expect(try other.archiveID("SKYWCS") == nil)
        #expect(try other.wcs()?.wcs?.header["CTYPE1"] == "RA---STG")
    }

    @Test("parts that have no form in the file are refused by name")
    func refused() throws {
        var exposure = try golden()
        exposure.psf = .opaque(className: "PiffPsf")
        let error = #expect(throws: ButlerError.self) { try written { try $0.write(exposure) } }
        #expect(error?.code == .formatter && error?.message.contains("PiffPsf") == true)
        let planes = try MaskPlanes((0..<40).map { MaskPlane("P\($0)", bit: $0) })
        let mask = try Mask(box: exposure.maskedImage.box, planes: planes)
        #expect(throws: ButlerError.self) { try written { try $0.write(mask) } }
    }

    @Test("mask planes that contradict each other are errors")
    func planes() throws {
        #expect(throws: ButlerError.self) { try MaskPlanes(FITSHeader([("MP_A", 1), ("MP_B", 1)])) }
        #expect(throws: ButlerError.self) { try MaskPlanes(FITSHeader([("MP_A", 1), ("MP_A", 2)])) }
        #expect(throws: ButlerError.self) { try MaskPlanes(FITSHeader([("MP_A", 32)])) }
        let planes = try MaskPlanes(FITSHeader([("MP_SAT", 7), ("MP_SAT", 7), ("MP_DETECTED_NEGATIVE", 31)]))
        #expect(planes.bit("SAT") == 7 && planes.planes.count == 2)
        var mask = try Mask(box: PixelBox(xMin: 0, yMin: 0, width: 2, height: 1), planes: planes)
        try mask.insert("DETECTED_NEGATIVE", x: 1, y: 0)
        #expect(try mask.contains("DETECTED_NEGATIVE", x: 1, y: 0) && !mask.contains("SAT", x: 1, y: 0))
        #expect(mask.pixels(inAny: ["SAT", "DETECTED_NEGATIVE", "NONE"]) == [false, true])
        let error = #expect(throws: ButlerError.self) { try mask.contains("SATT", x: 0, y: 0) }
        #expect(error?.candidates == ["SAT"])
    }

    @Test("single objects are written into a file of their own")
    func singleObjects() throws {
        let exposure = try golden()
        func copy(_ object: ArchiveObject) throws -> ArchiveObject {
            try Archive.object(of: written { try $0.write(object) })
        }
        let info = try #require(exposure.visitInfo)
        guard case .visitInfo(let visit) = try copy(.visitInfo(info)) else {
            throw ButlerError(.formatter, "no visit info")
        }
        #expect(visit.date == info.date && visit.instrument == info.instrument && visit.id == info.id)
        #expect(agree(visit.boresightRADec ?? .zero, info.boresightRADec ?? .zero, degrees: 1e-12))
        #expect(visit.rotationType == .sky && visit.hasSimulatedContent && visit.focusZ == info.focusZ)
        guard case .visitInfo(let none) = try copy(.visitInfo(VisitInfo())) else {
            throw ButlerError(.formatter, "no visit info")
        }
        #expect(none.exposureTime == nil && none.object == nil && none.date == nil)
        let calibration = try #require(exposure.photoCalib)
        guard case .photoCalib(calibration) = try copy(.photoCalib(calibration)) else {
            throw ButlerError(.formatter, "not equal")
        }
        let constant = PhotoCalibration(mean: 2.5, error: 0.5)
        guard case .photoCalib(constant) = try copy(.photoCalib(constant)) else {
            throw ButlerError(.formatter, "not equal")
        }
        let corrections = try #require(exposure.apCorrMap)
        guard case .apCorrMap(corrections) = try copy(.apCorrMap(corrections)) else {
            throw ButlerError(.formatter, "not equal")
        }
        let product = BoundedField.product(Array(corrections.values))
        guard case .field(product) = try copy(.field(product)) else { throw ButlerError(.formatter, "not equal") }
        let label = FilterLabel(physical: "r_03")
        guard case .filterLabel(label) = try copy(.filterLabel(label)) else {
            throw ButlerError(.formatter, "not equal")
        }
        let identity = TransmissionCurve(wavelengths: [], throughput: [], below: 1, above: 1)
        guard case .transmissionCurve(identity) = try copy(.transmissionCurve(identity)) else {
            throw ButlerError(.formatter, "not equal")
        }
        #expect(throws: ButlerError.self) { try copy(.psf(.opaque(className: "X"))) }
    }

    @Test(
        "layouts are recognised by their headers",
        arguments: [
            ("afw-exposure.fits", ImageFileKind.exposure), ("afw-exposure-gzip2.fits", .exposure),
            ("afw-mask.fits", .mask),
            ("afw-image-primary.fits", .image), ("afw-photocalib.fits", .archive),
            ("afw-source-catalog.fits", .catalog),
            ("visit-image.fits", .tree), ("mask-40.fits", .tree),
        ]
    )
    func kinds(name: String, kind: ImageFileKind) throws {
        #expect(try ImageFileKind(FITSHeaderReader.read(Fixture.image(name))) == kind)
        let planes = try written { try $0.write(golden().maskedImage) }
        #expect(try ImageFileKind(FITSHeaderReader.read(bytes: planes.bytes(), name: "x")) == .maskedImage)
    }

    @Test("astropy reads what was written", .enabled(if: Reference.isPresent))
    func astropy() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("exposure.fits")
        let file = try FITSFile(creating: path)
        try file.write(try golden(), recipe: .lossless)
        try file.close()
        let script = """
            import sys, json, numpy as np
            from astropy.io import fits
            with fits.open(sys.argv[1]) as a, fits.open(sys.argv[2]) as b:
                a.verify("exception")
                same = all(np.array_equal(a[i].data, b[i].data, equal_nan=i != 2) for i in (1, 2, 3))
                keys = [k for k in b[2].header if k.startswith("MP_")]
                same = same and all(a[2].header[k] == b[2].header[k] for k in keys)
                print(json.dumps([bool(same), a[0].header["EXPINFO_V"], len(a), [n.strip() for n in a[4].data["name"]]]))
            """
        let output = try Reference.run("python", ["-c", script, path, Fixture.image("afw-exposure.fits")])
        let result = JSON(try JSONSerialization.jsonObject(with: Data(output.utf8)))
        #expect(result[0].bool == true)
        #expect(result[1].int == 2)
        #expect(result[3].items.compactMap(\.string).contains("SkyWcs"))
    }
}

@Suite struct AstropyTests {
    @Test(
        "astropy reads headers, quantised images and tables that were written here",
        .enabled(if: Reference.isPresent)
    )
    func written() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("all.fits")
        let file = try FITSFile(creating: path)
        let long = String(repeating: "it's long ", count: 20) + "end"
        try file.appendHeader(
            FITSHeader([("LONGTEXT", .string(long)), ("HIERARCH KEY NAME", 1.5e-7), ("U", .undefined)])
        )
        var generator = Generator(state: 8)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 64, height: 32)
        var pixels = (0..<2048).map { _ in Float.random(in: -9...9, using: &generator) }
        pixels[3] = .nan
        let image = try Image(box: box, pixels: pixels)
        let quantization = FITSCompression.Quantization(step: .absolute(0.25), dither: .subtractive2, seed: 77)
        try file.append(image, compression: .init(.rice, quantization: quantization))
        try file.append(table: [
            .init("s", .string(["a", "bc"]), .fixed(4)),
            .init("v", .double([1, 2, 3]), .variable(offsets: [0, 1, 3])),
        ])
        try file.close()
        let script = """
            import sys, json
            from astropy.io import fits
            with fits.open(sys.argv[1]) as f:
                h = f[0].header
                print(json.dumps([h["LONGTEXT"], h["KEY NAME"], [float(x) for x in f[1].data.ravel()],
                                  [s.strip() for s in f[2].data["s"]], [list(map(float, x)) for x in f[2].data["v"]]]))
            """
        let result = JSON(
            try JSONSerialization.jsonObject(
                with: Data(try Reference.run("python", ["-c", script, path]).replacing("NaN", with: "null").utf8)
            )
        )
        #expect(result[0].string == long)
        #expect(result[1].double == 1.5e-7)
        let read: Image<Float> = try FITSFile(reading: path).image(1)
        for (mine, theirs) in zip(read.pixels, result[2].items) {
            #expect(agree(Double(mine), theirs.double, within: 1e-6))
        }
        #expect(result[3].items.map(\.string) == ["a", "bc"])
        #expect(result[4].items.map { $0.items.map(\.double) } == [[1], [2, 3]])
    }

    @Test("headers of golden files are astropy's", .enabled(if: Reference.isPresent))
    func headers() throws {
        let script = """
            import sys, json, warnings
            from astropy.io import fits
            warnings.simplefilter("ignore")
            with fits.open(sys.argv[1], disable_image_compression=True) as f:
                out = []
                for hdu in f:
                    out.append([[c.keyword, None if c.keyword in ("COMMENT", "HISTORY", "") or
                                 isinstance(c.value, fits.card.Undefined) else c.value, c.comment] for c in hdu.header.cards])
                print(json.dumps(out))
            """
        for name in ["afw-exposure.fits", "visit-image.fits", "mask-40.fits", "image-rice-lossy.fits"] {
            let path = Fixture.image(name)
            let result = JSON(
                try JSONSerialization.jsonObject(with: Data(try Reference.run("python", ["-c", script, path]).utf8))
            )
            let units = try FITSHeaderReader.read(path)
            #expect(units.count == result.items.count)
            for (unit, cards) in zip(units, result.items) {
                #expect(unit.header.cards.count == cards.items.count)
                for (card, other) in zip(unit.header.cards, cards.items) {
                    #expect(card.keyword == other[0].string)
                    switch card.value {
                    case .string(let text): #expect(text == other[1].string)
                    case .logical(let flag): #expect(flag == other[1].bool)
                    case .integer(let number): #expect(number == Int64(other[1].int))
                    case .real(let number): #expect(agree(number, other[1].double, within: abs(number) * 1e-15))
                    case .undefined, nil: #expect(!other[1].exists)
                    }
                    if !card.isCommentary { #expect(card.comment == other[2].string) }
                }
            }
        }
    }

    @Test("images that astropy compressed are read: cubes, and every algorithm", .enabled(if: Reference.isPresent))
    func compressed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("compressed.fits")
        let script = """
            import sys, json, numpy as np
            from astropy.io import fits
            a = (np.arange(3 * 8 * 16).reshape(3, 8, 16) % 251).astype("i2")
            hdus = [fits.PrimaryHDU(), fits.CompImageHDU(a, compression_type="GZIP_2")]
            for name in ("GZIP_1", "GZIP_2", "RICE_1", "HCOMPRESS_1", "PLIO_1", "NOCOMPRESS"):
                hdus.append(fits.CompImageHDU(a[1], compression_type=name, tile_shape=(5, 7) if name[0] != "H" else (8, 16)))
            for method in (-1, 1, 2):
                hdus.append(fits.CompImageHDU(np.sin(a[0] * 1.0).astype("f4"), compression_type="RICE_1",
                                              quantize_method=method, quantize_level=8, dither_seed=9, tile_shape=(3, 16)))
            fits.HDUList(hdus).writeto(sys.argv[1])
            with fits.open(sys.argv[1]) as f:
                print(json.dumps([h.data.ravel().astype(float).tolist() for h in f[1:]]))
            """
        let expected = JSON(
            try JSONSerialization.jsonObject(with: Data(try Reference.run("python", ["-c", script, path]).utf8))
        )
        let file = try FITSFile(reading: path)
        let cube = try file.cube(1, as: Float.self)
        #expect(cube.axes == [16, 8, 3])
        #expect(cube.values.map(Double.init) == expected[0].items.map(\.double))
        for index in 2..<(try file.count) {
            let image: Image<Double> = try file.image(index)
            for (mine, theirs) in zip(image.pixels, expected[index - 1].items) {
                #expect(agree(mine, theirs.double, within: 1e-6), "HDU \(index)")
            }
            let part = try PixelBox(xMin: 6, yMin: 2, width: 5, height: 4)
            #expect(try file.image(index, box: part, as: Double.self) == image.cropped(to: part))
        }
    }
}
