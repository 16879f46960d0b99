import AstroTime
import SphericalGeometry

/// One input of libFuzzer: the first byte chooses a decoder, the rest is what it gets.
///
/// Every input must decode or throw; regions that decode must give their own bytes again where the encoding is
/// canonical, and must survive bounds, relations, points and envelopes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let choice = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    let text = String(decoding: rest, as: UTF8.self)
    switch choice % 8 {
    case 0: exercise(try? Region(encoded: Array(rest)))
    case 1: exercise(try? Region(base64: text))
    case 2: exercise(try? Region(ivoaPos: text))
    case 3: exercise(try? Region(hexadecimal: text))
    case 4: _ = try? Region.overlaps(base64Expression: text)
    case 5: _ = try? TAI(literal: text)
    case 6: _ = try? TAI(yaml: text)
    default:
        for format in TimeFormat.allCases { _ = try? TAI(text, format: format) }
    }
    return 0
}

private func exercise(_ region: Region?) {
    guard let region else { return }
    guard let again = try? Region(encoded: region.encoded), again.encoded == region.encoded else {
        preconditionFailure("\(region) does not decode from its own encoding")
    }
    _ = region.boundingCircle
    _ = region.boundingBox
    _ = region.boundingBox3D
    _ = region.ivoaPos
    _ = region.contains(UnitVector3D(longitude: Angle(degrees: 10), latitude: Angle(degrees: -20)))
    _ = region.relate(.circle(Circle(center: UnitVector3D(normalized: 0, 0, 1), openingAngle: Angle(degrees: 3))))
    _ = region.overlaps(region)
    if let mesh = try? HTMPixelization(level: 5) { _ = mesh.envelope(of: region, maxRanges: 32) }
    if let mesh = try? HEALPixPixelization(level: 4) { _ = try? mesh.envelope(of: region, maxRanges: 32) }
    if let mesh = try? Q3CPixelization(level: 5) { _ = mesh.interior(of: region, maxRanges: 32) }
}

/// The entry point that the package manager expects, which hands over to libFuzzer.
@_cdecl("DecoderFuzzer_main")
public func runFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, fuzzOneInput)
}

/// libFuzzer's loop (`compiler-rt: FuzzerDriver.cpp`); its arguments are passed alike in C and Swift.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt
