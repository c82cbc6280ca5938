/*
 * Stores in directories: saved and opened, damaged in every place, made of
 * hostile parts, shared between openers, and saved on a disk that is full.
 */
#ifndef _GNU_SOURCE
#  define _GNU_SOURCE
#endif

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/snapformat.h"
#include "support/check_main.h"
#include "support/exercise.h"
#include "support/failing_memory.h"
#include "support/loading.h"
#include "support/must.h"
#include "support/random.h"
#include "support/snapbuild.h"

#ifdef CO_QUICK
enum { HOSTILE_STEP = 11 };
#else
enum { HOSTILE_STEP = 1 };
#endif

enum { PATH_ROOM = 512, FILE_ROOM = 65536 };

/* ---- a folder for each test, and what is in it ---- */

static char root[PATH_ROOM];
static char folder[PATH_ROOM];      /* root/s: the store */

static void setup(void)
{
    snprintf(root, sizeof root, "%s/cohort-directory-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_lt(snprintf(folder, sizeof folder, "%.400s/s", root), PATH_ROOM);
}

static void remove_tree(const char *path)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;

    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char inner[PATH_ROOM + 300];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof inner, "%.500s/%s", path, entry->d_name);
        if (unlink(inner) != 0)
            remove_tree(inner);
    }
    if (entries != NULL)
        closedir(entries);
    rmdir(path);
}

static void teardown(void)
{
    remove_tree(root);
}

static const char *in_folder(const char *name)
{
    static char path[2 * PATH_ROOM];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char first_file[] = "snap-0000000000000001.chs";
static const char second_file[] = "snap-0000000000000002.chs";

static void write_file(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(in_folder(name), "wb");

    must(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

static size_t read_file(const char *name, uint8_t bytes[FILE_ROOM])
{
    FILE *file = fopen(in_folder(name), "rb");
    size_t length;

    ck_assert_ptr_nonnull(file);
    length = fread(bytes, 1, FILE_ROOM, file);
    ck_assert_uint_lt(length, FILE_ROOM);
    fclose(file);
    return length;
}

/* Names in the folder but LOCK, sorted, with a blank after each. */
static const char *listing(void)
{
    static char out[PATH_ROOM];
    struct dirent **entries;
    const int n = scandir(folder, &entries, NULL, alphasort);

    out[0] = 0;
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && strcmp(entries[i]->d_name, "LOCK") != 0) {
            strncat(out, entries[i]->d_name, sizeof out - strlen(out) - 2);
            strcat(out, " ");
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return out;
}

/* ---- stores ---- */

static cohort_status open_store(const char *path, bool create, bool read_only, cohort_store **store,
                                cohort_error *error)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;

    options.create = create;
    options.read_only = read_only;
    return cohort_store_open(path, &options, store, error);
}

static cohort_store *must_open(const char *path, bool create, bool read_only)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;

    ck_assert_msg(open_store(path, create, read_only, &store, &error) == COHORT_OK, "%s", error.text);
    return store;
}

static void must_save(cohort_store *store)
{
    cohort_error error = COHORT_ERROR_INIT;

    ck_assert_msg(cohort_store_save(store, &error) == COHORT_OK, "%s", error.text);
}

/* Every type of field, references, events, clusters, definitions, a record deleted, keys without record. */
static void fill(cohort_store *store)
{
    static const cohort_pair refs[] = { { "firm", "firm" }, { "boss", "contact" } };
    static const cohort_pair visit_refs[] = { { "contact", "contact" } };
    static const cohort_pair sets[] = { { "tags", ";" } };
    static const cohort_pair points[] = { { "place", "lat,lon" } };
    const cohort_value keys[] = { { .type = COHORT_INT, .number = 2 }, { .type = COHORT_INT, .number = 77 } };
    cohort_load_options firm = COHORT_LOAD_OPTIONS_INIT;
    cohort_load_options contact = COHORT_LOAD_OPTIONS_INIT;
    cohort_load_options visit = COHORT_LOAD_OPTIONS_INIT;
    cohort_batch *batch;

    firm.object = "firm";
    firm.key = "name";
    must_load(store, &firm, "name,country,vip\nacme,DE,true\nbolt,,false\n");
    contact.object = "contact";
    contact.key = "id";
    contact.refs = refs;
    contact.n_refs = 2;
    contact.sets = sets;
    contact.n_sets = 1;
    contact.points = points;
    contact.n_points = 1;
    must_load(store, &contact,
              "id,age,balance,score,born,seen,name,tags,lat,lon,firm,boss\n"
              "1,30,2.50,1e3,1990-01-02,2026-01-05 10:00,Ann,a;b,10,20,acme,2\n"
              "2,,-0.01,,1980-05-06,,B\xc3\xb6" "b,,,,gone,9\n"
              "3,41,,7e-2,,2026-02-01 00:00,\"q\"\"t\",b;c,-5,6.5,bolt,1\n");
    visit.object = "visit";
    visit.refs = visit_refs;
    visit.n_refs = 1;
    visit.time = "at";
    visit.cluster = "kind";
    must_load(store, &visit, "at,kind,contact\n2026-03-01,x,1\n2026-03-02,y,3\n2026-02-01,x,1\n");
    ck_assert_int_eq(cohort_batch_new(store, &batch, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_batch_delete(batch, "contact", &(cohort_value){ .type = COHORT_INT, .number = 3 }, NULL),
                     COHORT_OK);
    ck_assert_int_eq(cohort_batch_commit(batch, NULL, NULL), COHORT_OK);
    cohort_batch_free(batch);
    ck_assert_int_eq(cohort_store_define(store, "contact", "old", "age > 35", SIZE_MAX, NULL, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_define_trait(store, "contact", "years", "age * 2", SIZE_MAX, NULL, NULL), COHORT_OK);
    ck_assert_int_eq(cohort_store_define_keys(store, "contact", "picked", 2, keys, NULL), COHORT_OK);
}

/* A filled store, saved as generation 1 and closed; its text, to be freed. */
static char *saved(void)
{
    cohort_store *store = must_open(folder, true, false);
    char *text;

    fill(store);
    must_save(store);
    text = store_text(store);
    cohort_store_close(store);
    return text;
}

static void assert_holds(const char *path, const char *text)
{
    cohort_store *store = must_open(path, false, true);
    char *found = store_text(store);

    ck_assert_str_eq(found, text);
    free(found);
    cohort_store_close(store);
}

/* ---- round trips ---- */

START_TEST(what_is_saved_opens_the_same)
{
    char *text = saved();
    cohort_store *store;
    struct stat status;

    assert_holds(folder, text);
    ck_assert_str_eq(listing(), "snap-0000000000000001.chs ");
    ck_assert(stat(folder, &status) == 0 && (status.st_mode & 0777) == 0700);
    ck_assert(stat(in_folder(first_file), &status) == 0 && (status.st_mode & 0777) == 0600);

    store = must_open(folder, false, false);
    must_save(store);
    ck_assert_str_eq(listing(), "snap-0000000000000002.chs ");
    cohort_store_close(store);
    assert_holds(folder, text);
    ck_assert_int_eq(cohort_store_check(folder, NULL), COHORT_OK);
    free(text);
}
END_TEST

START_TEST(an_empty_store_is_a_store)
{
    cohort_store *store = must_open(folder, true, false);

    must_save(store);
    cohort_store_close(store);
    assert_holds(folder, "");
}
END_TEST

/* ---- damage ---- */

/* The store's file with these bytes is refused, and the refusal tells the place or the version. */
static void assert_refused(const uint8_t *bytes, size_t length, const char *what, size_t where)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;
    cohort_status status;

    write_file(first_file, bytes, length);
    status = open_store(folder, false, true, &store, &error);
    if (status == COHORT_OK)
        ck_abort_msg("%s at %zu was not noticed", what, where);
    if (status != COHORT_CORRUPT && status != COHORT_TOO_NEW && status != COHORT_UNSUPPORTED)
        ck_abort_msg("%s at %zu: %s", what, where, error.text);
    must(status != COHORT_CORRUPT || strstr(error.text, "at byte ") != NULL);
}

START_TEST(every_byte_that_is_not_what_it_was_is_found)
{
    static uint8_t bytes[FILE_ROOM];
    co_random random = co_random_of(11);
    size_t length;

    free(saved());
    length = read_file(first_file, bytes);
    for (size_t i = 0; i < length; i++) {
        const uint8_t was = bytes[i];

        bytes[i] ^= (uint8_t)(1 + co_random_below(&random, 255));
        assert_refused(bytes, length, "another byte", i);
        bytes[i] = was;
    }
}
END_TEST

START_TEST(every_length_but_the_right_one_is_found)
{
    static uint8_t bytes[2 * FILE_ROOM];
    size_t length;

    free(saved());
    length = read_file(first_file, bytes);
    for (size_t n = 0; n < length; n++)
        assert_refused(bytes, n, "the end", n);
    memcpy(bytes + length, bytes, length);
    assert_refused(bytes, length + 1, "junk", length);
    assert_refused(bytes, length + CO_SNAP_PAGE, "a page of junk", length);
    assert_refused(bytes, 2 * length, "the file again", length);
}
END_TEST

START_TEST(files_and_blocks_of_elsewhere_are_found)
{
    static uint8_t bytes[FILE_ROOM], other[FILE_ROOM];
    char elsewhere[PATH_ROOM];
    size_t length;

    free(saved());
    length = read_file(first_file, bytes);
    snprintf(elsewhere, sizeof elsewhere, "%s", folder);
    strcat(folder, "2");
    free(saved());
    ck_assert_uint_eq(read_file(first_file, other), length);
    memcpy(folder, elsewhere, sizeof elsewhere);

    /* From the other store: the first block, the footer. */
    memcpy(bytes + CO_SNAP_PAGE, other + CO_SNAP_PAGE, CO_SNAP_HEAD + 16);
    assert_refused(bytes, length, "another store's block", CO_SNAP_PAGE);
    write_file(first_file, other, length);

    char from[2 * PATH_ROOM];

    snprintf(from, sizeof from, "%s", in_folder(first_file));
    ck_assert_int_eq(rename(from, in_folder(second_file)), 0);

    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;

    ck_assert_int_eq(open_store(folder, false, true, &store, &error), COHORT_CORRUPT);
    ck_assert_ptr_nonnull(strstr(error.text, "another generation"));
}
END_TEST

static void set_header(uint8_t *bytes)
{
    const co_snap_seed seed = { co_load_u64(bytes + 24), co_load_u64(bytes + 40) };

    co_store_u64(bytes + 4088, co_snap_hash(seed, CO_SNAP_PLACE_HEADER, bytes, 4088));
}

/* Where in the header, how many bytes, what; then what opening to read and to write says. */
static const struct {
    size_t offset, size;
    uint32_t value;
    cohort_status to_read, to_write;
} features[] = {
    { 8, 2, 0, COHORT_UNSUPPORTED, COHORT_UNSUPPORTED },
    { 8, 2, CO_SNAP_MAJOR + 1, COHORT_TOO_NEW, COHORT_TOO_NEW },
    { 10, 2, 9, COHORT_OK, COHORT_OK },
    { 12, 4, 1, COHORT_TOO_NEW, COHORT_TOO_NEW },
    { 16, 4, 0x80000000, COHORT_OK, COHORT_TOO_NEW },
    { 20, 4, 7, COHORT_OK, COHORT_OK },
    { 64, 4, CO_SNAP_MAJOR + 1, COHORT_TOO_NEW, COHORT_TOO_NEW },
};

START_TEST(versions_and_features_of_later_days_are_respected)
{
    static uint8_t bytes[FILE_ROOM];
    cohort_store *store;
    size_t length;

    free(saved());
    length = read_file(first_file, bytes);
    if (features[_i].size == 2)
        co_store_u16(bytes + features[_i].offset, (uint16_t)features[_i].value);
    else
        co_store_u32(bytes + features[_i].offset, features[_i].value);
    set_header(bytes);
    write_file(first_file, bytes, length);
    ck_assert_int_eq(open_store(folder, false, true, &store, NULL), features[_i].to_read);
    cohort_store_close(store);
    ck_assert_int_eq(open_store(folder, false, false, &store, NULL), features[_i].to_write);
    cohort_store_close(store);
}
END_TEST

/* ---- hostile parts behind right checksums ---- */

static void try_parts(const snap_parts *parts, co_memory *memory)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;
    co_buffer out;

    co_buffer_init(&out, memory, 0);
    snap_build(parts, &out);
    write_file(first_file, out.bytes, out.length);
    co_buffer_clear(&out);
    if (open_store(folder, false, true, &store, &error) == COHORT_OK) {
        exercise_store(store);
        cohort_store_close(store);
    } else if (error.code == COHORT_CORRUPT) {
        must(strstr(error.text, "at byte ") != NULL);
    }
}

static void take_apart_saved(snap_parts *parts, co_memory *memory)
{
    static uint8_t bytes[FILE_ROOM];

    free(saved());
    read_file(first_file, bytes);
    co_memory_init(memory, NULL, 0);
    snap_parts_init(parts, memory);
    snap_take_apart(bytes, parts);
}

START_TEST(parts_put_together_again_are_the_same_store)
{
    static snap_parts parts;
    co_memory memory;
    char *text = saved();
    co_buffer out;

    remove_tree(folder);
    take_apart_saved(&parts, &memory);
    co_buffer_init(&out, &memory, 0);
    snap_build(&parts, &out);
    write_file(first_file, out.bytes, out.length);
    co_buffer_clear(&out);
    assert_holds(folder, text);
    snap_parts_clear(&parts);
    free(text);
}
END_TEST

START_TEST(hostile_sections_behind_right_checksums_never_crash)
{
    static const uint8_t values[] = { 0, 1, 0x7f, 0xff };
    static snap_parts parts;
    co_memory memory;

    take_apart_saved(&parts, &memory);
    for (size_t i = 0; i < parts.bytes.length; i += HOSTILE_STEP) {
        char *byte = &parts.bytes.bytes[i];
        const char was = *byte;

        *byte = (char)(values[i / HOSTILE_STEP % 4] ^ (*byte == (char)values[i / HOSTILE_STEP % 4] ? 2 : 0));
        try_parts(&parts, &memory);
        *byte = was;
    }
    snap_parts_clear(&parts);
}
END_TEST

START_TEST(sections_cut_swapped_repeated_or_missing_never_crash)
{
    static snap_parts parts;
    co_memory memory;

    take_apart_saved(&parts, &memory);
    for (size_t i = 0; i < parts.n; i++) {
        const snap_part was = parts.parts[i];

        for (size_t length = 0; length < was.length; length += 1 + length / 8 * HOSTILE_STEP) {
            parts.parts[i].length = length;
            try_parts(&parts, &memory);
        }
        parts.parts[i] = was;
        for (size_t j = 0; j < parts.n; j++) {
            parts.parts[i] = parts.parts[j];
            try_parts(&parts, &memory);
            parts.parts[i] = was;
            parts.parts[i].section = parts.parts[j].section;
            try_parts(&parts, &memory);
            parts.parts[i] = was;
        }
    }
    snap_parts_clear(&parts);
}
END_TEST

START_TEST(header_and_sections_of_different_stores_do_not_meet)
{
    static snap_parts parts;
    co_memory memory;
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;
    co_buffer out;

    take_apart_saved(&parts, &memory);
    parts.store++;
    co_buffer_init(&out, &memory, 0);
    snap_build(&parts, &out);
    write_file(first_file, out.bytes, out.length);
    ck_assert_int_eq(open_store(folder, false, true, &store, &error), COHORT_CORRUPT);
    ck_assert_ptr_nonnull(strstr(error.text, "different stores"));
    co_buffer_clear(&out);
    snap_parts_clear(&parts);
}
END_TEST

/* ---- openers ---- */

/* Runs in a child; its exit code is what `ask` gives. */
static int in_child(int (*ask)(void *context), void *context)
{
    const pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(ask(context));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int open_to_write(void *context)
{
    cohort_store *store;
    const cohort_status status = open_store(context, false, false, &store, NULL);

    cohort_store_close(store);
    return status;
}

START_TEST(one_writes_and_anybody_reads)
{
    char *text = saved();
    cohort_store *writer = must_open(folder, false, false);
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;

    ck_assert_int_eq(open_store(folder, false, false, &store, &error), COHORT_BUSY);
    ck_assert_ptr_null(store);
    ck_assert_ptr_nonnull(strstr(error.text, "LOCK"));
    ck_assert_int_eq(in_child(open_to_write, folder), COHORT_BUSY);
    assert_holds(folder, text);
    ck_assert_int_eq(cohort_store_check(folder, NULL), COHORT_OK);
    ck_assert_int_eq(in_child(open_to_write, folder), COHORT_BUSY);
    cohort_store_close(writer);
    ck_assert_int_eq(in_child(open_to_write, folder), COHORT_OK);
    free(text);
}
END_TEST

static int save_and_close(void *context)
{
    const cohort_status status = cohort_store_save(context, NULL);

    cohort_store_close(context);
    return status;
}

START_TEST(a_child_neither_saves_nor_lets_go)
{
    cohort_store *store = must_open(folder, true, false);

    fill(store);
    must_save(store);
    ck_assert_int_eq(in_child(save_and_close, store), COHORT_FORK);
    ck_assert_int_eq(in_child(open_to_write, folder), COHORT_BUSY);
    must_save(store);
    cohort_store_close(store);
}
END_TEST

static void *save_often(void *context)
{
    for (int i = 0; i < 20; i++)
        if (cohort_store_save(context, NULL) != COHORT_OK)
            return context;
    return NULL;
}

START_TEST(saves_queue_up_and_readers_find_a_store_all_the_while)
{
    char *text = saved();
    cohort_store *store = must_open(folder, false, false);
    pthread_t threads[2];
    void *failed;

    for (int t = 0; t < 2; t++)
        ck_assert_int_eq(pthread_create(&threads[t], NULL, save_often, store), 0);
    for (int i = 0; i < 50; i++)
        assert_holds(folder, text);
    for (int t = 0; t < 2; t++) {
        ck_assert_int_eq(pthread_join(threads[t], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_str_eq(listing(), "snap-0000000000000029.chs ");
    cohort_store_close(store);
    free(text);
}
END_TEST

START_TEST(a_lock_that_was_taken_away_stops_the_save)
{
    cohort_store *store;
    cohort_error error = COHORT_ERROR_INIT;

    free(saved());
    store = must_open(folder, false, false);
    ck_assert_int_eq(unlink(in_folder("LOCK")), 0);
    ck_assert_int_eq(cohort_store_save(store, &error), COHORT_IO);
    ck_assert_str_eq(listing(), "snap-0000000000000001.chs ");
    write_file("LOCK", "", 0);
    ck_assert_int_eq(cohort_store_save(store, &error), COHORT_IO);
    cohort_store_close(store);
}
END_TEST

/* ---- paths ---- */

START_TEST(a_store_stays_where_it_was_opened)
{
    char *text = saved();
    char link[2 * PATH_ROOM];
    char here[PATH_ROOM];
    cohort_store *store;

    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    snprintf(link, sizeof link, "%s/link", root);
    ck_assert_int_eq(symlink("s", link), 0);
    ck_assert_int_eq(chdir(root), 0);
    store = must_open("link/", false, false);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(unlink(link), 0);
    must_save(store);
    ck_assert_str_eq(listing(), "snap-0000000000000002.chs ");
    cohort_store_close(store);
    assert_holds(folder, text);
    ck_assert_int_eq(chdir(here), 0);
    free(text);
}
END_TEST

START_TEST(paths_that_hold_no_store_are_told_apart)
{
    char path[2 * PATH_ROOM];
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;

    ck_assert_int_eq(open_store("", false, false, &store, &error), COHORT_INVALID);
    ck_assert_int_eq(open_store(folder, false, false, &store, &error), COHORT_NOT_FOUND);
    ck_assert_int_eq(open_store(folder, false, true, &store, &error), COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_store_check(folder, &error), COHORT_NOT_FOUND);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_eq(open_store(folder, false, false, &store, &error), COHORT_NOT_FOUND);
    ck_assert_int_eq(cohort_store_check(folder, &error), COHORT_NOT_FOUND);
    ck_assert_str_eq(listing(), "");
    snprintf(path, sizeof path, "%s/file", root);
    fclose(fopen(path, "w"));
    for (int create = 0; create <= 1; create++) {
        ck_assert_int_eq(open_store(path, create, false, &store, &error), COHORT_NOT_FOUND);
        ck_assert_ptr_nonnull(strstr(error.text, "is a file"));
    }
    ck_assert_int_eq(mkfifo(in_folder(first_file), 0600), 0);
    ck_assert_int_eq(open_store(folder, false, true, &store, &error), COHORT_IO);
    ck_assert_int_eq(unlink(in_folder(first_file)), 0);
    ck_assert_int_eq(symlink(path, in_folder(first_file)), 0);
    ck_assert_int_eq(open_store(folder, false, true, &store, &error), COHORT_IO);
}
END_TEST

static int write_as_nobody(void *context)
{
    cohort_store *store;
    cohort_status status;

    if (setgid(65534) != 0 || setuid(65534) != 0)
        return 99;
    if (open_store(context, false, false, &store, NULL) != COHORT_IO)
        return 98;
    status = open_store(context, false, true, &store, NULL);
    if (status == COHORT_OK)
        status = cohort_store_save(store, NULL);
    cohort_store_close(store);
    return status;
}

START_TEST(a_directory_that_cannot_be_written_can_be_read)
{
    free(saved());
    if (getuid() != 0) {
        printf("skipped: only root can become somebody else\n");
        return;
    }
    ck_assert_int_eq(chmod(root, 0755) | chmod(folder, 0555) | chmod(in_folder(first_file), 0444), 0);
    ck_assert_int_eq(in_child(write_as_nobody, folder), COHORT_READ_ONLY);
    ck_assert_int_eq(chmod(folder, 0700), 0);
}
END_TEST

/* ---- saves that fail ---- */

START_TEST(what_an_interrupted_save_left_is_swept_and_nothing_else)
{
    char *text = saved();
    static uint8_t bytes[FILE_ROOM];
    const size_t length = read_file(first_file, bytes);
    cohort_store *store = must_open(folder, false, false);

    must_save(store);
    cohort_store_close(store);
    write_file("snap-0000000000000003.tmp", bytes, length / 2);
    write_file(first_file, bytes, length);
    write_file("snap-holiday.tmp", "mine", 4);
    write_file("snap-000000000000000g.chs", "mine", 4);
    assert_holds(folder, text);
    ck_assert_str_eq(listing(), "snap-0000000000000001.chs snap-0000000000000002.chs snap-0000000000000003.tmp "
                                "snap-000000000000000g.chs snap-holiday.tmp ");
    store = must_open(folder, false, false);
    ck_assert_str_eq(listing(), "snap-0000000000000002.chs snap-000000000000000g.chs snap-holiday.tmp ");
    cohort_store_close(store);
    free(text);
}
END_TEST

/* Saves with a disk that takes so many bytes of a file. */
static int save_limited(void *context)
{
    const size_t most = *(size_t *)context;
    const struct rlimit limit = { most, most };
    cohort_error error = COHORT_ERROR_INIT;
    cohort_store *store;
    cohort_status status;

    signal(SIGXFSZ, SIG_IGN);
    if (open_store(folder, false, false, &store, NULL) != COHORT_OK || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 99;
    status = cohort_store_save(store, &error);
    if (status != COHORT_OK && strstr(error.text, ".tmp") == NULL)
        return 98;
    cohort_store_close(store);
    return status;
}

START_TEST(a_save_that_does_not_fit_leaves_what_was_there)
{
    static uint8_t bytes[FILE_ROOM];
    char *text = saved();
    const size_t length = read_file(first_file, bytes);

    for (size_t most = 0; most < length; most += 1 + length / 40) {
        ck_assert_int_eq(in_child(save_limited, &most), COHORT_IO);
        ck_assert_str_eq(listing(), "snap-0000000000000001.chs ");
        assert_holds(folder, text);
    }
    ck_assert_int_eq(in_child(save_limited, &(size_t){ length }), COHORT_OK);
    ck_assert_str_eq(listing(), "snap-0000000000000002.chs ");
    free(text);
}
END_TEST

START_TEST(the_last_number_is_not_passed)
{
    static snap_parts parts;
    co_memory memory;
    cohort_store *store;
    co_buffer out;

    take_apart_saved(&parts, &memory);
    parts.generation = UINT64_MAX;
    co_buffer_init(&out, &memory, 0);
    snap_build(&parts, &out);
    write_file("snap-ffffffffffffffff.chs", out.bytes, out.length);
    co_buffer_clear(&out);
    snap_parts_clear(&parts);
    store = must_open(folder, false, false);
    ck_assert_int_eq(cohort_store_save(store, NULL), COHORT_IO);
    cohort_store_close(store);
}
END_TEST

static cohort_status open_and_save(const cohort_allocator *allocator, cohort_error *error)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;
    cohort_store *store;
    cohort_status status;

    options.allocator = allocator;
    status = cohort_store_open(folder, &options, &store, error);
    if (status == COHORT_OK)
        status = cohort_store_save(store, error);
    cohort_store_close(store);
    return status;
}

START_TEST(no_allocation_that_fails_in_open_or_save_does_harm)
{
    char *text = saved();

    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        cohort_error error = COHORT_ERROR_INIT;
        const cohort_status status = open_and_save(&allocator, &error);

        ck_assert(co_failing_is_clean(&state));
        assert_holds(folder, text);
        if (state.n_refused == 0) {
            ck_assert_int_eq(status, COHORT_OK);
            break;
        }
        ck_assert_msg(status == COHORT_MEMORY, "refused %d: %s", (int)n, error.text);
    }
    free(text);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("directory");
    TCase *tests = tcase_create("directory");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_saved_opens_the_same);
    tcase_add_test(tests, an_empty_store_is_a_store);
    tcase_add_test(tests, every_byte_that_is_not_what_it_was_is_found);
    tcase_add_test(tests, every_length_but_the_right_one_is_found);
    tcase_add_test(tests, files_and_blocks_of_elsewhere_are_found);
    tcase_add_loop_test(tests, versions_and_features_of_later_days_are_respected, 0,
                        (int)(sizeof features / sizeof *features));
    tcase_add_test(tests, parts_put_together_again_are_the_same_store);
    tcase_add_test(tests, hostile_sections_behind_right_checksums_never_crash);
    tcase_add_test(tests, sections_cut_swapped_repeated_or_missing_never_crash);
    tcase_add_test(tests, header_and_sections_of_different_stores_do_not_meet);
    tcase_add_test(tests, one_writes_and_anybody_reads);
    tcase_add_test(tests, a_child_neither_saves_nor_lets_go);
    tcase_add_test(tests, saves_queue_up_and_readers_find_a_store_all_the_while);
    tcase_add_test(tests, a_lock_that_was_taken_away_stops_the_save);
    tcase_add_test(tests, a_store_stays_where_it_was_opened);
    tcase_add_test(tests, paths_that_hold_no_store_are_told_apart);
    tcase_add_test(tests, a_directory_that_cannot_be_written_can_be_read);
    tcase_add_test(tests, what_an_interrupted_save_left_is_swept_and_nothing_else);
    tcase_add_test(tests, a_save_that_does_not_fit_leaves_what_was_there);
    tcase_add_test(tests, the_last_number_is_not_passed);
    tcase_add_test(tests, no_allocation_that_fails_in_open_or_save_does_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
