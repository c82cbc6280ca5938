/* Edges and corners of polygons are inside, in the exact values of the doubles. */
#include <float.h>
#include <math.h>

#include "eval/points.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"

/* A whole number of units, so that sums of two stay exact. */
static double some_degrees(co_random *random, double unit)
{
    return (double)co_random_between(random, -1000000, 1000000) * unit;
}

/* Units from degrees down to where products of doubles lose their digits and vanish. */
static const double units[] = { 1e-4, 0x1p-13, 0x1p-33, 0x1p-300, 0x1p-530, 0x1p-700, 0x1p-1000, 0x1p-1073 };

START_TEST(the_middle_of_a_slanted_edge_is_inside_and_its_neighbour_is_not)
{
    const double unit = units[_i];
    co_random random = co_random_of(7 + (uint64_t)_i);

    for (int trial = 0; trial < 2000; trial++) {
        /* a, and b at twice a whole distance: the middle and the thirds below are exact. */
        const co_point a = { some_degrees(&random, unit), some_degrees(&random, unit) };
        const double up = (double)co_random_between(&random, 1, 1000) * unit;
        const double along = (double)co_random_between(&random, 1, 1000) * unit;
        const co_point b = { a.latitude + 3 * up, a.longitude + 3 * along };
        const co_point c = { a.latitude + 3 * up, a.longitude };
        const co_point corners[] = { a, b, c };
        const double latitude = a.latitude + up;
        const double longitude = a.longitude + along;

        /* Only where all of it is exact. */
        if (latitude - a.latitude != up || longitude - a.longitude != along ||
            b.latitude - a.latitude != 3 * up || b.longitude - a.longitude != 3 * along)
            continue;
        must(co_polygon_holds(corners, 3, a.latitude, a.longitude));
        must(co_polygon_holds(corners, 3, b.latitude, b.longitude));
        must(co_polygon_holds(corners, 3, latitude, longitude));
        must(co_polygon_holds(corners, 3, latitude, nextafter(longitude, -HUGE_VAL)));
        must(!co_polygon_holds(corners, 3, latitude, nextafter(longitude, HUGE_VAL)));
        must(!co_polygon_holds(corners, 3, nextafter(latitude, -HUGE_VAL), longitude));
        must(co_polygon_holds(corners, 3, nextafter(latitude, HUGE_VAL), longitude));
    }
}
END_TEST

/* Edges from one end of the world to the other past places next to nothing. */
START_TEST(large_and_small_degrees_meet_exactly)
{
    static const co_point corners[] = { { -90, -180 }, { 90, 180 }, { 90, -180 } };
    static const double small[] = { 1, 0.1, 1e-8, 1e-100, 1e-300, 0x1p-1070, DBL_MIN };

    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            const double latitude = sign * small[i];
            const double longitude = 2 * latitude;

            must(co_polygon_holds(corners, 3, latitude, longitude));
            must(!co_polygon_holds(corners, 3, latitude, nextafter(longitude, HUGE_VAL)));
            must(co_polygon_holds(corners, 3, latitude, nextafter(longitude, -HUGE_VAL)));
        }
    }
    must(co_polygon_holds(corners, 3, 0, 0));
    must(!co_polygon_holds(corners, 3, 0, 0x1p-1074));
    must(co_polygon_holds(corners, 3, 0, -0x1p-1074));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("points");
    TCase *edges = tcase_create("edges");

    tcase_add_loop_test(edges, the_middle_of_a_slanted_edge_is_inside_and_its_neighbour_is_not, 0,
                        sizeof units / sizeof units[0]);
    tcase_add_test(edges, large_and_small_degrees_meet_exactly);
    suite_add_tcase(suite, edges);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
