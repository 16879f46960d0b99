import Foundation

/// One simulated chip: its flaws, and what it records of a light distribution.
struct DetectorModel {
    static let side = 512
    static let names = ["R00_S00", "R00_S01", "R00_S10", "R00_S11"]
    /// Centres of the chips in the focal plane, pixels east and north of the boresight.
    static let offsets: [(x: Double, y: Double)] = [(-263, -263), (263, -263), (-263, 263), (263, 263)]

    let number: Int
    private let bias: [Float]
    private let darkCurrent: [Float]
    private let response: [Float]
    private let badColumn: Int

    init(number: Int) {
        self.number = number
        var noise = Noise(seed: 77 + UInt64(number))
        let side = Self.side
        badColumn = 97 + 83 * number
        var bias: [Float] = []
        var dark: [Float] = []
        var response: [Float] = []
        let columns = (0..<side).map { _ in 3 * noise.normal() }
        for y in 0..<side {
            for x in 0..<side {
                bias.append(1000 + 25 * Float(number) + columns[x] + 0.02 * Float(y))
                dark.append(noise.uniform() < 0.0005 ? 20 * noise.uniform() : 0.05)
                let dx = (Float(x) + Float(Self.offsets[number].x) - 256) / 900
                let dy = (Float(y) + Float(Self.offsets[number].y) - 256) / 900
                response.append((1 - 0.35 * (dx * dx + dy * dy)) * (1 + 0.01 * noise.normal()))
            }
        }
        self.bias = bias
        darkCurrent = dark
        self.response = response
    }

    /// Counts that the chip reads out.
    ///
    /// - Parameters:
    ///   - light: Electrons in each pixel before the chip's response.
    ///   - seconds: Time in the dark or light.
    ///   - noise: Source of photon and read noise.
    /// - Returns: Counts, row by row.
    func record(_ light: [Float], seconds: Float, noise: inout Noise) -> [UInt16] {
        light.indices.map { index in
            let signal = light[index] * response[index] + darkCurrent[index] * seconds
            var counts = bias[index] + signal + signal.squareRoot() * noise.normal() + 5 * noise.normal()
            if index % Self.side == badColumn { counts = 60_000 }
            return UInt16(min(max(counts, 0), 65_535))
        }
    }

    /// Light of an exposure on this chip: a lamp, a sky with a gradient, stars.
    func light(of exposure: Night.Exposure, stars: [Star], noise: inout Noise) -> [Float] {
        let side = Self.side
        switch exposure.kind {
        case "FLAT": return [Float](repeating: 18_000 + 400 * noise.normal(), count: side * side)
        case "SCIENCE": break
        default: return [Float](repeating: 0, count: side * side)
        }
        let sky: Float = exposure.filter == "SimCam-g" ? 240 : 420
        var light = (0..<side * side).map { sky * (1 + 0.1 * Float($0 / side) / Float(side)) }
        for star in stars {
            guard let (x, y) = star.position(for: exposure, on: number) else { continue }
            add(star.electrons(in: exposure.filter), at: x, y, to: &light)
        }
        return light
    }

    /// A star of 1.8 pixels deviation.
    private func add(_ electrons: Float, at x: Double, _ y: Double, to light: inout [Float]) {
        let width = 1.8
        for row in max(0, Int(y) - 9)...min(Self.side - 1, Int(y) + 9) {
            for column in max(0, Int(x) - 9)...min(Self.side - 1, Int(x) + 9) {
                let distance = (Double(column) - x) * (Double(column) - x) + (Double(row) - y) * (Double(row) - y)
                let share = exp(-distance / (2 * width * width)) / (2 * Double.pi * width * width)
                light[row * Self.side + column] += electrons * Float(share)
            }
        }
    }
}

/// A star of the simulated field.
struct Star {
    let ra: Double
    let dec: Double
    let brightness: Float
    let colour: Float

    /// Seconds of arc a pixel.
    static let scale = 0.618_8

    static func field() -> [Star] {
        var noise = Noise(seed: 4242)
        return (0..<900).map { _ in
            Star(
                ra: 150.12 + 0.24 * Double(noise.uniform() - 0.5),
                dec: 2.185 + 0.24 * Double(noise.uniform() - 0.5),
                brightness: 300 * exp(5.5 * noise.uniform() * noise.uniform()),
                colour: noise.uniform()
            )
        }
    }

    func electrons(in filter: String) -> Float {
        10 * brightness * (filter == "SimCam-g" ? colour : 1.3 - 0.6 * colour)
    }

    /// Pixel on a chip, tangent plane; nil off the chip.
    func position(for exposure: Night.Exposure, on detector: Int) -> (Double, Double)? {
        guard let pointing = exposure.pointing else { return nil }
        let east = (ra - pointing.ra) * cos(pointing.dec * .pi / 180) * 3600 / Self.scale
        let north = (dec - pointing.dec) * 3600 / Self.scale
        let x = -east - DetectorModel.offsets[detector].x + 255.5
        let y = north - DetectorModel.offsets[detector].y + 255.5
        let side = Double(DetectorModel.side)
        return 0..<side ~= x && 0..<side ~= y ? (x, y) : nil
    }
}
