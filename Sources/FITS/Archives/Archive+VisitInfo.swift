internal import StewardCore

extension Archive {
    /// The visit information with an identifier; an error of code `formatter` for a version that is not known.
    public func visitInfo(_ id: Int) throws -> VisitInfo {
        let table = try table(of: id)
        let version = try table.contains("version") ? table.integer("version") : 0
        guard version <= 5 else {
            throw ButlerError(.formatter, "Visit information of version \(version) is newer than 5.").adding(
                "file",
                file.name
            )
        }
        var info = VisitInfo()
        info.exposureTime = try table.finite("exposuretime")
        info.darkTime = try table.finite("darktime")
        info.date = try table.integers("tai").first
        info.ut1 = try table.finite("ut1")
        info.earthRotationAngle = try table.degrees("era")
        info.boresightRADec = try table.degrees("boresightradec_ra", "boresightradec_dec")
        info.boresightAzAlt = try table.degrees("boresightazalt_az", "boresightazalt_alt")
        info.boresightAirmass = try table.finite("boresightairmass")
        info.boresightRotationAngle = try table.degrees("boresightrotangle")
        info.rotationType = Self.rotationType(try table.integer("rottype"))
        info.longitude = try table.degrees("longitude")
        info.latitude = try table.degrees("latitude")
        info.elevation = try table.finite("elevation")
        info.airTemperature = try table.finite("airtemperature")
        info.airPressure = try table.finite("airpressure")
        info.humidity = try table.finite("humidity")
        info.instrument = try table.text("instrumentlabel")
        info.id = try table.contains("idnum") ? table.integers("idnum").first : nil
        info.focusZ = try table.finite("focusz")
        info.observationType = try table.text("observationType")
        info.scienceProgram = try table.text("scienceProgram")
        info.observationReason = try table.text("observationReason")
        info.object = try table.text("object")
        info.hasSimulatedContent = (try? table.flag("hasSimulatedContent")) ?? false
        return info
    }

    private static func rotationType(_ number: Int) -> VisitInfo.RotationType {
        switch number {
        case 1: .sky
        case 2: .horizon
        case 3: .mount
        default: .unknown
        }
    }
}

extension FITSTable {
    /// The first row's number, nil if the version lacks the column or the number is not finite.
    fileprivate func finite(_ name: String) throws -> Double? {
        guard contains(name) else { return nil }
        let value = try real(name)
        return value.isFinite ? value : nil
    }

    /// The first row's angle, stored in radians.
    fileprivate func degrees(_ name: String) throws -> Double? {
        try finite(name).map { $0 * 180 / .pi }
    }

    fileprivate func degrees(_ first: String, _ second: String) throws -> SIMD2<Double>? {
        guard let a = try degrees(first), let b = try degrees(second) else { return nil }
        return SIMD2(a, b)
    }

    /// The first row's text, nil if the version lacks the column or the text is empty.
    fileprivate func text(_ name: String) throws -> String? {
        guard contains(name), let value = try strings(name).first, !value.isEmpty else { return nil }
        return value
    }
}
