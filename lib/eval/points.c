/*
 * GEOLOCATION, DISTANCE and polygons; see points.h.
 *
 * Always:  a place on an edge, in the exact values of the doubles, is inside.
 * Source:  J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast
 *          Robust Geometric Predicates" (the error bound).
 */
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

/* ---- on which side of a line, exactly ---- */

/*
 * An integer in units of 2^UNIT, in two's complement, so long that it holds the
 * sum of six products of any two degrees without rounding: the least bit of a
 * double is 2^-1074 and of its 53-bit part at most 2^-1126, so that of a product
 * lies above 2^-2256; six products of degrees stay below 2^18.
 */
#define UNIT (-2256)
#define SUM_WORDS 37

typedef struct long_sum {
    uint64_t words[SUM_WORDS]; /* lowest first */
} long_sum;

static void add_word(long_sum *sum, size_t at, uint64_t word, bool negative)
{
    bool carry = true;

    for (; carry && at < SUM_WORDS; at++, word = 1) {
        const uint64_t before = sum->words[at];

        sum->words[at] = negative ? before - word : before + word;
        carry = negative ? sum->words[at] > before : sum->words[at] < before;
    }
}

/* sum += x × y, or −= where `negative`. */
static void add_product(long_sum *sum, double x, double y, bool negative)
{
    int x_exponent;
    int y_exponent;
    const int64_t x_digits = (int64_t)ldexp(frexp(fabs(x), &x_exponent), 53);
    const int64_t y_digits = (int64_t)ldexp(frexp(fabs(y), &y_exponent), 53);
    const unsigned shift = (unsigned)(x_exponent + y_exponent - 106 - UNIT);
    co_wide product;

    if (x_digits == 0 || y_digits == 0)
        return;
    negative = negative != ((x < 0) != (y < 0));
    (void)co_wide_multiply(co_wide_of(x_digits), co_wide_of(y_digits), &product);

    const uint64_t high = (uint64_t)product.high;
    const size_t at = shift / 64;
    const unsigned bits = shift % 64;

    add_word(sum, at, product.low << bits, negative);
    add_word(sum, at + 1, (bits > 0 ? product.low >> (64 - bits) : 0) | high << bits, negative);
    add_word(sum, at + 2, bits > 0 ? high >> (64 - bits) : 0, negative);
}

static int sign_of(const long_sum *sum)
{
    if (sum->words[SUM_WORDS - 1] >> 63 != 0)
        return -1;
    for (size_t i = 0; i < SUM_WORDS; i++) {
        if (sum->words[i] != 0)
            return 1;
    }
    return 0;
}

static int exact_side(co_point a, co_point b, double latitude, double longitude)
{
    long_sum sum = { { 0 } };

    add_product(&sum, b.longitude, latitude, false);
    add_product(&sum, b.longitude, a.latitude, true);
    add_product(&sum, a.longitude, latitude, true);
    add_product(&sum, b.latitude, longitude, true);
    add_product(&sum, b.latitude, a.longitude, false);
    add_product(&sum, a.latitude, longitude, false);
    return sign_of(&sum);
}

/*
 * On which side of the line from a to b a place lies: its sign; 0 is on it.
 * Doubles decide unless the result is within their rounding (Shewchuk's bound
 * for the three-point orientation), or so small that they may have lost digits.
 */
static int side(co_point a, co_point b, double latitude, double longitude)
{
    const double rounding = 3.3306690738754716e-16; /* (3 + 16ε)ε, ε = 2^-53 */
    const double left = (b.longitude - a.longitude) * (latitude - a.latitude);
    const double right = (b.latitude - a.latitude) * (longitude - a.longitude);
    const double difference = left - right;

    if (fabs(difference) > rounding * (fabs(left) + fabs(right)) + 1e-290)
        return difference > 0 ? 1 : -1;
    return exact_side(a, b, latitude, longitude);
}

/* ---- polygons ---- */

static bool is_in_box(co_point a, co_point b, double latitude, double longitude)
{
    return latitude >= fmin(a.latitude, b.latitude) && latitude <= fmax(a.latitude, b.latitude) &&
           longitude >= fmin(a.longitude, b.longitude) && longitude <= fmax(a.longitude, b.longitude);
}

bool co_polygon_holds(const co_point *corners, size_t n, double latitude, double longitude)
{
    bool inside = false;

    for (size_t i = 0, before = n - 1; i < n; before = i++) {
        const co_point a = corners[before];
        const co_point b = corners[i];
        const bool crosses = (a.latitude > latitude) != (b.latitude > latitude);
        const bool is_near = is_in_box(a, b, latitude, longitude);

        if (!crosses && !is_near)
            continue;

        const int where = side(a, b, latitude, longitude);

        if (is_near && where == 0)
            return true;
        /* The edge crosses the parallel; every crossing to the west changes sides. */
        if (crosses && (where > 0) != (b.latitude > a.latitude))
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
