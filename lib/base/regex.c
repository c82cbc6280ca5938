/*
 * PCRE2 behind co_memory. Blocks get a head that remembers their size, because
 * PCRE2 does not say it when it frees.
 */
#ifdef CO_WITH_REGEX
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif

#include <string.h>

#include "base/regex.h"
#include "base/sums.h"

#ifdef CO_WITH_REGEX

#define HEAD_BYTES 16

struct co_regex {
    co_memory *memory;
    pcre2_general_context *general;
    pcre2_code *code;
};

struct co_regex_matcher {
    co_memory *memory;
    pcre2_general_context *general;
    pcre2_match_context *limits;
    pcre2_match_data *found;
    const pcre2_code *code;
};

static void *take_block(size_t size, void *memory)
{
    size_t whole;

    if (!co_add_size(size, HEAD_BYTES, &whole))
        return NULL;

    char *head = co_memory_new(memory, whole);

    if (head == NULL)
        return NULL;
    memcpy(head, &whole, sizeof whole);
    return head + HEAD_BYTES;
}

static void give_block(void *block, void *memory)
{
    if (block == NULL)
        return;

    char *head = (char *)block - HEAD_BYTES;
    size_t whole;

    memcpy(&whole, head, sizeof whole);
    co_memory_free(memory, head, whole);
}

bool co_regex_available(void)
{
    return true;
}

static cohort_status fail_compile(int code, size_t offset, cohort_error *error)
{
    PCRE2_UCHAR text[160];

    if (code == PCRE2_ERROR_HEAP_FAILED)
        return co_fail_memory(error);
    if (pcre2_get_error_message(code, text, sizeof text) < 0)
        text[0] = '\0';
    return co_fail_at(error, COHORT_PARSE, offset, "regular expression: %s", (const char *)text);
}

/* The same answers whatever PCRE2 was built with: lines end in a line feed, \R is any line break. */
static pcre2_compile_context *new_rules(pcre2_general_context *general)
{
    pcre2_compile_context *rules = pcre2_compile_context_create(general);

    if (rules != NULL) {
        pcre2_set_newline(rules, PCRE2_NEWLINE_LF);
        pcre2_set_bsr(rules, PCRE2_BSR_UNICODE);
    }
    return rules;
}

static cohort_status compile(co_regex *regex, co_text pattern, bool nocase, cohort_error *error)
{
    const uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | (nocase ? PCRE2_CASELESS : 0);
    int code = 0;
    size_t offset = 0;

    regex->general = pcre2_general_context_create(take_block, give_block, regex->memory);
    if (regex->general == NULL)
        return co_fail_memory(error);

    pcre2_compile_context *rules = new_rules(regex->general);

    if (rules == NULL)
        return co_fail_memory(error);
    regex->code = pcre2_compile((PCRE2_SPTR)(pattern.length == 0 ? "" : pattern.bytes), pattern.length, options, &code,
                                &offset, rules);
    pcre2_compile_context_free(rules);
    return regex->code == NULL ? fail_compile(code, offset, error) : COHORT_OK;
}

cohort_status co_regex_compile(co_memory *memory, co_text pattern, bool nocase, co_regex **regex, cohort_error *error)
{
    co_regex *made = co_memory_new_zeroed(memory, 1, sizeof *made);

    *regex = NULL;
    if (made == NULL)
        return co_fail_memory(error);
    made->memory = memory;

    const cohort_status status = compile(made, pattern, nocase, error);

    if (status != COHORT_OK)
        co_regex_free(made);
    else
        *regex = made;
    return status;
}

void co_regex_free(co_regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    pcre2_general_context_free(regex->general);
    co_memory_free(regex->memory, regex, sizeof *regex);
}

cohort_status co_regex_matcher_new(co_memory *memory, const co_regex *regex, uint32_t match_limit, size_t heap_bytes,
                                   co_regex_matcher **matcher, cohort_error *error)
{
    co_regex_matcher *made = co_memory_new_zeroed(memory, 1, sizeof *made);
    const size_t heap_kib = (heap_bytes == 0 ? CO_REGEX_HEAP_BYTES : heap_bytes) / 1024;

    *matcher = NULL;
    if (made == NULL)
        return co_fail_memory(error);
    made->memory = memory;
    made->code = regex->code;
    made->general = pcre2_general_context_create(take_block, give_block, memory);
    if (made->general != NULL) {
        made->limits = pcre2_match_context_create(made->general);
        made->found = pcre2_match_data_create(1, made->general);
    }
    if (made->limits == NULL || made->found == NULL) {
        co_regex_matcher_free(made);
        return co_fail_memory(error);
    }
    pcre2_set_match_limit(made->limits, match_limit == 0 ? CO_REGEX_MATCH_LIMIT : match_limit);
    pcre2_set_heap_limit(made->limits, heap_kib > UINT32_MAX ? UINT32_MAX : (uint32_t)heap_kib);
    *matcher = made;
    return COHORT_OK;
}

void co_regex_matcher_free(co_regex_matcher *matcher)
{
    if (matcher == NULL)
        return;
    pcre2_match_data_free(matcher->found);
    pcre2_match_context_free(matcher->limits);
    pcre2_general_context_free(matcher->general);
    co_memory_free(matcher->memory, matcher, sizeof *matcher);
}

co_regex_result co_regex_match(co_regex_matcher *matcher, co_text subject)
{
    const int code = pcre2_match(matcher->code, (PCRE2_SPTR)(subject.length == 0 ? "" : subject.bytes), subject.length,
                                 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, matcher->found, matcher->limits);

    if (code >= 0)
        return CO_REGEX_MATCH;
    if (code == PCRE2_ERROR_NOMATCH)
        return CO_REGEX_NO_MATCH;
    return code == PCRE2_ERROR_NOMEMORY ? CO_REGEX_MEMORY : CO_REGEX_LIMIT;
}

#else

bool co_regex_available(void)
{
    return false;
}

cohort_status co_regex_compile(co_memory *memory, co_text pattern, bool nocase, co_regex **regex, cohort_error *error)
{
    (void)memory;
    (void)pattern;
    (void)nocase;
    *regex = NULL;
    return co_fail(error, COHORT_UNSUPPORTED, "regular expressions are not in this build, which has no PCRE2");
}

void co_regex_free(co_regex *regex)
{
    (void)regex;
}

cohort_status co_regex_matcher_new(co_memory *memory, const co_regex *regex, uint32_t match_limit, size_t heap_bytes,
                                   co_regex_matcher **matcher, cohort_error *error)
{
    (void)memory;
    (void)regex;
    (void)match_limit;
    (void)heap_bytes;
    *matcher = NULL;
    return co_fail(error, COHORT_UNSUPPORTED, "regular expressions are not in this build, which has no PCRE2");
}

void co_regex_matcher_free(co_regex_matcher *matcher)
{
    (void)matcher;
}

co_regex_result co_regex_match(co_regex_matcher *matcher, co_text subject)
{
    (void)matcher;
    (void)subject;
    return CO_REGEX_NO_MATCH;
}

#endif
