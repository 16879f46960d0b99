import Foundation
import StewardCore
import Testing

@Suite struct IdentifierTests {
    private let namespace = UUID(uuidString: "840b31d9-05cd-5161-b2c8-00d32b280d0f")

    @Test(
        "version 5 identifiers equal the reference's",
        arguments: zip(
            [
                "dataset_type=raw,run=Cam1/raw/all,detector=1,exposure=10,instrument=Cam1", "dataset_type=packages",
                "dataset_type=calexp,run=x,detector=16,instrument=HSC,visit=903334",
            ],
            [
                "c1ab34ef-8eac-5704-b7be-4d3decd362f6", "5b399916-94c5-5c5e-b7a1-1c35ddc7216b",
                "3bbaaf7a-3a9c-5fb3-942e-b789508bc80c",
            ]
        )
    )
    func version5(name: String, expected: String) throws {
        let identifier = UUID(version5: try #require(namespace), name: name)
        #expect(identifier.dashed == expected)
        #expect(UUID(hexadecimal: identifier.hexadecimal) == identifier)
    }

    @Test("version 7 identifiers carry the time and sort by it")
    func version7() {
        var generator = SystemRandomNumberGenerator()
        let early = UUID(version7: 0x0102_0304_0506 * 1_000_000 + 999_999, using: &generator)
        #expect(Array(early.bytes.prefix(8)) == [1, 2, 3, 4, 5, 6, 0x7F, 0xFF])
        #expect(early.bytes[8] >> 6 == 2)
        #expect(early.hexadecimal < UUID.version7().hexadecimal)
        let later = UUID(version7: 0x0102_0304_0507 * 1_000_000 + 500_000, using: &generator)
        #expect(Array(later.bytes.prefix(8)) == [1, 2, 3, 4, 5, 7, 0x78, 0x00])
        #expect(Set((0..<10_000).map { _ in UUID.version7() }).count == 10_000)
    }

    @Test(
        "hexadecimal text of the wrong form is refused",
        arguments: ["", "0", "zz", String(repeating: "g", count: 32)]
    )
    func badHexadecimal(text: String) {
        #expect(UUID(hexadecimal: text) == nil)
    }
}
