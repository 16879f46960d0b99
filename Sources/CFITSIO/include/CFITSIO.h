// Plain C functions over cfitsio, whose own names are macros that do not import into Swift.
//
// Every function returns a cfitsio status, 0 for success. HDU numbers, columns, rows and pixels count from 1, as in
// cfitsio. A handle may be used by one thread at a time; separate handles are independent.
#ifndef CFITSIO_SHIM_H
#define CFITSIO_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// An open file: cfitsio's handle, and the buffer of a file held in memory.
typedef struct cfits_file cfits_file;

/// Element types of pixels and columns.
enum cfits_type {
    CFITS_UINT8,
    CFITS_INT8,
    CFITS_INT16,
    CFITS_UINT16,
    CFITS_INT32,
    CFITS_UINT32,
    CFITS_INT64,
    CFITS_UINT64,
    CFITS_FLOAT,
    CFITS_DOUBLE,
    CFITS_LOGICAL,
    CFITS_BIT,
    CFITS_STRING
};

/// Compression algorithms of tiles.
enum cfits_compression { CFITS_RICE_1, CFITS_GZIP_1, CFITS_GZIP_2 };

/// Whether the linked cfitsio was built for use of separate handles in separate threads.
int cfits_is_reentrant(void);
/// The short text of a status.
void cfits_status_text(int status, char text[31]);
/// Removes the oldest message from cfitsio's stack; 0 when there was none.
int cfits_next_message(char text[81]);
/// Empties cfitsio's message stack.
void cfits_clear_messages(void);

/// Opens a file on disk, without cfitsio's extended file name syntax.
int cfits_open(const char *path, int writable, cfits_file **file);
/// Opens a file for reading whose bytes are copied.
int cfits_open_bytes(const void *bytes, size_t count, cfits_file **file);
/// Creates a file on disk; fails if there is one.
int cfits_create(const char *path, cfits_file **file);
/// Creates a file in memory.
int cfits_create_bytes(cfits_file **file);
/// The bytes of a file in memory, valid until the next call.
int cfits_bytes(cfits_file *file, const void **bytes, size_t *count);
/// Writes what is pending.
int cfits_flush(cfits_file *file);
/// Writes what is pending and closes; the handle is freed whatever the result.
int cfits_close(cfits_file *file);

/// The number of HDUs; reads all headers.
int cfits_count(cfits_file *file, int *count);
/// Makes an HDU the current one.
int cfits_move(cfits_file *file, int number);
/// Where the current HDU's header and data begin and where it ends, in bytes from the file's start.
int cfits_extent(cfits_file *file, int64_t *header, int64_t *data, int64_t *end);
/// The current HDU's card images as one string, to be freed with `cfits_free`.
int cfits_header(cfits_file *file, char **cards, int *count);
/// Frees a string of `cfits_header`.
void cfits_free(char *cards);
/// Replaces or adds one card of the current header.
int cfits_update_card(cfits_file *file, const char *keyword, const char *card);
/// Adds one card to the current header.
int cfits_write_card(cfits_file *file, const char *card);
/// Computes and writes the keywords DATASUM and CHECKSUM.
int cfits_write_checksum(cfits_file *file);
/// Copies the current HDU to the end of another file.
int cfits_copy(cfits_file *from, cfits_file *to);

/// Reads a box of the current image; `nan_nulls` gives undefined pixels NaN in floating-point output.
int cfits_read_box(
    cfits_file *file, int type, int axes, const int64_t *first, const int64_t *last, int nan_nulls, void *pixels
);
/// Reads bytes of the current HDU's data.
int cfits_read_bytes(cfits_file *file, int64_t offset, int64_t count, void *bytes);

/// Sets how the images created next are compressed; a step of 0 means without loss, a negative one is absolute.
int cfits_set_compression(
    cfits_file *file, int algorithm, int64_t tile_width, int64_t tile_height, float step, int dither, int seed
);
/// Creates the images that follow without compression.
int cfits_set_no_compression(cfits_file *file);
/// Appends an image HDU of a pixel type.
int cfits_create_image(cfits_file *file, int type, int axes, const int64_t *lengths);
/// The value that stands for an undefined pixel in `cfits_write_pixels`.
float cfits_undefined(void);
/// Writes all pixels of the current image; `marks_undefined` tells that some have the value of `cfits_undefined`.
int cfits_write_pixels(cfits_file *file, int type, int64_t count, const void *pixels, int marks_undefined);

/// Appends a binary table.
int cfits_create_table(
    cfits_file *file, int64_t rows, int columns, const char *const *names, const char *const *forms,
    const char *const *units, const char *extname
);
/// Writes elements into a column from a row on.
int cfits_write_column(cfits_file *file, int type, int column, int64_t row, int64_t count, const void *values);

#endif
