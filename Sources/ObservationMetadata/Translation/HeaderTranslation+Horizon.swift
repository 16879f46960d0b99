import AstroTime
import FITS
import Foundation
import StewardCore

extension HeaderTranslation {
    /// Azimuth and altitude of the tracked place at the beginning; nil without one.
    mutating func horizontalOfTracking() throws(ButlerError) -> PropertyValue? {
        guard case .position(let place) = try value(.trackingRadec) else { return nil }
        return .position(try horizonFrame().horizontal(place))
    }

    /// The place at the azimuth and altitude of the beginning.
    mutating func trackingOfHorizontal() throws(ButlerError) -> PropertyValue {
        guard case .position(let direction) = try value(.altazBegin) else {
            throw failure("azimuth and altitude of the beginning are not known")
        }
        return .position(try horizonFrame().icrs(direction))
    }

    private mutating func horizonFrame() throws(ButlerError) -> HorizonFrame {
        guard let begin = try instant(.datetimeBegin), case .location(let location) = try value(.location) else {
            throw failure("the horizon needs the place and the beginning of the observation")
        }
        return try HorizonFrame(location, at: begin, orientation: EarthOrientation.shipped.get())
    }

    /// The air mass of a plane atmosphere; nil without azimuth and altitude.
    mutating func secantOfZenithDistance() throws(ButlerError) -> PropertyValue? {
        guard case .position(let position) = try value(.altazBegin) else { return nil }
        return .real(1 / sin(position.latitude * .pi / 180))
    }

    /// Azimuth 0 at the altitude that has the air mass of the beginning; 45 degrees where that is not known.
    mutating func altitudeOfAirmass() throws(ButlerError) -> PropertyValue? {
        _ = try instant(.datetimeBegin)
        guard let airmass = try real(.boresightAirmass) else {
            return SkyPosition(longitude: 0, latitude: 45).map { .position($0) }
        }
        guard airmass >= 1, let position = SkyPosition(longitude: 0, latitude: asin(1 / airmass) * 180 / .pi) else {
            throw failure("no altitude has the air mass \(airmass)")
        }
        return .position(position)
    }

    /// Azimuth and altitude of an hour angle and declination.
    mutating func horizon(
        _ hourAngle: String,
        _ declination: String,
        latitude: Double
    ) throws(ButlerError) -> PropertyValue? {
        _ = try instant(.datetimeBegin)
        let h = try angle(hourAngle, .degrees) * .pi / 180
        let delta = try angle(declination, .degrees) * .pi / 180
        let phi = latitude * .pi / 180
        let north = sin(delta) * cos(phi) - cos(h) * cos(delta) * sin(phi)
        let east = -sin(h) * cos(delta)
        let up = cos(h) * cos(delta) * cos(phi) + sin(delta) * sin(phi)
        let azimuth = atan2(east, north) * 180 / .pi
        let altitude = atan2(up, (north * north + east * east).squareRoot()) * 180 / .pi
        return SkyPosition(longitude: azimuth, latitude: altitude).map { .position($0) }
    }

    /// The date of the beginning in UTC.
    mutating func utcDate() throws(ButlerError) -> PropertyValue? {
        try instant(.datetimeBegin).map { .text(String($0.isot(decimals: 3, scale: .utc).prefix(10))) }
    }

    /// Run, filter, camera column and field of SDSS as one number (`astro_metadata_translator: translators/sdss.py`).
    mutating func sdssFrameID() throws(ButlerError) -> PropertyValue? {
        guard let run = try integer(.exposureID), let filter = try string(.physicalFilter) else { return nil }
        guard let column = header.defined("CAMCOL")?.wholeNumber, let frame = header.defined("FRAME")?.integerValue,
            let index = Array("ugriz").firstIndex(of: Character(filter.prefix(1) + (filter.isEmpty ? "?" : ""))),
            filter.count == 1
        else {
            try absent(.allowedUnlessScience, ["CAMCOL", "FRAME"])
            return nil
        }
        let delays: [Int64] = [4, 8, 0, 2, 6]
        return .integer(((run * 10 + Int64(index)) * 10 + column) * 10_000 + frame - delays[index])
    }
}
