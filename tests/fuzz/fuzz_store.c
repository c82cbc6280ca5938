/*
 * Any bytes as a saved store. First byte even: the rest is the file, as it is.
 * Odd: the rest is sections, which get a file around them whose checksums are
 * right, so that what the sections mean is believed or refused:
 *
 *     u8 kind   u8 object   u8 index   u16 length   the bytes
 *
 * Whatever opens is asked, written out and changed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/exercise.h"
#include "support/snapbuild.h"

enum { PATH_ROOM = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[PATH_ROOM];
static char file[PATH_ROOM + 64];

static void insist(bool condition)
{
    if (!condition)
        abort();
}

static void forget_folder(void)
{
    unlink(file);
    rmdir(folder);
}

static void make_folder(void)
{
    if (folder[0] != 0)
        return;
    snprintf(folder, sizeof folder, "%s/fuzz-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    insist(mkdtemp(folder) != NULL);
    snprintf(file, sizeof file, "%s/snap-0000000000000001.chs", folder);
    atexit(forget_folder);
}

static void write_file(const void *bytes, size_t length)
{
    const int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    insist(descriptor >= 0);
    insist(length == 0 || write(descriptor, bytes, length) == (ssize_t)length);
    close(descriptor);
}

static void write_sections(co_reader *in)
{
    snap_parts parts;
    co_memory memory;
    co_buffer out;

    co_memory_init(&memory, NULL, 0);
    snap_parts_init(&parts, &memory);
    co_buffer_init(&out, &memory, 0);
    for (;;) {
        co_section section;

        section.kind = co_read_u8(in);
        section.object = co_read_u8(in);
        section.index = co_read_u8(in);

        const uint16_t length = co_read_u16(in);
        const size_t n = length < co_reader_left(in) ? length : co_reader_left(in);

        if (!co_reader_ok(in) || !snap_add(&parts, section, co_read_bytes(in, n), n))
            break;
    }
    /* The header is of the store that the first section names. */
    if (parts.n > 0 && parts.parts[0].length >= sizeof parts.store)
        parts.store = co_load_u64(parts.bytes.bytes);
    snap_build(&parts, &out);
    write_file(out.bytes, out.length);
    snap_parts_clear(&parts);
    co_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;

    if (size == 0)
        return 0;
    make_folder();
    if (data[0] % 2 == 0) {
        write_file(data + 1, size - 1);
    } else {
        co_reader in = co_reader_of(data + 1, size - 1);

        write_sections(&in);
    }
    options.read_only = 1;
    options.memory_limit_bytes = UINT64_C(256) * 1024 * 1024;
    if (cohort_store_open(folder, &options, &store, &error) == COHORT_OK) {
        exercise_store(store);
        cohort_store_close(store);
    } else {
        insist(error.text[0] != 0);
    }
    return 0;
}
