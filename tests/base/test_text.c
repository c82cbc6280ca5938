/* UTF-8, case, regular expressions, hashes and JSON strings. */
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/regex.h"
#include "base/unicode.h"
#include "support/check_main.h"
#include "support/failing_memory.h"
#include "support/random.h"
#include "support/trials.h"

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static co_memory memory;

static void set_up(void)
{
    co_memory_init(&memory, NULL, 0);
}

static void tear_down(void)
{
    ck_assert_uint_eq(memory.used_bytes, 0);
}

/* ---- UTF-8 ---- */

START_TEST(every_code_point_is_encoded_and_decoded)
{
    for (uint32_t point = 0; point < 0x120000; point++) {
        char bytes[CO_UTF8_LONGEST] = { 0 };
        const size_t length = co_utf8_encode(point, bytes);
        const bool is_scalar = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
        uint32_t back = 0;

        bool right = (length > 0) == is_scalar;

        if (is_scalar)
            right = right && co_utf8_decode((co_text){ bytes, length }, &back) == length && back == point;
        for (size_t cut = 0; cut < length; cut++)
            right = right && co_utf8_decode((co_text){ bytes, cut }, &back) == 0;
        if (!right)
            ck_abort_msg("U+%04X", (unsigned)point);
    }
}
END_TEST

/* Only what some code point encodes to is valid: all sequences of up to three bytes are tried. */
START_TEST(nothing_but_encoded_code_points_is_valid)
{
    static bool valid[1 << 24];

    for (uint32_t point = 0; point < 0x10000; point++) {
        unsigned char bytes[CO_UTF8_LONGEST];
        const size_t length = co_utf8_encode(point, (char *)bytes);

        if (length == 3)
            valid[bytes[0] << 16 | bytes[1] << 8 | bytes[2]] = true;
    }
    for (uint32_t sequence = 0xc00000; sequence < 1 << 24; sequence++) {
        const char bytes[3] = { (char)(sequence >> 16), (char)(sequence >> 8), (char)sequence };
        uint32_t point;
        const size_t length = co_utf8_decode((co_text){ bytes, 3 }, &point);

        if ((length == 3) != valid[sequence])
            ck_abort_msg("%06x", (unsigned)sequence);
    }
}
END_TEST

static const struct {
    const char *text;
    bool valid;
    size_t bad_offset;
} texts[] = {
    { "", true, 0 },
    { "plain", true, 0 },
    { "a longer text in ASCII only, of many words", true, 0 },
    { "0123456789abcde\xc3\xa9", true, 0 },
    { "\xf0\x9f\x98\x80", true, 0 },
    { "0123456789abcdef\xff", false, 16 },
    { "abc\xc3", false, 3 },
    { "\xc0\x80", false, 0 },
    { "\xe0\x80\x80", false, 0 },
    { "\xed\xa0\x80", false, 0 },
    { "\xf4\x90\x80\x80", false, 0 },
    { "\xf5\x80\x80\x80", false, 0 },
    { "\xf0\x8f\xbf\xbf", false, 0 },
    { "\x80", false, 0 },
    { "\xe2\x82(", false, 0 },
};

START_TEST(bad_sequences_are_found_where_they_start)
{
    size_t bad_offset = 0;

    ck_assert_int_eq(co_utf8_valid(co_text_of(texts[_i].text), &bad_offset), texts[_i].valid);
    ck_assert_uint_eq(bad_offset, texts[_i].bad_offset);
}
END_TEST

START_TEST(code_points_are_counted)
{
    const co_text text = CO_TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");

    ck_assert_uint_eq(co_utf8_count(text), 5);
    ck_assert_uint_eq(co_utf8_offset(text, 0), 0);
    ck_assert_uint_eq(co_utf8_offset(text, 1), 1);
    ck_assert_uint_eq(co_utf8_offset(text, 2), 3);
    ck_assert_uint_eq(co_utf8_offset(text, 4), 10);
    ck_assert_uint_eq(co_utf8_offset(text, 5), 11);
    ck_assert_uint_eq(co_utf8_offset(text, 99), 11);
}
END_TEST

/* ---- case ---- */

static const struct {
    uint32_t point, fold, upper, lower;
    bool letter_or_digit;
    bool ascii;
} points[] = {
    { 'a', 'a', 'A', 'a', true, true },
    { 'Z', 'z', 'Z', 'z', true, true },
    { '@', '@', '@', '@', false, true },
    { '[', '[', '[', '[', false, true },
    { '`', '`', '`', '`', false, true },
    { '{', '{', '{', '{', false, true },
    { '7', '7', '7', '7', true, true },
    { '_', '_', '_', '_', false, true },
    { 0xe9, 0xe9, 0xc9, 0xe9, true, false },
    { 0xc9, 0xe9, 0xc9, 0xe9, true, false },
    { 0xdf, 0xdf, 0xdf, 0xdf, true, false },                /* sharp s: only a full folding changes it */
    { 0x1e9e, 0xdf, 0x1e9e, 0xdf, true, false },
    { 0x130, 0x130, 0x130, 'i', true, false },              /* dotted capital I */
    { 0x131, 0x131, 'I', 0x131, true, false },
    { 0x17f, 's', 'S', 0x17f, true, false },                /* long s */
    { 0xb5, 0x3bc, 0x39c, 0xb5, true, false },              /* micro sign */
    { 0x3c2, 0x3c3, 0x3a3, 0x3c2, true, false },            /* final sigma */
    { 0x212a, 'k', 0x212a, 'k', true, false },              /* Kelvin sign */
    { 0x13f8, 0x13f0, 0x13f0, 0x13f8, true, false },        /* Cherokee folds upwards */
    { 0xab70, 0x13a0, 0x13a0, 0xab70, true, false },
    { 0x1f88, 0x1f80, 0x1f88, 0x1f80, true, false },
    { 0x10400, 0x10428, 0x10400, 0x10428, true, false },
    { 0x2160, 0x2170, 0x2160, 0x2170, true, false },        /* Roman numeral, category Nl */
    { 0xb2, 0xb2, 0xb2, 0xb2, true, false },                /* superscript two, category No */
    { 0x660, 0x660, 0x660, 0x660, true, false },
    { 0x301, 0x301, 0x301, 0x301, false, false },           /* combining accent */
    { 0x20ac, 0x20ac, 0x20ac, 0x20ac, false, false },
};

START_TEST(simple_mappings_are_those_of_unicode)
{
    if (!points[_i].ascii && !co_unicode_available())
        return;
    ck_assert_uint_eq(co_point_fold(points[_i].point), points[_i].fold);
    ck_assert_uint_eq(co_point_upper(points[_i].point), points[_i].upper);
    ck_assert_uint_eq(co_point_lower(points[_i].point), points[_i].lower);
    ck_assert_int_eq(co_point_is_letter_or_digit(points[_i].point), points[_i].letter_or_digit);
}
END_TEST

START_TEST(folding_twice_changes_nothing)
{
    for (uint32_t point = 0; point < 0x110000; point++) {
        const uint32_t folded = co_point_fold(point);

        if (co_point_fold(folded) != folded || folded > 0x10ffff)
            ck_abort_msg("U+%04X", (unsigned)point);
    }
}
END_TEST

START_TEST(folded_texts_compare_without_being_made)
{
    co_random random = co_random_of(71);
    static const uint32_t letters[] = { 'a', 'A', 'b', 'B', 0xe9, 0xc9, 0x3c3, 0x3c2, 0x10400, 0x10428, 'k', 0x212a };

    for (int i = 0; i < CO_TRIALS(20000); i++) {
        char bytes[2][600];
        co_text text[2];
        co_buffer folded[2];

        for (int k = 0; k < 2; k++) {
            size_t length = 0;

            for (uint64_t n = co_random_below(&random, i % 50 == 0 ? 120 : 4); n > 0; n--)
                length += co_utf8_encode(letters[co_random_below(&random, ROWS(letters))], bytes[k] + length);
            text[k] = (co_text){ bytes[k], length };
            co_buffer_init(&folded[k], &memory, 0);
            co_text_fold(text[k], &folded[k]);
        }
        const int wanted = co_text_compare((co_text){ folded[0].bytes, folded[0].length },
                                           (co_text){ folded[1].bytes, folded[1].length });

        const int found = co_text_fold_compare(text[0], text[1]);

        ck_assert_int_eq((found > 0) - (found < 0), (wanted > 0) - (wanted < 0));
        ck_assert_int_eq(co_text_fold_equal(text[0], text[1]), wanted == 0);
        if (wanted == 0)
            ck_assert_uint_eq(co_text_fold_hash(text[0]), co_text_fold_hash(text[1]));
        co_buffer_clear(&folded[0]);
        co_buffer_clear(&folded[1]);
    }
}
END_TEST

START_TEST(long_texts_hash_alike_in_any_case)
{
    co_buffer lower;
    co_buffer upper;

    co_buffer_init(&lower, &memory, 0);
    co_buffer_init(&upper, &memory, 0);
    for (int i = 0; i < CO_TRIALS(2000); i++) {
        co_buffer_string(&lower, "abc\xc3\xa9");
        co_buffer_string(&upper, co_unicode_available() ? "ABC\xc3\x89" : "ABC\xc3\xa9");
    }
    ck_assert_uint_eq(co_text_fold_hash((co_text){ lower.bytes, lower.length }),
                      co_text_fold_hash((co_text){ upper.bytes, upper.length }));
    upper.bytes[upper.length - 3] = 'x';
    ck_assert_uint_ne(co_text_fold_hash((co_text){ lower.bytes, lower.length }),
                      co_text_fold_hash((co_text){ upper.bytes, upper.length }));
    co_buffer_clear(&lower);
    co_buffer_clear(&upper);
}
END_TEST

START_TEST(white_space_is_what_unicode_says)
{
    ck_assert(co_text_is_blank(CO_TEXT("")));
    ck_assert(co_text_is_blank(CO_TEXT(" \t\r\n\v\f\xc2\xa0\xe3\x80\x80\xe2\x80\x83")));
    ck_assert(!co_text_is_blank(CO_TEXT("  x ")));
    ck_assert(!co_text_is_blank(CO_TEXT("\xe2\x80\x8b")));      /* zero width space is none */
    ck_assert(!co_point_is_white_space(0));
}
END_TEST

/* ---- regular expressions ---- */

static const struct {
    const char *pattern;
    bool nocase;
    const char *subject;
    co_regex_result result;
} matches[] = {
    { "b+", false, "abbbc", CO_REGEX_MATCH },
    { "^b", false, "abbbc", CO_REGEX_NO_MATCH },
    { "B", false, "abbbc", CO_REGEX_NO_MATCH },
    { "B", true, "abbbc", CO_REGEX_MATCH },
    { "\xc3\x89", true, "caf\xc3\xa9", CO_REGEX_MATCH },
    { "^.$", false, "\xc3\xa9", CO_REGEX_MATCH },
    { "^\\w+$", false, "caf\xc3\xa9", CO_REGEX_MATCH },
    { "^\\d$", false, "\xd9\xa3", CO_REGEX_MATCH },
    { "a.b", false, "a\nb", CO_REGEX_NO_MATCH },
    { "", false, "", CO_REGEX_MATCH },
    { "^$", false, "", CO_REGEX_MATCH },
    { "(a+)+$", false, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", CO_REGEX_LIMIT },
    { "(?=a)*", false, "b", CO_REGEX_MATCH },
};

START_TEST(expressions_are_found_anywhere_with_bounded_work)
{
    co_regex *regex = NULL;
    co_regex_matcher *matcher = NULL;

    if (!co_regex_available())
        return;
    ck_assert_int_eq(co_regex_compile(&memory, co_text_of(matches[_i].pattern), matches[_i].nocase, &regex, NULL),
                     COHORT_OK);
    ck_assert_int_eq(co_regex_matcher_new(&memory, regex, 0, 0, &matcher, NULL), COHORT_OK);
    ck_assert_int_eq(co_regex_match(matcher, co_text_of(matches[_i].subject)), matches[_i].result);
    ck_assert_int_eq(co_regex_match(matcher, co_text_of(matches[_i].subject)), matches[_i].result);
    co_regex_matcher_free(matcher);
    co_regex_free(regex);
}
END_TEST

START_TEST(the_heap_of_a_match_is_bounded)
{
    static char subject[2000000];
    co_regex *regex = NULL;
    co_regex_matcher *matcher = NULL;

    if (!co_regex_available())
        return;
    memset(subject, 'a', sizeof subject);
    ck_assert_int_eq(co_regex_compile(&memory, CO_TEXT("^(?:a|b)*c"), false, &regex, NULL), COHORT_OK);
    ck_assert_int_eq(co_regex_matcher_new(&memory, regex, 1000000000, 1 << 20, &matcher, NULL), COHORT_OK);
    ck_assert_int_eq(co_regex_match(matcher, (co_text){ subject, sizeof subject }), CO_REGEX_LIMIT);
    ck_assert_uint_le(memory.peak_bytes, 3 << 20);
    co_regex_matcher_free(matcher);
    co_regex_free(regex);
}
END_TEST

static const struct {
    const char *pattern;
    uint64_t position;
} bad_patterns[] = { { "a(b", 3 }, { "[z-a]", 3 }, { "*", 0 }, { "\\C", 2 }, { "a\xff", 1 } };

START_TEST(bad_expressions_are_refused_where_they_go_wrong)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_regex *regex = NULL;

    if (!co_regex_available())
        return;
    ck_assert_int_eq(co_regex_compile(&memory, co_text_of(bad_patterns[_i].pattern), false, &regex, &error),
                     COHORT_PARSE);
    ck_assert_ptr_null(regex);
    ck_assert_uint_eq(error.position, bad_patterns[_i].position);
    ck_assert_ptr_nonnull(strstr(error.text, "regular expression: "));
}
END_TEST

START_TEST(expressions_survive_refused_memory)
{
    static char subject[20000];

    if (!co_regex_available())
        return;
    memset(subject, 'a', sizeof subject);
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n };
        const cohort_allocator allocator = co_failing_allocator(&state);
        co_regex *regex = NULL;
        co_regex_matcher *matcher = NULL;
        cohort_status status;

        co_memory_init(&memory, &allocator, 0);
        status = co_regex_compile(&memory, CO_TEXT("^(?:a|b)*(c)"), true, &regex, NULL);
        if (status == COHORT_OK)
            status = co_regex_matcher_new(&memory, regex, 0, 0, &matcher, NULL);
        if (status == COHORT_OK && co_regex_match(matcher, (co_text){ subject, sizeof subject }) == CO_REGEX_MEMORY)
            status = COHORT_MEMORY;
        ck_assert_int_eq(status, state.n_refused > 0 ? COHORT_MEMORY : COHORT_OK);
        co_regex_matcher_free(matcher);
        co_regex_free(regex);
        ck_assert(co_failing_is_clean(&state));
        if (state.n_refused == 0)
            break;
    }
}
END_TEST

/* ---- hashes ---- */

START_TEST(buckets_are_the_promised_ones)
{
    const co_salt salt = co_salt_of(CO_TEXT("salt"));
    const co_salt vip = co_salt_of(CO_TEXT("vip"));

    ck_assert_uint_eq(co_salt_hash(&vip, CO_TEXT("-42")), UINT64_C(17133866085866580060));
    ck_assert_uint_eq(co_salt_hash(&salt, CO_TEXT("1")), UINT64_C(17065979777622673782));
    ck_assert_uint_eq(co_hash64("", 0, 0), UINT64_C(0xef46db3751d8e999));
    ck_assert_uint_eq(co_hash64(NULL, 0, 0), UINT64_C(0xef46db3751d8e999));
    ck_assert_uint_eq(co_hash_fast(NULL, 0, 0), UINT64_C(0x2d06800538d394c2));
}
END_TEST

START_TEST(pieces_hash_like_the_whole)
{
    co_random random = co_random_of(72);
    char bytes[500];

    co_random_bytes(&random, bytes, sizeof bytes);
    for (int i = 0; i < CO_TRIALS(2000); i++) {
        const size_t length = co_random_below(&random, sizeof bytes);
        const size_t cut = co_random_below(&random, length + 1);
        const uint64_t seed = co_random_u64(&random);
        co_hash_stream stream;

        co_hash_start(&stream, seed);
        co_hash_more(&stream, bytes, cut);
        co_hash_more(&stream, bytes + cut, length - cut);
        ck_assert_uint_eq(co_hash_end(&stream), co_hash64(bytes, length, seed));
        ck_assert_uint_eq(co_hash_end(&stream), co_hash64(bytes, length, seed));
    }
}
END_TEST

/* ---- JSON ---- */

static const struct {
    const char *text;
    const char *literal;
} literals[] = {
    { "", "\"\"" },
    { "plain", "\"plain\"" },
    { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
    { "\b\f\n\r\t\x01\x1f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\"" },
    { "\xc3\xa9\x7f", "\"\xc3\xa9\x7f\"" },
};

START_TEST(json_strings_escape_what_they_must)
{
    co_buffer buffer;

    co_buffer_init(&buffer, &memory, 0);
    co_json_string(&buffer, co_text_of(literals[_i].text));
    ck_assert(co_text_equal((co_text){ buffer.bytes, buffer.length }, co_text_of(literals[_i].literal)));
    co_buffer_clear(&buffer);
}
END_TEST

START_TEST(json_strings_may_hold_a_zero_byte)
{
    co_buffer buffer;

    co_buffer_init(&buffer, &memory, 0);
    co_json_string(&buffer, (co_text){ "a\0b", 3 });
    ck_assert(co_text_equal((co_text){ buffer.bytes, buffer.length }, CO_TEXT("\"a\\u0000b\"")));
    co_buffer_clear(&buffer);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base/text");
    TCase *text = tcase_create("text");
    TCase *rest = tcase_create("expressions, hashes, JSON");

    tcase_add_checked_fixture(text, set_up, tear_down);
    tcase_add_test(text, every_code_point_is_encoded_and_decoded);
    tcase_add_test(text, nothing_but_encoded_code_points_is_valid);
    tcase_add_loop_test(text, bad_sequences_are_found_where_they_start, 0, ROWS(texts));
    tcase_add_test(text, code_points_are_counted);
    tcase_add_loop_test(text, simple_mappings_are_those_of_unicode, 0, ROWS(points));
    tcase_add_test(text, folding_twice_changes_nothing);
    tcase_add_test(text, folded_texts_compare_without_being_made);
    tcase_add_test(text, long_texts_hash_alike_in_any_case);
    tcase_add_test(text, white_space_is_what_unicode_says);
    suite_add_tcase(suite, text);

    tcase_add_checked_fixture(rest, set_up, tear_down);
    tcase_add_loop_test(rest, expressions_are_found_anywhere_with_bounded_work, 0, ROWS(matches));
    tcase_add_test(rest, the_heap_of_a_match_is_bounded);
    tcase_add_loop_test(rest, bad_expressions_are_refused_where_they_go_wrong, 0, ROWS(bad_patterns));
    tcase_add_test(rest, expressions_survive_refused_memory);
    tcase_add_test(rest, buckets_are_the_promised_ones);
    tcase_add_test(rest, pieces_hash_like_the_whole);
    tcase_add_loop_test(rest, json_strings_escape_what_they_must, 0, ROWS(literals));
    tcase_add_test(rest, json_strings_may_hold_a_zero_byte);
    suite_add_tcase(suite, rest);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
