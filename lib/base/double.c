/*
 * Doubles: read, printed, rounded and ordered, each exactly.
 *
 * Always:  a short way is taken only where it cannot err; what is left goes
 *          through base/big.h, where nothing is approximate.
 * Source:  W. Clinger, "How to read floating point numbers accurately";
 *          G. Steele and J. White, "How to print floating-point numbers accurately".
 */
#include <assert.h>
#include <math.h>

#include "base/big.h"
#include "base/number.h"
#include "base/numeral.h"

#define MANTISSA_BITS 52
#define HIDDEN_BIT (UINT64_C(1) << MANTISSA_BITS)
#define EXPONENT_MASK 0x7ff
#define LEAST_EXPONENT (-1074)
#define EXACT_IN_DOUBLE (UINT64_C(1) << 53)

/* Powers of ten that a double holds exactly. */
static const double exact_powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
#define LARGEST_EXACT_POWER 22

/* |value| = mantissa × 2^exponent. */
typedef struct parts {
    bool negative;
    uint64_t mantissa;
    int32_t exponent;
} parts;

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static parts parts_of(double value)
{
    const uint64_t bits = bits_of(value);
    const int32_t exponent = (int32_t)(bits >> MANTISSA_BITS & EXPONENT_MASK);
    const uint64_t mantissa = bits & (HIDDEN_BIT - 1);

    if (exponent == 0)
        return (parts){ bits >> 63 != 0, mantissa, LEAST_EXPONENT };
    return (parts){ bits >> 63 != 0, mantissa | HIDDEN_BIT, exponent + LEAST_EXPONENT - 1 };
}

/* ---- reading ---- */

/* Digits beyond this many cannot change the nearest double except by being there. */
#define DECISIVE_DIGITS 800
#define SHORT_DIGITS 19
/* A number whose first digit is at or above 10^this is too large; below 10^−that it is zero. */
#define LARGEST_PLACE 309
#define SMALLEST_PLACE (-330)

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 unsigned_whole;

static const uint64_t powers_of_five[] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};
#define LARGEST_POWER_OF_FIVE 27

/* Exact in 128 bits: mantissa × 5^exponent or mantissa / 5^−exponent with its remainder, then × 2^exponent. */
static bool scaled_in_128_bits(uint64_t mantissa, int64_t exponent, double *value)
{
    if (exponent > LARGEST_POWER_OF_FIVE || exponent < -LARGEST_POWER_OF_FIVE)
        return false;
    if (exponent >= 0) {
        const unsigned_whole product = (unsigned_whole)mantissa * powers_of_five[exponent];
        const uint64_t high = (uint64_t)(product >> 64);
        const uint32_t shift = co_bit_length(high);
        const uint64_t kept = (uint64_t)(product >> shift);

        *value = co_double_of_bits(kept, product != (unsigned_whole)kept << shift, (int32_t)exponent + (int32_t)shift);
        return true;
    }

    const uint64_t divisor = powers_of_five[-exponent];
    const uint32_t raised = 64 - co_bit_length(mantissa);
    const uint32_t divisor_raised = 64 - co_bit_length(divisor);
    const unsigned_whole dividend = (unsigned_whole)(mantissa << raised) << 63;
    const uint64_t aligned = divisor << divisor_raised;
    const uint64_t quotient = (uint64_t)(dividend / aligned);

    *value = co_double_of_bits(quotient, (unsigned_whole)quotient * aligned != dividend,
                               (int32_t)exponent + (int32_t)divisor_raised - (int32_t)raised - 63);
    return true;
}
#else
static bool scaled_in_128_bits(uint64_t mantissa, int64_t exponent, double *value)
{
    (void)mantissa;
    (void)exponent;
    (void)value;
    return false;
}
#endif

/* mantissa × 10^exponent, if that is at most one rounding away. */
static bool scaled_simply(uint64_t mantissa, int64_t exponent, double *value)
{
    if (!CO_DOUBLES_ROUND_ONCE || mantissa > EXACT_IN_DOUBLE)
        return false;
    if (exponent > LARGEST_EXACT_POWER || exponent < -LARGEST_EXACT_POWER)
        return false;
    *value = exponent < 0 ? (double)mantissa / exact_powers[-exponent] : (double)mantissa * exact_powers[exponent];
    return true;
}

/* The digits [first, end) as a whole number, one more digit at the end if others follow. */
static void big_of_digits(const co_numeral *numeral, size_t first, size_t end, bool more, co_big *big)
{
    co_big_set(big, 0, 0);
    for (size_t i = first; i < end; i++)
        co_big_multiply(big, 10, co_numeral_digit(numeral, i));
    if (more)
        co_big_multiply(big, 10, 1);
}

/* `place` is the power of ten that the digit before the first has. */
static double read_exactly(const co_numeral *numeral, size_t first, int64_t place)
{
    const size_t length = co_numeral_length(numeral);
    const size_t n_digits = length - first < DECISIVE_DIGITS ? length - first : DECISIVE_DIGITS;
    const bool more = co_numeral_has_more(numeral, first + n_digits);
    const int64_t exponent = place - (int64_t)n_digits - more;
    co_big numerator;
    co_big denominator;

    big_of_digits(numeral, first, first + n_digits, more, &numerator);
    co_big_set(&denominator, 1, 0);
    if (exponent >= 0)
        co_big_multiply_by_power_of_ten(&numerator, (uint32_t)exponent);
    else
        co_big_multiply_by_power_of_ten(&denominator, (uint32_t)-exponent);
    return co_big_quotient(&numerator, &denominator);
}

static double read_numeral(const co_numeral *numeral)
{
    const size_t length = co_numeral_length(numeral);
    const size_t first = co_numeral_leading_zeros(numeral);
    const int64_t place = (int64_t)numeral->whole.length + numeral->exponent - (int64_t)first;
    const size_t n_short = length - first < SHORT_DIGITS ? length - first : SHORT_DIGITS;
    uint64_t mantissa = 0;
    double value;

    if (first == length || place < SMALLEST_PLACE)
        return 0.0;
    if (place > LARGEST_PLACE)
        return HUGE_VAL;

    for (size_t i = first; i < first + n_short; i++)
        mantissa = mantissa * 10 + co_numeral_digit(numeral, i);
    if (!co_numeral_has_more(numeral, first + n_short)) {
        const int64_t exponent = place - (int64_t)n_short;

        if (scaled_simply(mantissa, exponent, &value) || scaled_in_128_bits(mantissa, exponent, &value))
            return value;
    }
    return read_exactly(numeral, first, place);
}

static bool is_word(co_text text, const char *lower_case)
{
    size_t i = 0;

    while (i < text.length && lower_case[i] != '\0' && (text.bytes[i] | 0x20) == lower_case[i])
        i++;
    return i == text.length && lower_case[i] == '\0';
}

static co_parse read_word(co_text text, double *value)
{
    const bool has_sign = text.length > 0 && (text.bytes[0] == '-' || text.bytes[0] == '+');
    const bool negative = has_sign && text.bytes[0] == '-';
    const co_text word = { text.bytes + has_sign, text.length - has_sign };

    if (is_word(word, "nan"))
        return CO_PARSE_NAN;
    if (!is_word(word, "inf") && !is_word(word, "infinity"))
        return CO_PARSE_SYNTAX;
    *value = negative ? -HUGE_VAL : HUGE_VAL;
    return CO_PARSE_INFINITE;
}

co_parse co_parse_double(co_text text, double *value)
{
    co_numeral numeral;

    if (!co_numeral_scan(text, &numeral))
        return read_word(text, value);

    const double size = read_numeral(&numeral);

    if (size > 1.7976931348623157e308)
        return CO_PARSE_RANGE;
    *value = numeral.negative ? -size : size;
    return CO_PARSED;
}

/* ---- printing ---- */

/* 17 digits tell any two doubles apart. */
#define MOST_DIGITS 17
/* Numbers from 10^−4 up to 10^15 are written without an exponent. */
#define LEAST_PLAIN_PLACE (-3)
#define GREATEST_PLAIN_PLACE 15
#define LARGEST_SIMPLE 1e15
#define SMALLEST_SIMPLE 1e-4

/* 0.d₁d₂… × 10^place. */
typedef struct digits {
    char text[MOST_DIGITS + 1];
    size_t n;
    int32_t place;
} digits;

static void digits_of_integer(uint64_t value, int32_t scale, digits *result)
{
    char text[CO_INT64_TEXT];
    const size_t length = co_print_int64((int64_t)value, text);

    memcpy(result->text, text, length);
    result->n = length;
    result->place = (int32_t)length - scale;
}

/*
 * Numbers of up to 15 digits, as people write them: the first scale at which
 * the nearest whole number, divided again, gives back the value. With so few
 * digits no other text of that length is as near.
 */
static bool print_simply(double size, digits *result)
{
    if (!CO_DOUBLES_ROUND_ONCE || size >= LARGEST_SIMPLE || size < SMALLEST_SIMPLE)
        return false;
    for (int32_t scale = 0; scale <= LARGEST_EXACT_POWER; scale++) {
        const double scaled = size * exact_powers[scale];

        if (scaled >= LARGEST_SIMPLE - 1)
            return false;

        const uint64_t whole = (uint64_t)(scaled + 0.5);

        if ((double)whole / exact_powers[scale] == size) {
            digits_of_integer(whole, scale, result);
            return true;
        }
    }
    return false;
}

/*
 * What is left to print and how far off one may be, all over one denominator:
 * any value strictly between left − below and left + above reads as the same double,
 * and the ends too if the mantissa is even.
 */
typedef struct remaining {
    co_big left;
    co_big denominator;
    co_big below;
    co_big above;
    bool ends_included;
} remaining;

static void start_remaining(const parts *value, remaining *r)
{
    const bool uneven = value->mantissa == HIDDEN_BIT && value->exponent > LEAST_EXPONENT;
    const uint32_t up = value->exponent > 0 ? (uint32_t)value->exponent : 0;
    const uint32_t down = value->exponent < 0 ? (uint32_t)-value->exponent : 0;

    co_big_set(&r->left, value->mantissa, 0);
    co_big_shift_left(&r->left, up + 1 + uneven);
    co_big_set(&r->denominator, 1, 0);
    co_big_shift_left(&r->denominator, down + 1 + uneven);
    co_big_set(&r->below, 1, 0);
    co_big_shift_left(&r->below, up);
    co_big_set(&r->above, 1, 0);
    co_big_shift_left(&r->above, up + uneven);
    r->ends_included = (value->mantissa & 1) == 0;
}

/* Whether left + above reaches the denominator. */
static bool reaches_next(const remaining *r)
{
    co_big sum;

    co_big_copy(&sum, &r->left);
    co_big_add(&sum, &r->above);

    const int order = co_big_compare(&sum, &r->denominator);

    return order > 0 || (order == 0 && r->ends_included);
}

static bool reaches_below(const remaining *r)
{
    const int order = co_big_compare(&r->left, &r->below);

    return order < 0 || (order == 0 && r->ends_included);
}

static void times_ten(remaining *r)
{
    co_big_multiply(&r->left, 10, 0);
    co_big_multiply(&r->below, 10, 0);
    co_big_multiply(&r->above, 10, 0);
}

/* Scales so that the first digit comes next; gives the place of that digit. */
static int32_t scale_remaining(const parts *value, remaining *r)
{
    /* A little below the true logarithm, so that the place is right or one too small. */
    const double logarithm = (value->exponent + (int32_t)co_bit_length(value->mantissa) - 1) * 0.30102999566398114;
    int32_t place = (int32_t)ceil(logarithm - 1e-9);

    if (place >= 0) {
        co_big_multiply_by_power_of_ten(&r->denominator, (uint32_t)place);
    } else {
        co_big_multiply_by_power_of_ten(&r->left, (uint32_t)-place);
        co_big_multiply_by_power_of_ten(&r->below, (uint32_t)-place);
        co_big_multiply_by_power_of_ten(&r->above, (uint32_t)-place);
    }
    if (reaches_next(r))
        place++;
    else
        times_ten(r);
    return place;
}

static unsigned next_digit(remaining *r)
{
    unsigned digit = 0;

    while (co_big_compare(&r->left, &r->denominator) >= 0) {
        co_big_subtract(&r->left, &r->denominator);
        digit++;
    }
    return digit;
}

/* Whether the rest after the last digit is at least half. */
static bool is_upper_half(const remaining *r)
{
    co_big twice;

    co_big_copy(&twice, &r->left);
    co_big_shift_left(&twice, 1);
    return co_big_compare(&twice, &r->denominator) >= 0;
}

static void print_exactly(double size, digits *result)
{
    const parts value = parts_of(size);
    remaining r;

    start_remaining(&value, &r);
    result->place = scale_remaining(&value, &r);
    result->n = 0;
    for (;;) {
        unsigned digit = next_digit(&r);
        const bool low_enough = reaches_below(&r);
        const bool high_enough = reaches_next(&r);

        assert(digit < 10 && result->n < MOST_DIGITS);
        if (high_enough && (!low_enough || is_upper_half(&r)))
            digit++;
        result->text[result->n++] = (char)('0' + digit);
        if (low_enough || high_enough)
            return;
        times_ten(&r);
    }
}

static size_t put_plain(const digits *number, char *out)
{
    const int32_t n = (int32_t)number->n;
    size_t length = 0;

    if (number->place <= 0)
        out[length++] = '0';
    for (int32_t i = 0; i < number->place; i++)
        out[length++] = i < n ? number->text[i] : '0';
    if (n <= number->place)
        return length;
    out[length++] = '.';
    for (int32_t i = number->place; i < n; i++)
        out[length++] = i < 0 ? '0' : number->text[i];
    return length;
}

static size_t put_with_exponent(const digits *number, char *out)
{
    int32_t exponent = number->place - 1;
    size_t length = 0;
    char text[CO_INT64_TEXT];

    out[length++] = number->text[0];
    if (number->n > 1)
        out[length++] = '.';
    for (size_t i = 1; i < number->n; i++)
        out[length++] = number->text[i];
    out[length++] = 'e';
    out[length++] = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent < 10)
        out[length++] = '0';

    const size_t n = co_print_int64(exponent, text);

    memcpy(out + length, text, n);
    return length + n;
}

static size_t put_word(const char *word, char *out)
{
    memcpy(out, word, strlen(word));
    return strlen(word);
}

size_t co_print_double(double value, char out[CO_DOUBLE_TEXT])
{
    size_t length = 0;
    digits number;

    if (isnan(value))
        return put_word("nan", out);
    if (signbit(value))
        out[length++] = '-';

    const double size = fabs(value);

    if (isinf(size))
        return length + put_word("inf", out + length);
    if (!(size > 0))
        return length + put_word("0", out + length);
    if (!print_simply(size, &number))
        print_exactly(size, &number);
    if (number.place >= LEAST_PLAIN_PLACE && number.place <= GREATEST_PLAIN_PLACE)
        return length + put_plain(&number, out + length);
    return length + put_with_exponent(&number, out + length);
}

/* ---- order ---- */

int64_t co_double_to_ordered(double value)
{
    const int64_t bits = (int64_t)bits_of(value + 0.0);

    return bits < 0 ? bits ^ INT64_MAX : bits;
}

double co_ordered_to_double(int64_t ordered)
{
    const int64_t bits = ordered < 0 ? ordered ^ INT64_MAX : ordered;
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- rounding ---- */

/* No double has a digit beyond these places. */
#define MOST_PLACES_LEFT 310
#define MOST_PLACES_RIGHT 1080

#ifdef __SIZEOF_INT128__
/* scaled_half_up() for a few digits of numbers that are not whole, where everything fits 128 bits. */
static bool scaled_half_up_in_128_bits(const parts *value, uint32_t scale, uint64_t *result, bool *exact)
{
    if (scale > LARGEST_POWER_OF_FIVE / 2 || value->exponent >= 0 || value->exponent < -100)
        return false;

    const uint32_t down = (uint32_t)-value->exponent;
    const unsigned_whole product = ((unsigned_whole)value->mantissa * powers_of_five[scale]) << scale;
    const unsigned_whole whole = product >> down;
    const unsigned_whole half = (unsigned_whole)1 << (down - 1);

    if (whole >= UINT64_MAX)
        return false;
    *result = (uint64_t)whole + ((product & half) != 0);
    *exact = product == whole << down;
    return true;
}
#else
static bool scaled_half_up_in_128_bits(const parts *value, uint32_t scale, uint64_t *result, bool *exact)
{
    (void)value;
    (void)scale;
    (void)result;
    (void)exact;
    return false;
}
#endif

/* floor(size × 10^scale + ½) if it is below 2^64, and whether nothing was lost; scale ≥ 0. */
static bool scaled_half_up(const parts *value, uint32_t scale, uint64_t *result, bool *exact)
{
    const uint32_t up = value->exponent > 0 ? (uint32_t)value->exponent : 0;
    const uint32_t down = value->exponent < 0 ? (uint32_t)-value->exponent : 0;
    co_big numerator;
    co_big denominator;

    if (scaled_half_up_in_128_bits(value, scale, result, exact))
        return true;
    co_big_set(&numerator, value->mantissa, 0);
    co_big_multiply_by_power_of_ten(&numerator, scale);
    co_big_shift_left(&numerator, up);
    co_big_set(&denominator, 1, 0);
    co_big_shift_left(&denominator, down);
    if (co_big_bit_length(&numerator) > co_big_bit_length(&denominator) + 63)
        return false;
    *result = co_big_divide(&numerator, &denominator);
    *exact = co_big_is_zero(&numerator);
    if (*exact)
        return true;

    /* The denominator is now 2^63 times itself and the numerator 2^64 times the rest. */
    return co_big_compare(&numerator, &denominator) < 0 || ++*result != 0;
}

/* The whole part of a size. */
static void big_of_parts(const parts *value, co_big *big)
{
    if (value->exponent >= 0) {
        co_big_set(big, value->mantissa, 0);
        co_big_shift_left(big, (uint32_t)value->exponent);
    } else {
        co_big_set(big, value->exponent > -64 ? value->mantissa >> -value->exponent : 0, 0);
    }
}

/* What is left of `rest` after whole units are taken off, ever smaller multiples by powers of two. */
static void take_off_units(co_big *rest, const co_big *unit)
{
    const uint32_t rest_bits = co_big_bit_length(rest);
    const uint32_t unit_bits = co_big_bit_length(unit);

    for (uint32_t bits = rest_bits < unit_bits ? 0 : rest_bits - unit_bits + 1; bits-- > 0;) {
        co_big multiple;

        co_big_copy(&multiple, unit);
        co_big_shift_left(&multiple, bits);
        if (co_big_compare(rest, &multiple) >= 0)
            co_big_subtract(rest, &multiple);
    }
}

/* Half away from zero at a place left of the point: half a unit more, then down. Fractions cannot matter. */
static double round_left(const parts *value, uint32_t places)
{
    co_big number;
    co_big unit;
    co_big half;

    big_of_parts(value, &number);
    co_big_set(&unit, 1, 0);
    co_big_multiply_by_power_of_ten(&unit, places);
    co_big_set(&half, 5, 0);
    co_big_multiply_by_power_of_ten(&half, places - 1);
    co_big_add(&number, &half);

    co_big rest;

    co_big_copy(&rest, &number);
    take_off_units(&rest, &unit);
    co_big_subtract(&number, &rest);
    co_big_set(&unit, 1, 0);
    return co_big_quotient(&number, &unit);
}

/*
 * A unit of the last wanted digit below a quarter of the last bit moves the
 * value by less than half the distance to either neighbour: nothing to do.
 */
static bool is_too_fine(const parts *value, int32_t digits)
{
    const int64_t wanted_thousandths_of_bits = INT64_C(3321) * digits;

    return digits >= 0 && (value->exponent >= 0 || wanted_thousandths_of_bits > 1000 * (3 - (int64_t)value->exponent));
}

static double round_right(const parts *value, double size, uint32_t places)
{
    uint64_t whole;
    bool exact;
    double result;

    if (!scaled_half_up(value, places, &whole, &exact))
        return size;
    if (whole == 0)
        return 0.0;
    if (scaled_simply(whole, -(int64_t)places, &result))
        return result;

    co_big numerator;
    co_big denominator;

    co_big_set(&numerator, whole, 0);
    co_big_set(&denominator, 1, 0);
    co_big_multiply_by_power_of_ten(&denominator, places);
    return co_big_quotient(&numerator, &denominator);
}

double co_round_double(double value, int32_t digits)
{
    const parts of = parts_of(value);
    const double size = fabs(value);
    double result;

    if (!isfinite(value) || digits > MOST_PLACES_RIGHT || is_too_fine(&of, digits))
        return value;
    if (digits < -MOST_PLACES_LEFT)
        return 0.0;
    result = digits < 0 ? round_left(&of, (uint32_t)-digits) : round_right(&of, size, (uint32_t)digits);
    return of.negative && result > 0 ? -result : result;
}
