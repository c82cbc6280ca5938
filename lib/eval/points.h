/* Places on the earth, in degrees. */
#ifndef CO_EVAL_POINTS_H
#define CO_EVAL_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/plan.h"

/* Great circle on a sphere of 6371.0088 km. */
double co_distance_km(double from_latitude, double from_longitude, double to_latitude, double to_longitude);

/* Straight edges in degrees, even-odd; edges and vertices are inside. */
bool co_polygon_holds(const co_point *corners, size_t n, double latitude, double longitude);

#endif
