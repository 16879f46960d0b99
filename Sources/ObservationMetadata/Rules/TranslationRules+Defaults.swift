extension TranslationRules {
    /// Rules of properties for which a camera gives none (`astro_metadata_translator: translator.py, translators/fits.py`).
    static let defaults: [ObservationProperty: PropertyRule] = [
        .instrument: .value(ValueRule(.keywords(["INSTRUME"]))),
        .telescope: .value(ValueRule(.keywords(["TELESCOP"]))),
        .location: .location(
            LocationRule(forms: [
                .geocentric(
                    .keyword("OBSGEO-X", factor: 1),
                    .keyword("OBSGEO-Y", factor: 1),
                    .keyword("OBSGEO-Z", factor: 1)
                )
            ])
        ),
        .datetimeBegin: .instant(InstantRule(sources: standardBegin, notBefore: nil, absence: .error)),
        .datetimeEnd: .instant(
            InstantRule(
                sources: [
                    InstantSource(origin: .date("DATE-END")), InstantSource(origin: .modifiedJulianDate("MJD-END")),
                ],
                notBefore: nil,
                absence: .error
            )
        ),
        .visitID: .value(ValueRule(.property(.exposureID))),
        .exposureTimeRequested: .value(ValueRule(.property(.exposureTime))),
        .exposureGroup: .text([.property(.exposureID)]),
        .detectorUniqueName: .algorithm(.detectorUniqueName, otherwise: []),
        .detectorGroup: .null,
        .focusZ: .constant(.real(0)),
        .altazEnd: .null,
        .observationReason: .algorithm(.observationReason, otherwise: []),
        .observingDay: .algorithm(.observingDay, otherwise: []),
        .observingDayOffset: .algorithm(.observingDayOffset(laboratoryBefore: nil), otherwise: []),
        .observationCounter: .constant(.integer(0)),
        .groupCounterStart: .value(ValueRule(.property(.observationCounter))),
        .groupCounterEnd: .value(ValueRule(.property(.observationCounter))),
        .hasSimulatedContent: .constant(.flag(false)),
        .canSeeSky: .algorithm(.canSeeSky, otherwise: []),
    ]

    /// The FITS standard's keywords for the beginning, then the middle less half the exposure.
    private static let standardBegin = [
        InstantSource(origin: .date("DATE-BEG")),
        InstantSource(origin: .modifiedJulianDate("MJD-BEG")),
        InstantSource(origin: .date("DATE-OBS")),
        InstantSource(origin: .modifiedJulianDate("MJD-OBS")),
        InstantSource(origin: .date("DATE-AVG"), plus: [(.exposureTime, -0.5)]),
        InstantSource(origin: .modifiedJulianDate("MJD-AVG"), plus: [(.exposureTime, -0.5)]),
    ]
}
