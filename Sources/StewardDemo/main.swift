import Foundation
import StewardCore

let usage = """
    usage: steward-demo simulate DIRECTORY
           steward-demo calibrations REPO RUN
           steward-demo calibrate REPO EXPOSURE COLLECTION RUN

    simulate      one night of SimCam as raw FITS files
    calibrations  median bias, dark and flats of the raws in a repository, put into a run
    calibrate     one exposure, corrected by the calibrations that its time selects, put into a run

    """

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("simulate", 2): try NightSimulator(directory: arguments[1]).run()
    case ("calibrations", 3): try await MasterCalibrations(repository: arguments[1], run: arguments[2]).make()
    case ("calibrate", 5):
        try await ExposureCalibration(repository: arguments[1], exposure: arguments[2], collection: arguments[3])
            .run(into: arguments[4])
    default:
        FileHandle.standardError.write(Data(usage.utf8))
        exit(2)
    }
} catch {
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    exit(1)
}
