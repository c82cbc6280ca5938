/*
 * Making, sharing and freeing the nodes of versions.
 *
 * Costs:   a changed tile copies its page (64 pointers) and its object's list of
 *          pages once per draft; everything else is shared.
 */
#include <assert.h>
#include <string.h>

#include "store/definitions.h"
#include "store/root.h"
#include "store/schema_build.h"
#include "store/tree.h"
#include "store/words.h"

static bool last_reference(co_references *references)
{
    return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

static void add_reference(co_references *references)
{
    atomic_fetch_add_explicit(references, 1, memory_order_relaxed);
}

static bool is_shared(co_references *references)
{
    return atomic_load_explicit(references, memory_order_acquire) > 1;
}

/* ---- tiles ---- */

co_tile_node *co_tile_node_new(co_memory *memory, uint32_t n_rows, uint32_t n_columns, co_group group)
{
    co_tile_node *node = co_memory_new_zeroed(memory, 1, sizeof *node);

    if (node == NULL)
        return NULL;
    node->columns = co_memory_new_zeroed(memory, n_columns, sizeof *node->columns);
    if (node->columns == NULL) {
        co_memory_free(memory, node, sizeof *node);
        return NULL;
    }
    atomic_init(&node->references, 1);
    node->group = group;
    node->tile.n_rows = n_rows;
    node->tile.n_live = n_rows;
    node->tile.parent_tile = group.parent_tile;
    node->tile.columns = node->columns;
    node->tile.n_columns = n_columns;
    return node;
}

co_tile_node *co_tile_node_retain(co_tile_node *node)
{
    add_reference(&node->references);
    return node;
}

void co_tile_node_release(co_memory *memory, co_tile_node *node)
{
    if (node == NULL || !last_reference(&node->references))
        return;
    for (uint32_t i = 0; i < node->tile.n_columns; i++) {
        if (node->columns[i] != NULL)
            co_column_release(node->columns[i]);
    }
    if (node->arrival != NULL)
        co_column_release(node->arrival);
    co_memory_free(memory, node->columns, node->tile.n_columns * sizeof *node->columns);
    co_memory_free(memory, node->live, co_words_for(node->tile.n_rows) * sizeof *node->live);
    co_memory_free(memory, node, sizeof *node);
}

void co_tile_node_set_arrival(co_tile_node *node, co_column *arrival)
{
    node->arrival = arrival;
    node->tile.arrival = arrival;
}

bool co_tile_node_set_live(co_memory *memory, co_tile_node *node, const uint64_t *live)
{
    const size_t n_words = co_words_for(node->tile.n_rows);

    assert(node->live == NULL);
    node->tile.n_live = co_words_count(live, n_words);
    if (node->tile.n_live == node->tile.n_rows)
        return true;
    node->live = co_memory_new_array(memory, n_words, sizeof *live);
    if (node->live == NULL)
        return false;
    memcpy(node->live, live, n_words * sizeof *live);
    node->tile.live = node->live;
    return true;
}

/* ---- pages ---- */

static void page_release(co_memory *memory, co_page *page)
{
    if (page == NULL || !last_reference(&page->references))
        return;
    for (uint32_t i = 0; i < CO_PAGE_TILES; i++)
        co_tile_node_release(memory, page->tiles[i]);
    co_memory_free(memory, page, sizeof *page);
}

static co_page *page_copy(co_memory *memory, const co_page *from)
{
    co_page *page = co_memory_new_zeroed(memory, 1, sizeof *page);

    if (page == NULL)
        return NULL;
    atomic_init(&page->references, 1);
    for (uint32_t i = 0; from != NULL && i < CO_PAGE_TILES; i++) {
        if (from->tiles[i] != NULL)
            page->tiles[i] = co_tile_node_retain(from->tiles[i]);
    }
    return page;
}

/* ---- layouts ---- */

int co_group_compare(const co_group *a, const co_group *b)
{
    if (a->parent_tile != b->parent_tile)
        return a->parent_tile < b->parent_tile ? -1 : 1;
    if (a->clustered != b->clustered)
        return a->clustered ? 1 : -1;
    if (a->clustered && a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return 0;
}

uint32_t co_layout_find(const co_layout *layout, const co_group *group)
{
    uint32_t low = 0;
    uint32_t high = layout == NULL ? 0 : layout->n;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (co_group_compare(&layout->entries[middle].group, group) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first entry of that parent tile or a later one. */
static uint32_t first_of_parent(const co_layout *layout, uint32_t parent_tile)
{
    const co_group mixed = { .parent_tile = parent_tile };

    return co_layout_find(layout, &mixed);
}

uint32_t co_version_home_tiles(const co_version *version, uint32_t object, uint32_t parent_tile,
                               uint32_t *first)
{
    const co_layout *layout = co_version_object(version, object)->layout;

    *first = first_of_parent(layout, parent_tile);
    if (layout == NULL)
        return 0;
    return (parent_tile == CO_NONE ? layout->n : first_of_parent(layout, parent_tile + 1)) - *first;
}

uint32_t co_version_home_tile(const co_version *version, uint32_t object, uint32_t index)
{
    return co_version_object(version, object)->layout->entries[index].tile;
}

bool co_version_home_value(const co_version *version, uint32_t object, uint32_t index, int64_t *value)
{
    const co_object_node *node = co_version_object(version, object);
    const co_group *group = &node->layout->entries[index].group;

    *value = group->value;
    return group->clustered && node->n_mingled == 0;
}

static size_t layout_size(uint32_t n)
{
    return sizeof(co_layout) + n * sizeof(co_layout_entry);
}

static int compare_entries(const co_layout_entry *a, const co_layout_entry *b)
{
    const int order = co_group_compare(&a->group, &b->group);

    return order != 0 ? order : (a->tile > b->tile) - (a->tile < b->tile);
}

/* By Shell's gaps: nearly in order already, and no room of its own. */
static void sort_entries(co_layout_entry *entries, uint32_t n)
{
    for (uint32_t gap = n / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < n; i++) {
            const co_layout_entry entry = entries[i];
            uint32_t at = i;

            for (; at >= gap && compare_entries(&entries[at - gap], &entry) > 0; at -= gap)
                entries[at] = entries[at - gap];
            entries[at] = entry;
        }
    }
}

co_layout *co_layout_with(co_memory *memory, const co_layout *layout, const co_layout_entry *more,
                          uint32_t n_more)
{
    const uint32_t n = layout == NULL ? 0 : layout->n;
    co_layout *result = co_memory_new(memory, layout_size(n + n_more));

    if (result == NULL)
        return NULL;
    atomic_init(&result->references, 1);
    result->n = n + n_more;
    if (n > 0)
        memcpy(result->entries, layout->entries, n * sizeof *layout->entries);
    if (n_more > 0)
        memcpy(result->entries + n, more, n_more * sizeof *more);
    sort_entries(result->entries, n + n_more);
    return result;
}

void co_layout_release(co_memory *memory, co_layout *layout)
{
    if (layout != NULL && last_reference(&layout->references))
        co_memory_free(memory, layout, layout_size(layout->n));
}

/* ---- objects ---- */

co_object_node *co_object_node_new(co_memory *memory)
{
    co_object_node *node = co_memory_new_zeroed(memory, 1, sizeof *node);

    if (node == NULL)
        return NULL;
    atomic_init(&node->references, 1);
    node->even = true;
    node->index = co_key_index_new(memory);
    if (node->index == NULL) {
        co_memory_free(memory, node, sizeof *node);
        return NULL;
    }
    return node;
}

void co_object_node_release(co_memory *memory, co_object_node *node)
{
    if (node == NULL || !last_reference(&node->references))
        return;
    for (uint32_t i = 0; i < node->n_pages; i++)
        page_release(memory, node->pages[i]);
    co_memory_free(memory, node->pages, node->n_pages * sizeof *node->pages);
    co_layout_release(memory, node->layout);
    co_key_index_release(memory, node->index);
    co_memory_free(memory, node, sizeof *node);
}

static co_object_node *object_copy(co_memory *memory, const co_object_node *from)
{
    co_object_node *node = co_memory_new(memory, sizeof *node);

    if (node == NULL)
        return NULL;
    *node = (co_object_node){ .n_tiles = from->n_tiles,
                              .n_live = from->n_live,
                              .last_number = from->last_number,
                              .given_at = from->given_at,
                              .n_mingled = from->n_mingled,
                              .even = from->even,
                              .n_pages = from->n_pages,
                              .layout = from->layout,
                              .index = from->index };
    atomic_init(&node->references, 1);
    if (from->n_pages > 0) {
        node->pages = co_memory_new_array(memory, from->n_pages, sizeof *node->pages);
        if (node->pages == NULL) {
            co_memory_free(memory, node, sizeof *node);
            return NULL;
        }
    }
    for (uint32_t i = 0; i < from->n_pages; i++) {
        node->pages[i] = from->pages[i];
        if (node->pages[i] != NULL)
            add_reference(&node->pages[i]->references);
    }
    if (node->layout != NULL)
        add_reference(&node->layout->references);
    co_key_index_retain(node->index);
    return node;
}

const co_object_node *co_version_object(const co_version *version, uint32_t object)
{
    return object < version->n_objects ? version->objects[object] : NULL;
}

co_tile_node *co_object_node_tile(const co_object_node *node, uint32_t tile)
{
    if (tile / CO_PAGE_TILES >= node->n_pages || node->pages[tile / CO_PAGE_TILES] == NULL)
        return NULL;
    return node->pages[tile / CO_PAGE_TILES]->tiles[tile % CO_PAGE_TILES];
}

/* ---- drafts ---- */

co_version *co_draft_first(struct co_store *store, co_memory *memory)
{
    co_version *draft = co_memory_new_zeroed(memory, 1, sizeof *draft);

    if (draft == NULL)
        return NULL;
    atomic_init(&draft->references, 1);
    draft->epoch = 1;
    draft->memory = memory;
    draft->store = store;
    co_store_retain(store);
    draft->schema = co_schema_new(memory);
    draft->definitions = co_definitions_new(memory, 0);
    if (draft->schema == NULL || draft->definitions == NULL) {
        co_version_release(draft);
        return NULL;
    }
    return draft;
}

co_version *co_draft_new(const co_version *base)
{
    co_version *draft = co_memory_new(base->memory, sizeof *draft);

    if (draft == NULL)
        return NULL;
    *draft = (co_version){ .epoch = base->epoch,
                           .number = base->number + 1,
                           .store = base->store,
                           .memory = base->memory,
                           .n_objects = base->n_objects };
    atomic_init(&draft->references, 1);
    if (base->n_objects > 0) {
        draft->objects = co_memory_new_array(base->memory, base->n_objects, sizeof *draft->objects);
        if (draft->objects == NULL) {
            co_memory_free(base->memory, draft, sizeof *draft);
            return NULL;
        }
    }
    co_store_retain(base->store);
    for (uint32_t i = 0; i < base->n_objects; i++) {
        draft->objects[i] = base->objects[i];
        add_reference(&draft->objects[i]->references);
    }
    draft->schema = co_schema_retain(base->schema);
    draft->definitions = co_definitions_retain(base->definitions);
    return draft;
}

co_version *co_version_retain(co_version *version)
{
    add_reference(&version->references);
    return version;
}

void co_version_release(co_version *version)
{
    if (version == NULL || !last_reference(&version->references))
        return;

    struct co_store *store = version->store;
    co_memory *memory = version->memory;

    for (uint32_t i = 0; i < version->n_objects; i++)
        co_object_node_release(memory, version->objects[i]);
    co_memory_free(memory, version->objects, version->n_objects * sizeof *version->objects);
    co_definitions_release(memory, version->definitions);
    co_schema_release(version->schema);
    co_memory_free(memory, version, sizeof *version);
    co_store_release(store);
}

co_object_node *co_draft_object(co_version *draft, uint32_t object)
{
    co_object_node *node = draft->objects[object];

    if (!is_shared(&node->references))
        return node;
    node = object_copy(draft->memory, node);
    if (node == NULL)
        return NULL;
    co_object_node_release(draft->memory, draft->objects[object]);
    draft->objects[object] = node;
    return node;
}

bool co_draft_add_object(co_version *draft, co_object_node *node)
{
    const size_t old_size = draft->n_objects * sizeof *draft->objects;
    co_object_node **objects =
        co_memory_resize(draft->memory, draft->objects, old_size, old_size + sizeof *draft->objects);

    if (objects == NULL)
        return false;
    draft->objects = objects;
    objects[draft->n_objects++] = node;
    return true;
}

/* The page of a tile, private to the draft. */
static co_page *draft_page(co_memory *memory, co_object_node *node, uint32_t page)
{
    if (page >= node->n_pages) {
        const size_t old_size = node->n_pages * sizeof *node->pages;
        const size_t new_size = (page + (size_t)1) * sizeof *node->pages;
        co_page **pages = co_memory_resize(memory, node->pages, old_size, new_size);

        if (pages == NULL)
            return NULL;
        memset(pages + node->n_pages, 0, new_size - old_size);
        node->pages = pages;
        node->n_pages = page + 1;
    }
    if (node->pages[page] != NULL && !is_shared(&node->pages[page]->references))
        return node->pages[page];

    co_page *copy = page_copy(memory, node->pages[page]);

    if (copy != NULL) {
        page_release(memory, node->pages[page]);
        node->pages[page] = copy;
    }
    return copy;
}

/* Whether rows of a tile of one cluster value have another. */
static bool is_mingled(const co_version *draft, uint32_t object, const co_tile_node *node)
{
    const co_column *column;

    if (node == NULL || !node->group.clustered)
        return false;
    column = co_tile_column(&node->tile, co_schema_object(draft->schema, object)->cluster);
    return column != NULL && !co_column_has_only(column, node->group.value);
}

/* Whether the keys lie beyond those of the tile before, or before those of the tile behind. */
static bool keys_meet(const co_object_node *node, uint32_t tile, int64_t least, int64_t greatest)
{
    const co_tile_node *before = tile == 0 ? NULL : co_object_node_tile(node, tile - 1);
    const co_tile_node *behind = co_object_node_tile(node, tile + 1);
    int64_t low, high;

    if (tile > 0 && (before == NULL || !co_column_range(before->columns[0], &low, &high) || high >= least))
        return true;
    return behind != NULL && (!co_column_range(behind->columns[0], &low, &high) || greatest >= low);
}

/* Whether the object's keys are still even with this tile in its place. */
static bool stays_even(const co_object_node *node, uint32_t tile, const co_tile_node *now)
{
    const co_tile_node *was = co_object_node_tile(node, tile);
    const co_column *keys = now == NULL ? NULL : now->columns[0];
    int64_t first, least, greatest;
    uint64_t step;

    if (!node->even || keys == NULL || co_column_shape(keys) != CO_SHAPE_NUMBERS)
        return false;
    if (was != NULL && was->columns[0] == keys)
        return true;
    return co_column_steps(keys, &first, &step) && co_column_range(keys, &least, &greatest) &&
           !keys_meet(node, tile, least, greatest);
}

bool co_draft_set_tile(co_version *draft, uint32_t object, uint32_t tile, co_tile_node *tile_node)
{
    co_object_node *node = co_draft_object(draft, object);
    co_page *page = node == NULL ? NULL : draft_page(draft->memory, node, tile / CO_PAGE_TILES);

    if (page == NULL) {
        co_tile_node_release(draft->memory, tile_node);
        return false;
    }

    node->even = stays_even(node, tile, tile_node);

    co_tile_node **place = &page->tiles[tile % CO_PAGE_TILES];

    node->n_live += tile_node == NULL ? 0 : tile_node->tile.n_live;
    node->n_live -= *place == NULL ? 0 : (*place)->tile.n_live;
    node->n_mingled += is_mingled(draft, object, tile_node);
    node->n_mingled -= is_mingled(draft, object, *place);
    if (tile >= node->n_tiles)
        node->n_tiles = tile + 1;
    co_tile_node_release(draft->memory, *place);
    *place = tile_node;
    return true;
}

void co_draft_set_schema(co_version *draft, co_schema *schema)
{
    co_schema_release(draft->schema);
    draft->schema = schema;
}

void co_draft_set_definitions(co_version *draft, co_definitions *definitions)
{
    co_definitions_release(draft->memory, draft->definitions);
    draft->definitions = definitions;
}
