internal import ObservationMetadata
internal import StewardCore

extension CatalogueConfiguration {
    /// A configuration for the sources of Gaia DR3 as the archive gives them.
    public static let gaiaExample = """
        # Gaia DR3, files gaia_source/GaiaSource_*.csv.gz of the archive.
        catalogue: gaia_dr3_20260101   # change the date: it names the version
        format: ecsv
        columns:
          id: source_id
          ra: {column: ra, unit: deg}
          dec: {column: dec, unit: deg}
          ra_error: {column: ra_error, unit: mas}
          dec_error: {column: dec_error, unit: mas}
          epoch: {column: ref_epoch, format: jyear, scale: tcb}
          pm_ra: {column: pmra, unit: mas/yr}
          pm_dec: {column: pmdec, unit: mas/yr}
          pm_ra_error: {column: pmra_error, unit: mas/yr}
          pm_dec_error: {column: pmdec_error, unit: mas/yr}
          parallax: {column: parallax, unit: mas}
          parallax_error: {column: parallax_error, unit: mas}
          correlations: gaia
        fluxes:
          counts:
            - column: phot_g_mean_flux
              error_ratio: phot_g_mean_flux_over_error
              zero_point: 25.7934
              as: phot_g_mean
            - column: phot_bp_mean_flux
              error_ratio: phot_bp_mean_flux_over_error
              zero_point: 25.3806
              as: phot_bp_mean
            - column: phot_rp_mean_flux
              error_ratio: phot_rp_mean_flux_over_error
              zero_point: 25.1161
              as: phot_rp_mean
        extra: [astrometric_excess_noise]
        coverage: [[131072, 262143]]   # the whole sky
        description: Gaia Data Release 3, all sources.
        origin: https://gea.esac.esa.int/archive
        citation: Gaia Collaboration, Vallenari et al. 2023, A&A 674, A1

        """

    /// A configuration for mean magnitudes of Pan-STARRS1.
    public static let panSTARRSExample = """
        # Pan-STARRS1 3π, mean PSF magnitudes of stacked detections, one CSV file or more.
        catalogue: ps1_pv3_3pi_20260101   # change the date: it names the version
        format: csv
        columns:
          id: objID
          ra: {column: raMean, unit: deg}
          dec: {column: decMean, unit: deg}
          ra_error: {column: raMeanErr, unit: arcsec}
          dec_error: {column: decMeanErr, unit: arcsec}
        fluxes:
          system: AB
          magnitudes:
            - {column: gMeanPSFMag, error: gMeanPSFMagErr, as: g}
            - {column: rMeanPSFMag, error: rMeanPSFMagErr, as: r}
            - {column: iMeanPSFMag, error: iMeanPSFMagErr, as: i}
            - {column: zMeanPSFMag, error: zMeanPSFMagErr, as: z}
            - {column: yMeanPSFMag, error: yMeanPSFMagErr, as: y}
        description: Pan-STARRS1 3π, declinations north of -30 degrees.
        origin: https://catalogs.mast.stsci.edu/panstarrs
        citation: Chambers et al. 2016, arXiv:1612.05560

        """
}

/// Names of filters and what a catalogue calls them.
public enum FilterMap {
    /// Reads lines `NAME: FILTER`.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: Its name for messages.
    /// - Returns: The catalogue's filter by name.
    /// - Throws: ``ButlerError`` with `.configuration` naming file and line.
    public static func read(_ yaml: String, file: String) throws -> [String: String] {
        do {
            let entries = try DefinitionNode(yaml: yaml, file: file).dictionary()
            return Dictionary(try entries.map { ($0.key, try $0.value.text()) }) { first, _ in first }
        } catch let error as ButlerError where error.code == .instrument {
            throw ButlerError(.configuration, error.message, remedy: error.remedy, context: error.context)
        }
    }
}
