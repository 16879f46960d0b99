import FITS
import Foundation
import Testing

@Suite struct ConcurrencyTests {
    @Test("several tasks write and read files of their own at the same time")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let root = folder.url
        let box = try PixelBox(xMin: 0, yMin: 0, width: 50, height: 40)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<24 {
                group.addTask {
                    var generator = Generator(state: UInt64(task))
                    let pixels = (0..<2000).map { _ in Float.random(in: -30...30, using: &generator) }
                    let image = try Image(box: box, pixels: pixels)
                    let path = root.appending(path: "\(task).fits").path
                    let inMemory = task.isMultiple(of: 2)
                    let file = try inMemory ? FITSFile(creatingInMemory: "m") : FITSFile(creating: path)
                    let step = FITSCompression.Quantization(step: .absolute(0.5), dither: .subtractive2, seed: task + 1)
                    try file.append(image, compression: .init(.gzip2))
                    try file.append(image, compression: .init(.rice, quantization: step))
                    let bytes = FITSColumnContent("b", .uint8([1, 2]), .variable(offsets: [0, 2]))
                    try file.append(table: [.init("t", .int32([Int32(task)])), bytes])
                    var copy = file
                    if inMemory {
                        copy = try FITSFile(bytes: file.bytes(), name: "m")
                    } else {
                        try file.close()
                        copy = try FITSFile(reading: path)
                    }
                    let lossy: Image<Float> = try copy.image(2)
                    let isClose = zip(lossy.pixels, pixels).allSatisfy { abs($0 - $1) < 0.26 }
                    return try copy.image(1) == image && isClose && copy.table(3).integers("t") == [Int64(task)]
                }
            }
            for try await same in group { #expect(same) }
        }
    }
}
