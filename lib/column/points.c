/* Columns of points: latitude and longitude as they came, bit for bit; 0 where missing. */
#include <assert.h>

#include "column/layout.h"

static void copy_present(const double *from, const co_presence *presence, double *to)
{
    for (uint32_t i = 0; i < presence->length; i++)
        to[i] = co_presence_has(presence, i) ? from[i] : 0.0;
}

cohort_status co_points_new(co_memory *memory, const co_cells *cells, co_column **column, cohort_error *error)
{
    const co_presence presence = co_presence_of(cells);
    const size_t size = presence.length * sizeof(double);
    char *room;
    co_column *made =
        co_column_make(memory, CO_FORM_POINTS, sizeof(double), &presence, NULL, 2 * size, &room);

    if (made == NULL)
        return co_fail_memory(error);

    double *latitudes = co_carve(&room, size);
    double *longitudes = co_carve(&room, size);

    copy_present(cells->latitudes, &presence, latitudes);
    copy_present(cells->longitudes, &presence, longitudes);
    made->points = (co_point_part){ latitudes, longitudes };
    *column = made;
    return COHORT_OK;
}

void co_column_points(const co_column *column, double *latitudes, double *longitudes)
{
    assert(column->form == CO_FORM_POINTS);

    const size_t size = column->length * sizeof(double);

    memcpy(latitudes, column->points.latitudes, size);
    memcpy(longitudes, column->points.longitudes, size);
}

void co_column_point(const co_column *column, uint32_t slot, double *latitude, double *longitude)
{
    assert(column->form == CO_FORM_POINTS && slot < column->length);

    *latitude = column->points.latitudes[slot];
    *longitude = column->points.longitudes[slot];
}
