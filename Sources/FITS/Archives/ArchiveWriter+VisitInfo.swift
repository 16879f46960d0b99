internal import StewardCore

extension ArchiveWriter {
    /// Adds visit information, version 5; angles in radians, absent numbers as NaN.
    mutating func add(_ info: VisitInfo) throws -> Int {
        func number(_ name: String, _ value: Double?, unit: String? = nil) -> FITSColumnContent {
            FITSColumnContent(name, .double([value ?? .nan]), unit: unit)
        }
        func angle(_ name: String, _ value: Double?) -> FITSColumnContent {
            number(name, value.map { $0 * .pi / 180 }, unit: "rad")
        }
        func text(_ name: String, _ value: String?) -> FITSColumnContent {
            FITSColumnContent(name, .string([value ?? ""]), .variable(offsets: [0, 1]))
        }
        let id = reserve()
        var table = Table(columns: [], rowCount: 1)
        table.flags = [("hasSimulatedContent", [info.hasSimulatedContent])]
        table.columns = [
            number("exposuretime", info.exposureTime, unit: "second"),
            number("darktime", info.darkTime, unit: "second"),
            FITSColumnContent("tai", .int64([info.date ?? .min]), unit: "nsec"), number("ut1", info.ut1),
            angle("era", info.earthRotationAngle),
            angle("boresightradec_ra", info.boresightRADec?[0]), angle("boresightradec_dec", info.boresightRADec?[1]),
            angle("boresightazalt_az", info.boresightAzAlt?[0]), angle("boresightazalt_alt", info.boresightAzAlt?[1]),
            number("boresightairmass", info.boresightAirmass), angle("boresightrotangle", info.boresightRotationAngle),
            FITSColumnContent("rottype", .int32([info.rotationType.number])),
            angle("latitude", info.latitude), angle("longitude", info.longitude),
            number("elevation", info.elevation, unit: "meters"),
            number("airtemperature", info.airTemperature, unit: "C"),
            number("airpressure", info.airPressure, unit: "Pascal"), number("humidity", info.humidity),
            text("instrumentlabel", info.instrument), FITSColumnContent("version", .int32([5])),
            FITSColumnContent("idnum", .int64([info.id ?? 0])), number("focusz", info.focusZ, unit: "mm"),
            text("observationType", info.observationType), text("scienceProgram", info.scienceProgram),
            text("observationReason", info.observationReason), text("object", info.object),
        ]
        add(id, "VisitInfo", "lsst.afw.image", table)
        return id
    }
}

extension VisitInfo.RotationType {
    /// The number that stands for the type in tables.
    fileprivate var number: Int32 {
        switch self {
        case .unknown: 0
        case .sky: 1
        case .horizon: 2
        case .mount: 3
        }
    }
}
