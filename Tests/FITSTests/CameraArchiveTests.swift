import FITS
import Foundation
import StewardCore
import Testing

/// Cameras in archives, and mappings of the AST library, against what that library gives.
@Suite struct CameraArchiveTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/cameras")

    private struct Case: Decodable {
        let name: String
        let text: String
        let before: [[Double]]
        let after: [[Double]]
    }

    @Test("mappings give the points of the AST library, forward and back")
    func mappings() throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("mappings.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count == 4)
        for item in cases {
            let mapping = try PlaneMapping(astText: item.text)
            let inverse = try PlaneMapping(astText: item.text, isInverted: true)
            for (before, after) in zip(item.before, item.after) {
                let found = try #require(mapping.apply(SIMD2(before[0], before[1])), "\(item.name)")
                let size = 1 + abs(after[0]) + abs(after[1])
                #expect(
                    abs(found.x - after[0]) < 1e-12 * size && abs(found.y - after[1]) < 1e-12 * size,
                    "\(item.name)"
                )
                let back = try #require(inverse.apply(found), "\(item.name)")
                let extent = 1 + abs(before[0]) + abs(before[1])
                #expect(
                    abs(back.x - before[0]) < 1e-9 * extent && abs(back.y - before[1]) < 1e-9 * extent,
                    "\(item.name)"
                )
            }
            #expect(mapping.isMirror(at: SIMD2(0, 0)) == (item.name == "radial and a mirror"), "\(item.name)")
        }
    }

    @Test("texts that are no mapping, or hold unknown classes, are errors")
    func badTexts() {
        #expect(throws: ButlerError(.corruptFile, "")) { try PlaneMapping(astText: "Begin UnitMap\n Nin = 2") }
        #expect(throws: ButlerError(.corruptFile, "")) { try PlaneMapping(astText: "nothing") }
        #expect(throws: ButlerError(.formatter, "")) { try PlaneMapping(astText: "Begin LutMap\nEnd LutMap\n") }
        let compound =
            "Begin CmpMap\nSeries = 0\nMapA =\nBegin UnitMap\nEnd UnitMap\nMapB =\nBegin UnitMap\nEnd UnitMap\nEnd CmpMap"
        #expect(throws: ButlerError(.formatter, "")) { try PlaneMapping(astText: compound) }
    }

    @Test("a camera is read with its detectors and the way to field angles")
    func camera() throws {
        let file = try FITSFile(reading: Self.folder.appendingPathComponent("camera.fits").path)
        guard case .camera(let camera) = try Archive.object(of: file) else {
            Issue.record("no camera")
            return
        }
        #expect(camera.name == "SimCam" && !camera.isMirrored)
        #expect(camera.detectors.map(\.serial) == ["SIM-0001", "SIM-0002", "SIM-0003", "SIM-0104"])
        #expect(camera.detectors.map(\.name) == ["R00_S00", "R00_S01", "R00_S10", "R00_S11"])
        #expect(camera.detectors[3].focalPlanePosition == SIMD2(8.4, 7.9))
        #expect(camera.detectors[0].box.width == 512 && camera.detectors[0].amplifiers.map(\.name) == ["C00"])
        let angle = try #require(camera.fieldAngle.apply(SIMD2(30, -40)))
        #expect(abs(angle.x - 0.003) < 1e-17 && abs(angle.y + 0.004) < 1e-17)
        #expect(camera.fieldAngle.apply(SIMD2(0, 0)) == SIMD2(0, 0))
    }
}
