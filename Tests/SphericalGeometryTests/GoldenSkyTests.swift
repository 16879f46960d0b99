import SphericalGeometry
import StewardCore
import Testing

/// All geometry vectors of `golden/sky`, bit for bit; extensions in other files hold one topic each.
@Suite struct GoldenSkyTests {
    @Test("regions decode and encode to the same bytes, base64 and hexadecimal text")
    func encodings() throws {
        for file in try GoldenSky.files(RegionsFile.self) {
            for item in file.regions {
                let region = try GoldenSky.region(item.hex)
                #expect(region.hexadecimal == item.hex, "\(item.name)")
                #expect(region.base64 == item.base64, "\(item.name)")
                #expect(try Region(base64: item.base64) == region, "\(item.name)")
                #expect(region.isEmpty == item.isEmpty, "\(item.name)")
                #expect(region.referenceClassName == "lsst.sphgeom.\(item.type)", "\(item.name)")
            }
        }
    }

    @Test("points lie in the regions that the reference says")
    func containment() throws {
        for file in try GoldenSky.files(RegionsFile.self) {
            for item in file.regions {
                let region = try GoldenSky.region(item.hex)
                #expect(region.contains(item.contains.map(\.point)) == item.contains.map(\.isInside), "\(item.name)")
                for answer in item.contains {
                    #expect(region.contains(answer.point) == answer.isInside, "\(item.name) \(answer.point)")
                }
            }
        }
    }

    @Test("bounding boxes and circles have the reference's bytes")
    func bounds() throws {
        for file in try GoldenSky.files(RegionsFile.self) {
            for item in file.regions {
                let region = try GoldenSky.region(item.hex)
                #expect(Region.box(region.boundingBox).hexadecimal == item.boundingBox, "\(item.name)")
                #expect(Region.circle(region.boundingCircle).hexadecimal == item.boundingCircle, "\(item.name)")
            }
        }
    }

    @Test("centroids, areas and fullness agree")
    func measures() throws {
        for file in try GoldenSky.files(RegionsFile.self) {
            for item in file.regions {
                switch try GoldenSky.region(item.hex) {
                case .circle(let circle):
                    #expect(abs(circle.area - (try #require(item.area))) < 1e-14)
                    #expect(circle.isFull == item.isFull)
                case .box(let box):
                    #expect(abs(box.area - (try #require(item.area))) < 1e-14)
                    #expect(box.isFull == item.isFull)
                case .ellipse(let ellipse):
                    #expect(item.isFull == nil || ellipse.isFull == item.isFull)
                case .polygon(let polygon):
                    let centroid = try #require(polygon.centroid)
                    let expected = try #require(item.centroid)
                    #expect(abs(centroid.x - expected[0]) < 1e-14)
                    #expect(abs(centroid.y - expected[1]) < 1e-14)
                    #expect(abs(centroid.z - expected[2]) < 1e-14)
                case .union, .intersection:
                    break
                }
            }
        }
    }

    @Test("aggregated base64 text decodes to a union, or fails")
    func aggregatedText() throws {
        for file in try GoldenSky.files(Base64File.self) {
            for item in file.decode {
                if item.answer.hasSuffix("Error") {
                    #expect(throws: ButlerError(.region, "")) { try Region(base64: item.text) }
                } else {
                    #expect(try Region(base64: item.text).hexadecimal == item.answer)
                }
            }
        }
    }

    @Test("POS strings give the same regions, or fail, and are written the same way")
    func posStrings() throws {
        for file in try GoldenSky.files(PosFile.self) {
            for item in file.cases {
                if let hex = item.hex {
                    let region = try Region(ivoaPos: item.pos)
                    #expect(region.hexadecimal == hex, "\(item.pos)")
                    #expect(region.ivoaPos == item.back, "\(item.pos)")
                } else {
                    #expect(throws: ButlerError(.region, ""), "\(item.pos)") { try Region(ivoaPos: item.pos) }
                }
            }
        }
        for file in try GoldenSky.files(RegionsFile.self) {
            for item in file.regions {
                #expect(try GoldenSky.region(item.hex).ivoaPos == item.pos, "\(item.name)")
            }
        }
    }

    @Test("overlap expressions have the same three values")
    func overlapExpressions() throws {
        for file in try GoldenSky.files(Base64File.self) {
            for item in file.overlaps {
                #expect(try Region.overlaps(base64Expression: item.text).value == item.overlap, "\(item.text)")
            }
        }
    }

    @Test("orientation signs are exact")
    func orientation() throws {
        for file in try GoldenSky.files(OrientationFile.self) {
            for c in file.cases {
                let a = UnitVector3D(normalized: c[0], c[1], c[2])
                let b = UnitVector3D(normalized: c[3], c[4], c[5])
                let d = UnitVector3D(normalized: c[6], c[7], c[8])
                #expect(Orientation.sign(a, b, d) == Int(c[9]))
                #expect(Orientation.sign(b, a, d) == -Int(c[9]))
            }
        }
    }

    @Test("hulls have the reference's vertex order, or fail")
    func hulls() throws {
        for file in try GoldenSky.files(HullFile.self) {
            for item in file.cases {
                let points = item.points.map { UnitVector3D(normalized: $0[0], $0[1], $0[2]) }
                if let hex = item.hex {
                    #expect(Region.polygon(try ConvexPolygon(hullOf: points)).hexadecimal == hex)
                } else {
                    #expect(throws: ButlerError(.region, "")) { try ConvexPolygon(hullOf: points) }
                }
            }
        }
    }
}
