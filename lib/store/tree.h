/*
 * The nodes a version is made of, and how the next version is built from them.
 *
 *     version ─▶ object ─▶ page of 64 tiles ─▶ tile ─▶ columns
 *        └─▶ schema, definitions        └─▶ layout, key index
 *
 * Always:  nodes are shared by reference count. A draft is a version that only
 *          its maker knows; it copies a node before the first change and owns it
 *          from then on. After publishing nothing is written any more.
 */
#ifndef CO_STORE_TREE_H
#define CO_STORE_TREE_H

#include <stdatomic.h>

#include "store/index.h"
#include "store/version.h"

#define CO_PAGE_TILES 64u
#define CO_MOST_TILES 65536u
#define CO_MOST_OBJECTS 4096u

typedef _Atomic uint32_t co_references;

/* What a tile may hold: children of one parent tile, perhaps with one cluster value. */
typedef struct co_group {
    uint32_t parent_tile; /* or CO_NONE */
    bool clustered;       /* all given with `value`; else mixed */
    int64_t value;        /* the number, or the dictionary's code of the text */
} co_group;

typedef struct co_tile_node {
    co_references references;
    co_tile tile; /* its live words and columns belong to this node */
    co_group group;
    uint64_t *live; /* NULL: all live */
    co_column **columns;
    co_column *arrival; /* as tile.arrival */
} co_tile_node;

typedef struct co_page {
    co_references references;
    co_tile_node *tiles[CO_PAGE_TILES];
} co_page;

/* Every tile of an object in the order of its group, then of its number. */
typedef struct co_layout_entry {
    co_group group;
    uint32_t tile;
} co_layout_entry;

typedef struct co_layout {
    co_references references;
    uint32_t n;
    co_layout_entry entries[];
} co_layout;

typedef struct co_object_node {
    co_references references;
    uint32_t n_tiles;
    uint64_t n_live;
    uint64_t last_number; /* given to a record: its key where there are none, else its number of arrival */
    uint64_t given_at;    /* version that last gave a row to a key */
    uint32_t n_mingled; /* tiles of one cluster value in which rows have another by now */
    bool even;            /* int keys that rise, from tile to tile, within each by one step: found without an index */
    uint32_t n_pages;
    co_page **pages;   /* an entry may be NULL */
    co_layout *layout; /* NULL: no tiles */
    co_key_index *index;
} co_object_node;

typedef struct co_definition_node {
    co_references references;
    co_definition definition;
    co_bitmap rows;
    size_t size_bytes; /* of this node and the texts behind it */
} co_definition_node;

typedef struct co_definitions {
    co_references references;
    uint32_t n;
    co_definition_node *nodes[];
} co_definitions;

struct co_store;

struct co_version {
    co_references references;
    uint32_t epoch;
    uint64_t number;
    struct co_store *store; /* retained */
    co_memory *memory;      /* the store's */
    co_schema *schema;
    co_definitions *definitions;
    uint32_t n_objects;
    co_object_node **objects; /* none is NULL */
};

/* ---- tiles ---- */

/* n_columns pointers, all NULL; live NULL. */
co_tile_node *co_tile_node_new(co_memory *memory, uint32_t n_rows, uint32_t n_columns, co_group group);
co_tile_node *co_tile_node_retain(co_tile_node *node);
void co_tile_node_release(co_memory *memory, co_tile_node *node);
/* Takes the column, which may be NULL. */
void co_tile_node_set_arrival(co_tile_node *node, co_column *arrival);
/* Copies the words, or keeps none when all n_rows are live; counts. False: no memory. */
bool co_tile_node_set_live(co_memory *memory, co_tile_node *node, const uint64_t *live);

/* ---- objects ---- */

const co_object_node *co_version_object(const co_version *version, uint32_t object);
co_tile_node *co_object_node_tile(const co_object_node *node, uint32_t tile);
/* NULL: no memory. */
co_object_node *co_object_node_new(co_memory *memory);
void co_object_node_release(co_memory *memory, co_object_node *node);

/* Orders groups; 0 if they are one. */
int co_group_compare(const co_group *a, const co_group *b);
/* The first entry whose group is not less; layout may be NULL. */
uint32_t co_layout_find(const co_layout *layout, const co_group *group);
/* A layout with these entries too; NULL: no memory. */
co_layout *co_layout_with(co_memory *memory, const co_layout *layout, const co_layout_entry *more,
                          uint32_t n_more);
void co_layout_release(co_memory *memory, co_layout *layout);

/* ---- drafts ---- */

/* The next version, sharing all of `base`. NULL: no memory. */
co_version *co_draft_new(const co_version *base);
/* The first version of a store: no objects. NULL: no memory. */
co_version *co_draft_first(struct co_store *store, co_memory *memory);
/* The object, ready to be changed; NULL: no memory. */
co_object_node *co_draft_object(co_version *draft, uint32_t object);
/* One more object, empty; takes `node`. False (node not taken): no memory. */
bool co_draft_add_object(co_version *draft, co_object_node *node);
/* Takes `node`, also on failure. False: no memory. Counts of tiles, mingled ones and live rows follow. */
bool co_draft_set_tile(co_version *draft, uint32_t object, uint32_t tile, co_tile_node *node);
/* Takes them over; old ones are released. */
void co_draft_set_schema(co_version *draft, co_schema *schema);
void co_draft_set_definitions(co_version *draft, co_definitions *definitions);

#endif
