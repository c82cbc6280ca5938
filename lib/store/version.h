/*
 * One state of the whole store, immutable, shared by reference count: what a
 * snapshot pins and the evaluator reads.
 *
 *     version ─▶ object ─▶ page of 64 tiles ─▶ tile ─▶ columns
 *
 * Always:  row = tile << 16 | slot. A record exists if its row is live; a row
 *          that is not live may still be named by references and static
 *          segments. Everything reached from a version lives as long as it.
 *          The cluster field decided where a row was first put and says nothing
 *          more: a tile of one value may hold rows whose value has changed since,
 *          so conditions ask the column.
 * Threads: any number read; nothing here is ever written after publishing.
 */
#ifndef CO_STORE_VERSION_H
#define CO_STORE_VERSION_H

#include "base/error.h"
#include "bitmap/bitmap.h"
#include "column/column.h"
#include "store/schema.h"

typedef struct co_version co_version;

typedef struct co_tile {
    uint32_t n_rows; /* length of every column */
    uint32_t n_live;
    const uint64_t *live;      /* words; NULL: all n_rows are live */
    uint32_t parent_tile;      /* tile of the home parent, or CO_NONE */
    co_column *const *columns; /* by field id, n_columns of them; NULL: no row has a value */
    uint32_t n_columns;        /* fields added later are missing */
    const co_column *arrival;  /* numbers of arrival, see co_version_arrival; NULL: no row has one */
} co_tile;

co_version *co_version_retain(co_version *version);
void co_version_release(co_version *version);

uint64_t co_version_number(const co_version *version);
uint32_t co_version_epoch(const co_version *version);
const co_schema *co_version_schema(const co_version *version);

uint32_t co_version_n_tiles(const co_version *version, uint32_t object);
/* NULL for a tile without rows. */
const co_tile *co_version_tile(const co_version *version, uint32_t object, uint32_t tile);
uint64_t co_version_n_live(const co_version *version, uint32_t object);
/* NULL if the tile has none of that field. */
static inline const co_column *co_tile_column(const co_tile *tile, uint32_t field)
{
    return field < tile->n_columns ? tile->columns[field] : NULL;
}
bool co_version_is_live(const co_version *version, uint32_t object, uint32_t row);

/*
 * The tiles of an object that hold children of one parent tile (CO_NONE: of none), mixed
 * ones first: how many there are; those of index *first and on are tiles for
 * co_version_home_tile. Some may have no rows.
 */
uint32_t co_version_home_tiles(const co_version *version, uint32_t object, uint32_t parent_tile, uint32_t *first);
uint32_t co_version_home_tile(const co_version *version, uint32_t object, uint32_t index);
/* Whether it is known, without a look at the tile, that its rows have no cluster value but this number or code. */
bool co_version_home_value(const co_version *version, uint32_t object, uint32_t index, int64_t *value);

/*
 * Orders events by their first insertion, wherever they lie: of two rows the one with the smaller
 * number came first. 0: never inserted, or of an object that numbers nothing
 * (co_object_keeps_arrival).
 */
uint64_t co_version_arrival(const co_version *version, uint32_t object, uint32_t row);

/* A key as its object keeps it: number for int keys, text otherwise. */
typedef struct co_key {
    bool is_text;
    int64_t number;
    co_text text;
} co_key;

/*
 * The row that a key has in this version, live or not; CO_NONE if it has none.
 * Builds the object's key index on first use, so it can fail for memory.
 */
cohort_status co_version_row(const co_version *version, uint32_t object, co_key key, uint32_t *row,
                             cohort_error *error);
/* The key of any row that has been given, live or not. */
co_key co_version_key(const co_version *version, uint32_t object, uint32_t row);
bool co_version_has_text_keys(const co_version *version, uint32_t object);
/*
 * The keys of n live rows, rising: as numbers or as texts, whichever the object's are. Texts
 * are borrowed from the version. If a row is not live, *stranger is the lowest such, the
 * result false, and what was written is nothing to go by.
 */
bool co_version_number_keys(const co_version *version, uint32_t object, const uint32_t *rows, size_t n, int64_t *keys,
                            uint32_t *stranger);
bool co_version_text_keys(const co_version *version, uint32_t object, const uint32_t *rows, size_t n, co_text *keys,
                          uint32_t *stranger);

/* ---- definitions ---- */

typedef enum co_definition_kind {
    CO_DEFINED_SEGMENT = 1,
    CO_DEFINED_STATIC = 2,
    CO_DEFINED_TRAIT = 3
} co_definition_kind;

typedef struct co_definition {
    co_definition_kind kind;
    uint32_t object;
    co_text name;
    co_text text; /* canonical; empty for a static segment */
    int32_t nulls;
    const co_bitmap *rows; /* of a static segment: every row named, live or not */
} co_definition;

/* In order of (object name, name). */
uint32_t co_version_n_definitions(const co_version *version);
const co_definition *co_version_definition(const co_version *version, uint32_t index);
/* Segments (static ones too) and traits have separate names. NULL if there is none. */
const co_definition *co_version_find_segment(const co_version *version, uint32_t object, co_text name);
const co_definition *co_version_find_trait(const co_version *version, uint32_t object, co_text name);

#endif
