import FITS
import Foundation
import StewardCore
import StewardTesting
import Testing

@Suite struct GoldenImagesTests {
    /// Files in the layout of `lsst.afw` whose parts the expected values describe.
    static let exposures = named { all, item in
        (item["same_as"].string.map { all[$0] } ?? item)["components"]["bbox"].exists
    }

    /// Names of the files whose expected values satisfy a condition.
    private static func named(_ matches: (JSON, JSON) -> Bool) -> [String] {
        guard let all = try? Golden.expected("images", "afw-expected.json") else { return [] }
        return all.keys.filter { $0.hasSuffix(".fits") && matches(all, all[$0]) }
    }

    /// Files that hold an image, a mask or one object alone.
    static let imagesAlone = named { $1["pixels_same_as"].exists }
    static let masksAlone = named { $1["mask_same_as"].exists }
    static let calibrationsAlone = named { $1["is_constant"].exists }
    static let mapsAlone = named { $1["apCorrMap"].exists }
    static let catalogs = named { $1["columns"].exists }

    private func expected(_ name: String) throws -> JSON {
        let all = try Golden.expected("images", "afw-expected.json")
        let item = all[name]
        return item["same_as"].string.map { all[$0] } ?? item
    }

    private func box(_ json: JSON) throws -> PixelBox {
        try PixelBox(x: json["x"][0].int..<json["x"][1].int, y: json["y"][0].int..<json["y"][1].int)
    }

    /// The tree files that the expected values describe.
    static let trees = (try? Golden.expected("images", "expected.json").keys) ?? []

    private func tree(_ name: String) throws -> (TreeFile, JSON) {
        let all = try Golden.expected("images", "expected.json")
        let item = all[all[name]["same_values_as"].string ?? name]
        return (try TreeFile(reading: Golden.image(name)), item)
    }

    private func checkImage(_ image: AnyImage, _ expected: JSON) throws {
        guard expected.exists else { return }
        #expect(try image.box == box(expected["bbox"]))
        #expect(image.pixelType == Self.pixelTypes[expected["dtype"].string ?? ""])
        let values = image.doubles
        let finite = values.filter(\.isFinite)
        let sum = expected["sum_finite_f64"].double
        #expect(agree(finite.reduce(0, +), sum, within: abs(sum) * 1e-12))
        #expect(values.count - finite.count == expected["n_nonfinite"].int)
        for (found, value) in zip(values, expected["pixels"].items.flatMap(\.items)) {
            #expect(agree(found, value.double, within: abs(value.double) * 1e-7))
        }
    }

    private static let pixelTypes: [String: PixelType] = [
        "uint8": .uint8, "int16": .int16, "uint16": .uint16, "int32": .int32, "uint32": .uint32, "float32": .float32,
        "float64": .float64,
    ]

    @Test("the planes of a tree have their box, pixels and mask", arguments: trees)
    func treePlanes(name: String) throws {
        let (file, item) = try tree(name)
        let components = item["components"]
        if components["image"].exists {
            try checkImage(file.image(), components["image"])
            // Variances are listed with the header's spelling of the unit, images with the tree's.
            #expect(file.unit == components["image"]["unit"].string)
        }
        if components["variance"].exists { try checkImage(.float32(file.variance()), components["variance"]) }
        for (key, plane) in [("subset", "image"), ("subset_variance", "variance")] where item[key].exists {
            let part = try box(item[key]["bbox"])
            let image = plane == "image" ? try file.image(part) : .float32(try file.variance(part))
            #expect(image.box == part)
            for (found, value) in zip(image.doubles, item[key]["pixels"].items.flatMap(\.items)) {
                #expect(agree(found, value.double, within: abs(value.double) * 1e-7))
            }
        }
        let planes = components["mask"]["planes"].items
        if !planes.isEmpty {
            let mask = try file.mask()
            #expect(mask.planes.planes.map(\.name) == planes.map(\.["name"].string))
            #expect(mask.planes.planes.map(\.description) == planes.map(\.["description"].string))
            for plane in planes {
                let set = mask.pixels(inAny: [try #require(plane["name"].string)])
                #expect(set.filter { $0 }.count == plane["n_set"].int)
                for point in plane["set_xy"].items {
                    #expect(set[(point[1].int - mask.box.yMin) * mask.box.width + point[0].int - mask.box.xMin])
                }
            }
            let part = try PixelBox(xMin: mask.box.xMin + 1, yMin: mask.box.yMin + 2, width: 3, height: 4)
            #expect(try file.mask(part).box == part)
        }
    }

    @Test("the other parts of a tree have their values", arguments: trees)
    func treeParts(name: String) throws {
        let (file, item) = try tree(name)
        let components = item["components"]
        #expect(
            file.schema.replacing("_", with: "") == item["type"].string?.lowercased() || item["same_values_as"].exists
                || name.hasSuffix(".json")
        )
        if components["sky_projection"].exists {
            checkSky(try #require(try file.skyProjection()), components["sky_projection"])
        }
        if components["psf"].exists {
            let size = components["psf"]["stamp_size"].int
            #expect(try file.psf() == .gaussian(sigma: components["psf"]["sigma"].double, width: size, height: size))
        }
        let corrections = components["aperture_corrections"]
        for (name, field) in corrections.exists ? try file.apertureCorrections() : [:] {
            checkField(field.field, corrections[name])
        }
        if components["photometric_scaling"].exists {
            let scaling = try #require(try file.photometricScaling())
            #expect(scaling.unit == components["photometric_scaling"]["unit"].string)
            checkField(scaling.field, components["photometric_scaling"]["values"])
        }
        if components["bounds"].exists, case .polygons(let rings) = try file.bounds() {
            let expected = zip(components["bounds"]["x_vertices"].items, components["bounds"]["y_vertices"].items)
                .map { SIMD2($0.double, $1.double) }
            #expect(Set(rings.flatMap { $0 }) == Set(expected))
        }
        for (part, keys) in [
            ("obs_info", ["instrument", "physical_filter", "object"]), ("detector", ["name", "serial"]),
        ]
        where components[part].exists {
            guard case .tree(let tree)? = try file.component(TreeComponent(named: part)) else { continue }
            let node = tree["attributes"] ?? tree
            for key in keys { #expect(node[key]?.stringValue == components[part][key].string) }
        }
        if components["summary_stats"].exists, case .tree(let stats)? = try file.component(.summaryStats) {
            #expect(stats["psfSigma"]?.realValue == components["summary_stats"]["psfSigma"].double)
        }
        if components["band"].exists { #expect(file.root["band"]?.stringValue == components["band"].string) }
    }

    @Test("a tree with pixels comes back as it was written", arguments: trees.filter { $0.hasSuffix(".fits") })
    func treeWritten(name: String) throws {
        let (file, item) = try tree(name)
        let planes: TreeContent.Planes
        switch (item["components"]["image"].exists, item["components"]["mask"].exists) {
        case (true, true): planes = .maskedImage(try file.maskedImage())
        case (true, false): planes = .image(try file.image())
        default: planes = .mask(try file.mask())
        }
        let recipe = name.contains("uncompressed") ? FITSWriteRecipe.noCompression : .lossless
        let written = try FITSFile(creatingInMemory: "written")
        try written.write(TreeContent(carrying: file, planes: planes), date: "2026-01-02T03:04:05", recipe: recipe)
        let bytes = try written.bytes()
        let copy = try TreeFile(bytes: bytes, name: "copy")
        #expect(copy.root == file.root || file.root.text == copy.root.text)
        switch planes {
        case .image(let image): #expect(try copy.image().doubles.map(\.bitPattern) == image.doubles.map(\.bitPattern))
        case .mask(let mask): #expect(try copy.mask() == mask)
        case .maskedImage(let image):
            #expect(try copy.mask() == image.mask && copy.variance() == image.variance)
            #expect(try copy.image().doubles.map(\.bitPattern) == image.image.doubles.map(\.bitPattern))
        }
        let units = try FITSHeaderReader.read(bytes: bytes, name: "copy")
        let index = try FITSFile(bytes: bytes, name: "copy").table(units.count - 1)
        #expect(try index.integers("HDRADDR") == units.dropLast().map(\.headerOffset))
        #expect(try index.integers("DATADDR") == units.dropLast().map(\.dataOffset))
        let primary = try #require(units.first).header
        #expect(primary["INDXADDR"]?.integerValue == units.last?.headerOffset)
        #expect(try primary.integer("INDXADDR") + primary.integer("INDXSIZE") == Int64(bytes.count))
        #expect(try primary.integer("JSONADDR") + primary.integer("JSONSIZE") == primary.integer("INDXADDR"))
    }

    @Test("damaged trees give errors or parts, never traps", arguments: trees)
    func treeDamage(name: String) throws {
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Golden.image(name))))
        var generator = Generator(state: 23)
        for round in 0..<60 {
            var bytes = whole
            if round.isMultiple(of: 4) { bytes.removeLast(Int.random(in: 1..<whole.count, using: &generator)) }
            for _ in 0..<Int.random(in: 1...20, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = Bool.random(using: &generator) ? .random(in: 0...255, using: &generator) : 0x39
            }
            guard let file = try? TreeFile(bytes: bytes, name: "damaged") else { continue }
            for component in TreeComponent.allCases { _ = try? file.component(component) }
        }
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

    @Test("each component by its name is what the single readers give", arguments: exposures)
    func byName(name: String) throws {
        let file = try ExposureFile(reading: Golden.image(name))
        for component in ExposureComponent.allCases {
            let value = try file.component(component)
            #expect((value == nil) == [.detector, .coaddInputs].contains(component), "\(component)")
        }
        let error = #expect(throws: ButlerError.self) { try ExposureComponent(named: "imge") }
        #expect(error?.code == .unknownComponent && error?.candidates == ["image"])
        let part = try PixelBox(xMin: file.box.xMin, yMin: file.box.yMin, width: 1, height: 1)
        #expect(throws: ButlerError.self) { try file.component(.wcs, box: part) }
    }

    @Test("images alone are found in whichever unit they are", arguments: imagesAlone)
    func imageAlone(name: String) throws {
        let all = try Golden.expected("images", "afw-expected.json")
        let exposure = try ExposureFile(reading: Golden.image(try #require(all[name]["pixels_same_as"].string)))
        let file = try FITSFile(reading: Golden.image(name))
        let index = try file.onlyImageIndex()
        let image = try file.anyImage(index, origin: file.unit(index).header.pixelOrigin)
        #expect(try image.box == exposure.box)
        #expect(try image.doubles.map(\.bitPattern) == exposure.image().doubles.map(\.bitPattern))
    }

    @Test("masks alone are found in whichever unit they are", arguments: masksAlone)
    func maskAlone(name: String) throws {
        let all = try Golden.expected("images", "afw-expected.json")
        let exposure = try ExposureFile(reading: Golden.image(try #require(all[name]["mask_same_as"].string)))
        let file = try FITSFile(reading: Golden.image(name))
        #expect(try file.mask(file.onlyImageIndex()) == exposure.mask())
    }

    @Test("a calibration alone is in the archive's first place", arguments: calibrationsAlone)
    func calibrationAlone(name: String) throws {
        let item = try Golden.expected("images", "afw-expected.json")[name]
        guard case .photoCalib(let found) = try Archive.object(of: FITSFile(reading: Golden.image(name))) else {
            throw ButlerError(.formatter, "not a calibration")
        }
        #expect(found.mean == item["mean"].double && found.error == item["err"].double)
        #expect((found.field == nil) == item["is_constant"].bool)
    }

    @Test("aperture corrections alone are in the archive's first place", arguments: mapsAlone)
    func mapAlone(name: String) throws {
        let item = try Golden.expected("images", "afw-expected.json")[name]
        let archive = try Archive(FITSFile(reading: Golden.image(name)), index: Archive.unitOfSingleObject)
        let map = try archive.apertureCorrections(1)
        #expect(map.keys.sorted() == item["apCorrMap"].keys)
        for (name, field) in map { checkField(field, item["apCorrMap"][name]) }
        let index = archive.entries.map { [$0.id, $0.table, $0.part, $0.rows.lowerBound, $0.rows.count] }
        let expected = item["archive_index"].items.map { $0.items.prefix(5).map(\.int) }.sorted { $0[0] < $1[0] }
        #expect(index == expected)
        #expect(throws: ButlerError.self) { try archive.filterLabel(1) }
        #expect(throws: ButlerError.self) { try archive.field(99) }
    }

    @Test("a catalog's flags, numbers and arrays are read", arguments: catalogs)
    func catalog(name: String) throws {
        let item = try Golden.expected("images", "afw-expected.json")[name]
        let table = try FITSFile(reading: Golden.image(name)).table(1)
        #expect(table.rowCount == item["rows"].items.count)
        for (column, expected) in item["columns"].items.enumerated() {
            let values = try table.values(try #require(expected[0].string))
            for (row, cells) in item["rows"].items.enumerated() {
                check(values, row, cells[column], type: expected[3].string ?? "")
            }
        }
        let names = item["flags"].items.compactMap(\.string)
        for (position, name) in names.enumerated() {
            let flags = try table.flags(name)
            for (row, cells) in item["rows"].items.enumerated() {
                #expect(flags[row] == cells.items.last?[position].bool)
            }
        }
    }

    private func check(_ values: FITSColumnValues, _ row: Int, _ cell: JSON, type: String) {
        let expected = cell.value is [Any] ? cell.items : [cell]
        let range = values.range(row)
        #expect(range.count == expected.count)
        for (index, item) in zip(range, expected) {
            switch values.elements {
            case .int64(let list): #expect(list[index] == Int64(item.int))
            case .int32(let list): #expect(list[index] == Int32(truncatingIfNeeded: item.int))
            case .float(let list): #expect(agree(Double(list[index]), item.double, within: 1e-6 * abs(item.double)))
            case .double(let list): #expect(agree(list[index], item.double, within: 1e-14 * abs(item.double)))
            case .string(let list): #expect(list[index] == item.string)
            default: Issue.record("unexpected column type \(type)")
            }
        }
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

extension AnyImage {
    /// The pixels as doubles.
    var doubles: [Double] {
        switch self {
        case .uint8(let image): image.pixels.map(\.doubleValue)
        case .int8(let image): image.pixels.map(\.doubleValue)
        case .int16(let image): image.pixels.map(\.doubleValue)
        case .uint16(let image): image.pixels.map(\.doubleValue)
        case .int32(let image): image.pixels.map(\.doubleValue)
        case .uint32(let image): image.pixels.map(\.doubleValue)
        case .int64(let image): image.pixels.map(\.doubleValue)
        case .uint64(let image): image.pixels.map(\.doubleValue)
        case .float32(let image): image.pixels.map(\.doubleValue)
        case .float64(let image): image.pixels.map(\.doubleValue)
        }
    }
}

@Suite struct TreeTests {
    @Test(
        "JSON with bare NaN is read, and written as it was",
        arguments: [
            #"{"a":NaN,"b":[-Infinity,Infinity,1.5,-2,1e+20],"c":"x\n\"\u0001","d":null,"e":[true,false],"f":{}}"#,
            "[]", "12",
        ]
    )
    func roundTrip(text: String) throws {
        let bytes = Array(#"{"schema_version":"1.0.0","v":"#.utf8) + Array(text.utf8) + [0x7D]
        let file = try TreeFile(bytes: bytes, name: "x")
        #expect(file.root["v"]?.text == text)
    }

    @Test(
        "malformed JSON is an error",
        arguments: [
            "{", "{}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":tru}", "{\"a\":\"\\q\"}", "{\"a\":1}x",
            "{\"a\":--1}",
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: ButlerError.self) { try TreeFile(bytes: Array(text.utf8), name: "x") }
        #expect(error?.code == .corruptFile)
    }

    @Test("newer layouts and schemas are refused")
    func newer() throws {
        let text = #"{"schema_version":"2.0.0","min_read_version":2}"#
        let error = #expect(throws: ButlerError.self) { try TreeFile(bytes: Array(text.utf8), name: "x") }
        #expect(error?.code == .formatter)
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: ButlerError.self) { try TreeFile(bytes: Array(("{\"a\":" + deep).utf8), name: "x") }
    }
}
