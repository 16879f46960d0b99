// Plain C functions over wcslib, whose structures hold arrays that do not import into Swift.
#ifndef CWCS_SHIM_H
#define CWCS_SHIM_H

/// A celestial coordinate system of an image with two axes.
typedef struct cwcs_wcs cwcs_wcs;

/// Version of the linked wcslib as text, for instance `7.12`.
const char *cwcs_version(void);

/// Makes a coordinate system from card images of 80 bytes each.
///
/// `alternate` is a blank or the letter of an alternate description. Returns 0, or a wcslib status with a text; 100 when
/// the cards describe no pair of celestial axes. Not to be called by two threads at the same time.
int cwcs_create(const char *cards, int count, char alternate, cwcs_wcs **wcs, char message[161]);
/// Frees a coordinate system.
void cwcs_free(cwcs_wcs *wcs);
/// The first four characters of the celestial axes' types: `RA`, `GLON`, ...
void cwcs_longitude_type(const cwcs_wcs *wcs, char type[5]);
/// The reference frame, `ICRS` or another of the standard's, or empty.
void cwcs_frame(const cwcs_wcs *wcs, char frame[73]);

/// Longitude and latitude in degrees of 1-based pixel positions, both as pairs; 1 in `failed` where there is none.
///
/// The coordinate system changes while this works: one thread at a time.
int cwcs_pixel_to_sky(cwcs_wcs *wcs, int count, const double *pixels, double *sky, int *failed);
/// The inverse of `cwcs_pixel_to_sky`, with the same rules.
int cwcs_sky_to_pixel(cwcs_wcs *wcs, int count, const double *sky, double *pixels, int *failed);

#endif
