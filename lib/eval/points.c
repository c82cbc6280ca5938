/* GEOLOCATION, DISTANCE and polygons; see points.h. */
#include "eval/points.h"

#include <math.h>

#include "eval/values.h"

#define EARTH_KM 6371.0088
#define MILE_KM 1.609344
#define RADIANS_A_DEGREE 0.017453292519943295769

double co_distance_km(double from_latitude, double from_longitude, double to_latitude, double to_longitude)
{
    const double from = from_latitude * RADIANS_A_DEGREE;
    const double to = to_latitude * RADIANS_A_DEGREE;
    const double up = sin((to - from) / 2);
    const double along = sin((to_longitude - from_longitude) * RADIANS_A_DEGREE / 2);
    const double haversine = up * up + cos(from) * cos(to) * along * along;

    return 2 * EARTH_KM * asin(sqrt(haversine < 1 ? haversine : 1));
}

/* On which side of the line from a to b a place lies: 0 is on it. */
static double side(co_point a, co_point b, double latitude, double longitude)
{
    return (b.longitude - a.longitude) * (latitude - a.latitude) -
           (b.latitude - a.latitude) * (longitude - a.longitude);
}

static bool lies_on(co_point a, co_point b, double latitude, double longitude)
{
    return side(a, b, latitude, longitude) == 0 && latitude >= fmin(a.latitude, b.latitude) &&
           latitude <= fmax(a.latitude, b.latitude) && longitude >= fmin(a.longitude, b.longitude) &&
           longitude <= fmax(a.longitude, b.longitude);
}

bool co_polygon_holds(const co_point *corners, size_t n, double latitude, double longitude)
{
    bool inside = false;

    for (size_t i = 0, before = n - 1; i < n; before = i++) {
        const co_point a = corners[before];
        const co_point b = corners[i];

        if (lies_on(a, b, latitude, longitude))
            return true;
        if ((a.latitude > latitude) == (b.latitude > latitude))
            continue;
        /* The edge crosses the parallel; every crossing to the west changes sides. */
        if ((side(a, b, latitude, longitude) > 0) == (b.latitude > a.latitude))
            continue;
        inside = !inside;
    }
    return inside;
}

cohort_status co_point_values(const co_task *task, co_vector *out)
{
    const double unit_km = task->vstep->n == 1 ? MILE_KM : 1;
    co_vector a;
    co_vector b;
    cohort_status status = co_operand_find(task, 0, &a);

    if (status == COHORT_OK)
        status = co_operand_find(task, 1, &b);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        if (!co_vector_has(&a, i) || !co_vector_has(&b, i))
            continue;
        if (task->vstep->function == CO_FUNCTION_DISTANCE) {
            co_vector_put_real(
                out, i, co_distance_km(a.reals[i], a.longitudes[i], b.reals[i], b.longitudes[i]) / unit_km);
        } else if (fabs(a.reals[i]) <= 90 && fabs(b.reals[i]) <= 180) {
            out->reals[i] = a.reals[i];
            out->longitudes[i] = b.reals[i];
            co_vector_set_valid(out, i);
        }
    }
    return status;
}
