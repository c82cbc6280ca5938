/*
 * Columns from bytes that nobody vouches for: what sizes depend on is checked
 * first, then the arrays are copied whole, then validate.c looks at every value
 * of the finished column. Layout: stored.h.
 *
 * Costs:   memory at most a small multiple of the bytes read: 64 where numbers of 8
 *          bytes take a bit, 4 bytes an offset for texts whose lengths take 1, and a
 *          head for each column.
 */
#include <assert.h>

#include "column/bitpack.h"
#include "column/stored.h"
#include "column/validate.h"

/* What every form begins with. */
typedef struct stored_head {
    co_memory *memory;
    co_reader *in;
    co_form form;
    uint32_t width;
    co_presence presence;
    const void *valid_bytes;
    co_dictionary *dictionary;
} stored_head;

/* n items in place, or NULL: there are not so many bytes. */
static const void *take(co_reader *in, uint64_t n, uint64_t size)
{
    const uint64_t total = n * size;

    assert(size <= CO_TILE_WORDS * sizeof(uint64_t) && n <= UINT32_MAX * UINT64_C(65536));

    return co_reader_ok(in) && total <= co_reader_left(in) ? co_read_bytes(in, (size_t)total) : NULL;
}

static co_column *make(const stored_head *head, uint32_t width, size_t room_size, char **room)
{
    co_column *made =
        co_column_make(head->memory, head->form, width, &head->presence, head->dictionary, room_size, room);

    if (made != NULL && made->valid != NULL)
        co_load_array((uint64_t *)made->valid, head->valid_bytes, co_words_for(made->length),
                      sizeof(uint64_t));
    return made;
}

/* Each of these gives NULL if the bytes end early (*why says so) or there is no memory. */

/* The finished column, or none where its arrays were not. */
static co_column *finished(co_column *made, bool whole, const char *why_not, const char **why)
{
    if (whole)
        return made;
    co_column_release(made);
    *why = why_not;
    return NULL;
}

static co_column *read_numbers(const stored_head *head, const char **why)
{
    co_number_part part = { .least = (int64_t)co_read_u64(head->in),
                            .greatest = (int64_t)co_read_u64(head->in) };

    part.unit = co_read_u64(head->in);

    const bool bits = head->form == CO_FORM_BITS;
    const uint32_t item_size = bits ? sizeof(uint64_t) : head->width;
    const size_t n_items = bits ? co_words_for(head->presence.length) : head->presence.length;
    const void *words = bits ? take(head->in, n_items, item_size) : NULL;
    char *room;

    if (part.unit == 0 || (bits ? words == NULL : !co_unpack_fits(head->in, n_items, item_size))) {
        *why = co_reader_ok(head->in) && part.unit == 0 ? "has a unit of 0" : "ends inside its numbers";
        return NULL;
    }

    co_column *made = make(head, head->width, co_padded(n_items * item_size), &room);
    bool whole = true;

    if (made == NULL)
        return NULL;
    if (bits)
        co_load_array(room, words, n_items, item_size);
    else
        whole = co_unpack_array(head->in, room, n_items, item_size);
    part.greatest_code = ((uint64_t)part.greatest - (uint64_t)part.least) / part.unit;
    part.codes = room;
    if (bits)
        part.n_ones = (uint32_t)co_kernel_now()->count((const uint64_t *)(const void *)room, n_items);
    made->numbers = part;
    return finished(made, whole, "ends inside its numbers", why);
}

static co_column *read_codes(const stored_head *head, const char **why)
{
    const uint32_t n_list = co_read_u32(head->in);
    const size_t codes_size = (size_t)head->width * head->presence.length;
    const void *list_bytes = take(head->in, n_list, sizeof(uint32_t));
    char *room;

    if (list_bytes == NULL || !co_unpack_fits(head->in, head->presence.length, head->width) ||
        n_list > CO_TILE_ROWS || head->dictionary == NULL) {
        *why = head->dictionary == NULL ? "has codes but its field no dictionary" : "ends inside its codes";
        return NULL;
    }

    const size_t list_size = n_list * sizeof(uint32_t);
    co_column *made = make(head, head->width, co_padded(list_size) + co_padded(codes_size), &room);

    if (made == NULL)
        return NULL;

    uint32_t *list = co_carve(&room, list_size);

    co_load_array(list, list_bytes, n_list, sizeof *list);
    made->strings = (co_code_part){ room, list, n_list };
    return finished(made, co_unpack_array(head->in, room, head->presence.length, head->width),
                    "ends inside its codes", why);
}

static uint64_t length_at(const uint8_t *lengths, uint32_t width, size_t i)
{
    switch (width) {
    case 1:
        return lengths[i];
    case 2:
        return co_load_u16(lengths + i * 2);
    case 4:
        return co_load_u32(lengths + i * 4);
    default:
        return 0;
    }
}

static co_column *read_plain(const stored_head *head, const char **why)
{
    const uint32_t length = head->presence.length;
    const uint32_t total = co_read_u32(head->in);
    const uint8_t *lengths = take(head->in, length, head->width);
    const void *bytes = lengths == NULL ? NULL : take(head->in, total, 1);
    uint64_t sum = 0;

    for (size_t i = 0; bytes != NULL && i < length; i++)
        sum += length_at(lengths, head->width, i);
    if (bytes == NULL || sum != total) {
        *why = bytes == NULL ? "ends inside its texts" : "has lengths that do not sum to its bytes of text";
        return NULL;
    }

    const size_t offsets_size = ((size_t)length + 1) * sizeof(uint32_t);
    char *room;
    co_column *made = make(head, 0, co_padded(offsets_size) + total, &room);

    if (made == NULL)
        return NULL;

    uint32_t *offsets = co_carve(&room, offsets_size);

    offsets[0] = 0;
    for (size_t i = 0; i < length; i++)
        offsets[i + 1] = offsets[i] + (uint32_t)length_at(lengths, head->width, i);
    if (total > 0)
        memcpy(room, bytes, total);
    made->plain.offsets = offsets;
    made->plain.bytes = room;
    atomic_init(&made->plain.hashes, NULL);
    return made;
}

/* What is known of a column of sets before there is memory for it. */
typedef struct set_bytes {
    const uint8_t *codes;
    const uint8_t *counts;
    uint32_t n_elements;
    uint32_t n_dense;
    uint64_t n_slots;
} set_bytes;

static bool find_set_bytes(const stored_head *head, set_bytes *found)
{
    const uint32_t length = head->presence.length;

    *found = (set_bytes){ .n_elements = co_read_u32(head->in) };
    found->codes = take(head->in, found->n_elements, sizeof(uint32_t));
    found->counts = found->codes == NULL ? NULL : take(head->in, found->n_elements, sizeof(uint32_t));
    if (found->counts == NULL)
        return false;
    for (size_t i = 0; i < found->n_elements; i++) {
        const uint32_t count = co_load_u32(found->counts + i * 4);

        if (count > length)
            return false;
        if (co_set_is_dense(count, length))
            found->n_dense++;
        else
            found->n_slots += count;
    }
    /* A dense element takes a bit at least for each of the rows that make it one. */
    return found->n_slots <= UINT32_MAX && co_unpack_fits(head->in, length, head->width) &&
           (found->n_slots + (uint64_t)found->n_dense * co_words_for(length)) / 8 <= co_reader_left(head->in);
}

/* One dense element's words. */
static bool read_dense(co_reader *in, uint32_t count, uint32_t length, uint64_t *words)
{
    const size_t n_words = co_words_for(length);
    const unsigned method = co_read_u8(in);
    uint16_t slots[CO_TILE_ROWS / 2];

    memset(words, 0, n_words * sizeof *words);
    if (method == CO_STORED_WORDS) {
        const void *bytes = take(in, n_words, sizeof *words);

        if (bytes != NULL)
            co_load_array(words, bytes, n_words, sizeof *words);
        return bytes != NULL;
    }
    if (!co_reader_ok(in) || method != CO_STORED_SLOTS || count > CO_TILE_ROWS / 2 ||
        !co_unpack_slots(in, slots, count) ||
        slots[count - 1] >= length)
        return false;
    co_kernel_now()->add_slots(slots, count, words);
    return true;
}

/* Element after element, or all words and then all slots. */
static bool read_elements(co_reader *in, const co_set_part *part, uint32_t length)
{
    const size_t n_words = co_words_for(length);
    uint64_t *words = (uint64_t *)part->words;
    uint16_t *slots = (uint16_t *)part->slots;

    for (uint32_t i = 0; length >= CO_PACKED_FROM && i < part->n_elements; i++) {
        const bool read = co_set_is_dense(part->counts[i], length)
                              ? read_dense(in, part->counts[i], length, words + part->starts[i] * n_words)
                              : co_unpack_slots(in, slots + part->starts[i], part->counts[i]);

        if (!read)
            return false;
    }
    if (length >= CO_PACKED_FROM)
        return true;

    const void *word_bytes = take(in, part->n_dense, n_words * sizeof *words);
    const void *slot_bytes = word_bytes == NULL ? NULL : take(in, part->n_slots, sizeof *slots);

    if (slot_bytes == NULL)
        return false;
    co_load_array(words, word_bytes, part->n_dense * n_words, sizeof *words);
    co_load_array(slots, slot_bytes, (size_t)part->n_slots, sizeof *slots);
    return true;
}

static void find_starts(const uint32_t *counts, uint32_t n, uint32_t length, uint32_t *starts)
{
    uint32_t n_dense = 0;
    uint32_t n_slots = 0;

    for (uint32_t i = 0; i < n; i++) {
        const bool dense = co_set_is_dense(counts[i], length);

        starts[i] = dense ? n_dense : n_slots;
        n_dense += dense ? 1 : 0;
        n_slots += dense ? 0 : counts[i];
    }
}

static co_column *read_sets(const stored_head *head, const char **why)
{
    const uint32_t length = head->presence.length;
    set_bytes from;

    if (!find_set_bytes(head, &from) || head->dictionary == NULL) {
        *why = head->dictionary == NULL ? "has elements but its field no dictionary"
                                        : "ends inside its elements";
        return NULL;
    }

    const size_t index_size = from.n_elements * sizeof(uint32_t);
    const size_t n_words = from.n_dense * co_words_for(length);
    const size_t slots_size = (size_t)from.n_slots * sizeof(uint16_t);
    char *room;
    co_column *made = make(head, head->width,
                           3 * co_padded(index_size) + n_words * sizeof(uint64_t) + co_padded(slots_size) +
                               co_padded((size_t)head->width * length),
                           &room);

    if (made == NULL)
        return NULL;

    uint32_t *codes = co_carve(&room, index_size);
    uint32_t *counts = co_carve(&room, index_size);
    uint32_t *starts = co_carve(&room, index_size);
    uint64_t *words = co_carve(&room, n_words * sizeof *words);
    uint16_t *slots = co_carve(&room, slots_size);

    co_load_array(codes, from.codes, from.n_elements, sizeof *codes);
    co_load_array(counts, from.counts, from.n_elements, sizeof *counts);
    find_starts(counts, from.n_elements, length, starts);
    made->sets = (co_set_part){ codes, counts, starts, from.n_elements, from.n_dense, from.n_slots,
                                words, slots,  room };
    return finished(made,
                    co_unpack_array(head->in, room, length, head->width) &&
                        read_elements(head->in, &made->sets, length),
                    "ends inside its elements", why);
}

static co_column *read_points(const stored_head *head, const char **why)
{
    const size_t size = head->presence.length * sizeof(double);
    const char *bytes = take(head->in, 2 * size, 1);
    char *room;

    if (bytes == NULL) {
        *why = "ends inside its points";
        return NULL;
    }

    co_column *made = make(head, sizeof(double), 2 * size, &room);

    if (made == NULL)
        return NULL;

    double *latitudes = co_carve(&room, size);
    double *longitudes = co_carve(&room, size);

    co_load_array(latitudes, bytes, head->presence.length, sizeof(double));
    co_load_array(longitudes, bytes + size, head->presence.length, sizeof(double));
    made->points = (co_point_part){ latitudes, longitudes };
    return made;
}

/* May a column of this shape have this form and width? */
static bool fits(co_form form, uint32_t width, co_shape shape)
{
    const bool narrow = width == 0 || width == 1 || width == 2;

    switch (form) {
    case CO_FORM_OFFSETS:
        return shape == CO_SHAPE_NUMBERS && (narrow || width == 4 || width == 8);
    case CO_FORM_LINEAR:
    case CO_FORM_BITS:
        return shape == CO_SHAPE_NUMBERS && width == 0;
    case CO_FORM_CODES:
        return shape == CO_SHAPE_STRINGS && narrow;
    case CO_FORM_PLAIN:
        return shape == CO_SHAPE_STRINGS && (narrow || width == 4);
    case CO_FORM_SETS:
        return shape == CO_SHAPE_SETS && (narrow || width == 4);
    case CO_FORM_POINTS:
        return shape == CO_SHAPE_POINTS && width == sizeof(double);
    }
    return false;
}

static const char *read_head(stored_head *head, co_shape shape)
{
    head->form = (co_form)co_read_u8(head->in);
    head->width = co_read_u8(head->in);
    head->presence.n_valid = co_read_u32(head->in);
    if (!co_reader_ok(head->in))
        return "ends inside its head";
    if (!fits(head->form, head->width, shape))
        return "has a form that its field cannot have";
    if (head->presence.n_valid > head->presence.length)
        return "has more values than rows";
    if (head->presence.n_valid == head->presence.length)
        return NULL;
    head->valid_bytes = take(head->in, co_words_for(head->presence.length), sizeof(uint64_t));
    return head->valid_bytes == NULL ? "ends inside its missing values" : NULL;
}

static co_column *read_form(const stored_head *head, const char **why)
{
    switch (head->form) {
    case CO_FORM_OFFSETS:
    case CO_FORM_LINEAR:
    case CO_FORM_BITS:
        return read_numbers(head, why);
    case CO_FORM_CODES:
        return read_codes(head, why);
    case CO_FORM_PLAIN:
        return read_plain(head, why);
    case CO_FORM_SETS:
        return read_sets(head, why);
    case CO_FORM_POINTS:
        break;
    }
    return read_points(head, why);
}

cohort_status co_column_read(co_memory *memory, co_reader *in, co_shape shape, uint32_t length,
                             co_dictionary *dictionary, co_column **column, cohort_error *error)
{
    assert(length <= CO_TILE_ROWS);

    stored_head head = {
        .memory = memory, .in = in, .presence = { .length = length }, .dictionary = dictionary
    };
    const char *why = read_head(&head, shape);
    co_column *made = why == NULL ? read_form(&head, &why) : NULL;

    *column = NULL;
    if (why != NULL)
        return co_fail(error, COHORT_CORRUPT, "column %s", why);
    if (made == NULL)
        return co_fail_memory(error);

    const cohort_status status = co_column_validate(made, error);

    if (status != COHORT_OK) {
        co_column_release(made);
        return status;
    }
    *column = made;
    return COHORT_OK;
}
