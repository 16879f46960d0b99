import Testing

@testable import ObservationMetadata

@Suite struct PlaceTests {
    @Test("geodetic coordinates become geocentric ones on WGS 84")
    func geodetic() {
        let place = GeocentricLocation(longitude: -155.476667, latitude: 19.825556, height: 4139)
        #expect(abs(place.x - -5_464_492.282102364) < 1e-6)
        #expect(abs(place.y - -2_493_000.6266314997) < 1e-6)
        #expect(abs(place.z - 2_150_943.6513960036) < 1e-6)
    }
}
