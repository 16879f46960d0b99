#include "CWCS.h"

#include <stdlib.h>
#include <string.h>
#include <wcs.h>
#include <wcsfix.h>
#include <wcshdr.h>

struct cwcs_wcs {
    struct wcsprm prm;
};

enum { NO_MEMORY = 2, LAST_STATUS = 13, NOT_CELESTIAL = 100 };

const char *cwcs_version(void) {
    return wcslib_version(0);
}

static void set_message(char message[161], const char *text) {
    strncpy(message, text ? text : "", 160);
    message[160] = 0;
}

/// Copies the two celestial axes and sets them up.
static int set_up(struct wcsprm *source, cwcs_wcs *wcs, char message[161]) {
    // wcssub writes the number of each axis it took; headers have at most nine.
    int axes[32] = {WCSSUB_CELESTIAL};
    int count = 1;
    int fixes[NWCSFIX];
    wcsfix(7, NULL, source, fixes);
    wcs->prm.flag = -1;
    int status = wcssub(1, source, source->naxis > 2 ? &count : NULL, source->naxis > 2 ? axes : NULL, &wcs->prm);
    if (status == 0) status = wcsset(&wcs->prm);
    if (status) {
        set_message(message, status > 0 && status <= LAST_STATUS ? wcs_errmsg[status] : "wcslib refuses it");
        return status;
    }
    if (wcs->prm.naxis != 2 || wcs->prm.lng < 0 || wcs->prm.lat < 0) {
        set_message(message, "the header describes no pair of celestial axes");
        return NOT_CELESTIAL;
    }
    return 0;
}

int cwcs_create(const char *cards, int count, char alternate, cwcs_wcs **wcs, char message[161]) {
    int rejected = 0, systems = 0;
    struct wcsprm *found = NULL;
    *wcs = NULL;
    message[0] = 0;
    char *copy = malloc((size_t)count * 80 + 1);
    if (!copy) return NO_MEMORY;
    memcpy(copy, cards, (size_t)count * 80);
    copy[(size_t)count * 80] = 0;
    int status = wcspih(copy, count, WCSHDR_all, 0, &rejected, &systems, &found);
    free(copy);
    if (status) {
        set_message(message, "the header cannot be parsed");
        return status;
    }
    status = NOT_CELESTIAL;
    set_message(message, "the header describes no such coordinate system");
    for (int i = 0; i < systems; i++) {
        if (found[i].alt[0] != alternate) continue;
        cwcs_wcs *made = calloc(1, sizeof *made);
        status = made ? set_up(&found[i], made, message) : NO_MEMORY;
        if (status == 0) {
            *wcs = made;
        } else {
            cwcs_free(made);
        }
        break;
    }
    wcsvfree(&systems, &found);
    return status;
}

void cwcs_free(cwcs_wcs *wcs) {
    if (!wcs) return;
    wcsfree(&wcs->prm);
    free(wcs);
}

void cwcs_longitude_type(const cwcs_wcs *wcs, char type[5]) {
    strncpy(type, wcs->prm.lngtyp, 4);
    type[4] = 0;
}

void cwcs_frame(const cwcs_wcs *wcs, char frame[73]) {
    strncpy(frame, wcs->prm.radesys, 72);
    frame[72] = 0;
}

int cwcs_pixel_to_sky(cwcs_wcs *wcs, int count, const double *pixels, double *sky, int *failed) {
    double *work = malloc((size_t)count * 6 * sizeof *work);
    if (!work) return NO_MEMORY;
    double *native = work, *angles = work + 2 * (size_t)count, *world = work + 4 * (size_t)count;
    int status = wcsp2s(&wcs->prm, count, 2, pixels, native, angles, angles + count, world, failed);
    if (status == 0 || status == 8) {
        for (int i = 0; i < count; i++) {
            sky[2 * i] = world[2 * i + wcs->prm.lng];
            sky[2 * i + 1] = world[2 * i + wcs->prm.lat];
        }
        status = 0;
    }
    free(work);
    return status;
}

int cwcs_sky_to_pixel(cwcs_wcs *wcs, int count, const double *sky, double *pixels, int *failed) {
    double *work = malloc((size_t)count * 6 * sizeof *work);
    if (!work) return NO_MEMORY;
    double *native = work, *angles = work + 2 * (size_t)count, *world = work + 4 * (size_t)count;
    for (int i = 0; i < count; i++) {
        world[2 * i + wcs->prm.lng] = sky[2 * i];
        world[2 * i + wcs->prm.lat] = sky[2 * i + 1];
    }
    int status = wcss2p(&wcs->prm, count, 2, world, angles, angles + count, native, pixels, failed);
    free(work);
    return status == 9 ? 0 : status;
}
