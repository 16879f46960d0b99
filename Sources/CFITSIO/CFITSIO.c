#include "CFITSIO.h"

#include <fitsio.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cfits_file {
    fitsfile *fits;
    void *memory;
    size_t size;
};

static const int DATA_TYPES[] = {
    TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONGLONG, TULONGLONG, TFLOAT, TDOUBLE, TLOGICAL, TBIT, TSTRING,
};

static const int IMAGE_TYPES[] = {
    BYTE_IMG, SBYTE_IMG, SHORT_IMG, USHORT_IMG, LONG_IMG, ULONG_IMG, LONGLONG_IMG, ULONGLONG_IMG, FLOAT_IMG, DOUBLE_IMG,
};

enum { MAXIMUM_AXES = 9 };

int cfits_is_reentrant(void) {
    return fits_is_reentrant();
}

void cfits_status_text(int status, char text[31]) {
    fits_get_errstatus(status, text);
}

int cfits_next_message(char text[81]) {
    return fits_read_errmsg(text);
}

void cfits_clear_messages(void) {
    fits_clear_errmsg();
}

// Files

/// cfitsio's table of files in memory has no lock of its own.
static pthread_mutex_t memory_files = PTHREAD_MUTEX_INITIALIZER;

/// Bytes before a block that hold its size.
enum { BLOCK_PREFIX = 16 };

/// Memory for a file: what a block grows by is zero, which cfitsio relies on as if it were a sparse file.
static void *resize(void *block, size_t size) {
    char *old = block ? (char *)block - BLOCK_PREFIX : NULL;
    size_t old_size = old ? *(size_t *)old : 0;
    char *base = realloc(old, size + BLOCK_PREFIX);
    if (!base) return NULL;
    *(size_t *)base = size;
    if (size > old_size) memset(base + BLOCK_PREFIX + old_size, 0, size - old_size);
    return base + BLOCK_PREFIX;
}

static void release(cfits_file *file) {
    if (file->memory) free((char *)file->memory - BLOCK_PREFIX);
    free(file);
}

static int keep(cfits_file *opened, int status, cfits_file **file) {
    if (status) {
        release(opened);
        opened = NULL;
    }
    *file = opened;
    return status;
}

int cfits_open(const char *path, int writable, cfits_file **file) {
    int status = 0;
    cfits_file *opened = calloc(1, sizeof *opened);
    if (!opened) return MEMORY_ALLOCATION;
    fits_open_diskfile(&opened->fits, path, writable ? READWRITE : READONLY, &status);
    return keep(opened, status, file);
}

int cfits_open_bytes(const void *bytes, size_t count, cfits_file **file) {
    int status = 0;
    cfits_file *opened = calloc(1, sizeof *opened);
    if (!opened) return MEMORY_ALLOCATION;
    opened->size = count;
    opened->memory = resize(NULL, count ? count : 1);
    if (!opened->memory) return keep(opened, MEMORY_ALLOCATION, file);
    memcpy(opened->memory, bytes, count);
    pthread_mutex_lock(&memory_files);
    fits_open_memfile(&opened->fits, "memory", READONLY, &opened->memory, &opened->size, 0, NULL, &status);
    pthread_mutex_unlock(&memory_files);
    return keep(opened, status, file);
}

int cfits_create(const char *path, cfits_file **file) {
    int status = 0;
    cfits_file *created = calloc(1, sizeof *created);
    if (!created) return MEMORY_ALLOCATION;
    fits_create_diskfile(&created->fits, path, &status);
    return keep(created, status, file);
}

int cfits_create_bytes(cfits_file **file) {
    int status = 0;
    cfits_file *created = calloc(1, sizeof *created);
    if (!created) return MEMORY_ALLOCATION;
    created->size = 10 * 2880;
    created->memory = resize(NULL, created->size);
    if (!created->memory) return keep(created, MEMORY_ALLOCATION, file);
    pthread_mutex_lock(&memory_files);
    fits_create_memfile(&created->fits, &created->memory, &created->size, 100 * 2880, resize, &status);
    pthread_mutex_unlock(&memory_files);
    return keep(created, status, file);
}

int cfits_bytes(cfits_file *file, const void **bytes, size_t *count) {
    int status = 0, hdus = 0;
    LONGLONG header, data, end;
    fits_flush_file(file->fits, &status);
    fits_get_num_hdus(file->fits, &hdus, &status);
    fits_movabs_hdu(file->fits, hdus, NULL, &status);
    fits_get_hduaddrll(file->fits, &header, &data, &end, &status);
    *bytes = file->memory;
    *count = status ? 0 : (size_t)end;
    return status;
}

int cfits_flush(cfits_file *file) {
    int status = 0;
    fits_flush_file(file->fits, &status);
    return status;
}

int cfits_close(cfits_file *file) {
    int status = 0;
    fits_close_file(file->fits, &status);
    release(file);
    return status;
}

// Header-data units

int cfits_count(cfits_file *file, int *count) {
    int status = 0;
    fits_get_num_hdus(file->fits, count, &status);
    return status;
}

int cfits_move(cfits_file *file, int number) {
    int status = 0;
    fits_movabs_hdu(file->fits, number, NULL, &status);
    return status;
}

int cfits_extent(cfits_file *file, int64_t *header, int64_t *data, int64_t *end) {
    int status = 0;
    LONGLONG starts[3] = {0};
    fits_get_hduaddrll(file->fits, &starts[0], &starts[1], &starts[2], &status);
    *header = starts[0];
    *data = starts[1];
    *end = starts[2];
    return status;
}

int cfits_header(cfits_file *file, char **cards, int *count) {
    int status = 0;
    *cards = NULL;
    fits_hdr2str(file->fits, 0, NULL, 0, cards, count, &status);
    return status;
}

void cfits_free(char *cards) {
    int status = 0;
    fits_free_memory(cards, &status);
}

int cfits_update_card(cfits_file *file, const char *keyword, const char *card) {
    int status = 0;
    fits_update_card(file->fits, keyword, card, &status);
    return status;
}

int cfits_write_card(cfits_file *file, const char *card) {
    int status = 0;
    fits_write_record(file->fits, card, &status);
    return status;
}

int cfits_write_checksum(cfits_file *file) {
    int status = 0;
    fits_write_chksum(file->fits, &status);
    return status;
}

int cfits_copy(cfits_file *from, cfits_file *to) {
    int status = 0;
    fits_copy_hdu(from->fits, to->fits, 0, &status);
    return status;
}

// Reading

int cfits_read_box(
    cfits_file *file, int type, int axes, const int64_t *first, const int64_t *last, int nan_nulls, void *pixels
) {
    int status = 0;
    long low[MAXIMUM_AXES], high[MAXIMUM_AXES], step[MAXIMUM_AXES];
    float nan_float = NAN;
    double nan_double = NAN;
    void *null = NULL;
    if (axes < 1 || axes > MAXIMUM_AXES) return BAD_NAXIS;
    for (int i = 0; i < axes; i++) {
        low[i] = (long)first[i];
        high[i] = (long)last[i];
        step[i] = 1;
    }
    if (nan_nulls && type == CFITS_FLOAT) null = &nan_float;
    if (nan_nulls && type == CFITS_DOUBLE) null = &nan_double;
    fits_read_subset(file->fits, DATA_TYPES[type], low, high, step, null, pixels, NULL, &status);
    return status;
}

int cfits_read_bytes(cfits_file *file, int64_t offset, int64_t count, void *bytes) {
    int status = 0;
    fits_read_ext(file->fits, offset, count, bytes, &status);
    return status;
}

// Writing

int cfits_set_compression(
    cfits_file *file, int algorithm, int64_t tile_width, int64_t tile_height, float step, int dither, int seed
) {
    static const int ALGORITHMS[] = {RICE_1, GZIP_1, GZIP_2};
    int status = 0;
    long tile[2] = {(long)tile_width, (long)tile_height};
    fits_set_compression_type(file->fits, ALGORITHMS[algorithm], &status);
    fits_set_tile_dim(file->fits, 2, tile, &status);
    fits_set_quantize_level(file->fits, step, &status);
    fits_set_quantize_method(file->fits, dither, &status);
    if (step != 0 && seed > 0) fits_set_dither_seed(file->fits, seed, &status);
    return status;
}

int cfits_set_no_compression(cfits_file *file) {
    int status = 0;
    fits_set_compression_type(file->fits, 0, &status);
    return status;
}

int cfits_create_image(cfits_file *file, int type, int axes, const int64_t *lengths) {
    int status = 0;
    LONGLONG sizes[MAXIMUM_AXES] = {0};
    if (axes < 0 || axes > MAXIMUM_AXES) return BAD_NAXIS;
    for (int i = 0; i < axes; i++) sizes[i] = lengths[i];
    fits_create_imgll(file->fits, IMAGE_TYPES[type], axes, sizes, &status);
    return status;
}

float cfits_undefined(void) {
    return FLOATNULLVALUE;
}

int cfits_write_pixels(cfits_file *file, int type, int64_t count, const void *pixels, int marks_undefined) {
    int status = 0;
    float null_float = FLOATNULLVALUE;
    double null_double = FLOATNULLVALUE;
    if (marks_undefined) {
        void *null = type == CFITS_FLOAT ? (void *)&null_float : (void *)&null_double;
        fits_write_imgnull(file->fits, DATA_TYPES[type], 1, count, (void *)pixels, null, &status);
    } else {
        fits_write_img(file->fits, DATA_TYPES[type], 1, count, (void *)pixels, &status);
    }
    return status;
}

int cfits_create_table(
    cfits_file *file, int64_t rows, int columns, const char *const *names, const char *const *forms,
    const char *const *units, const char *extname
) {
    int status = 0;
    fits_create_tbl(
        file->fits, BINARY_TBL, rows, columns, (char **)names, (char **)forms, (char **)units, extname, &status
    );
    return status;
}

int cfits_write_column(cfits_file *file, int type, int column, int64_t row, int64_t count, const void *values) {
    int status = 0;
    if (type == CFITS_BIT) {
        fits_write_col_bit(file->fits, column, row, 1, (long)count, (char *)values, &status);
    } else {
        fits_write_col(file->fits, DATA_TYPES[type], column, row, 1, count, (void *)values, &status);
    }
    return status;
}
