/*
 * Regular expressions with bounded work.
 *
 * Always:  UTF and Unicode properties on, found anywhere, `.` does not match a
 *          line feed. A compiled expression never changes; any number of
 *          threads may use one, each with a matcher of its own.
 * Costs:   interpreted. Machine code would be faster, but counts its steps
 *          otherwise and ignores the heap limit: what is found and what is
 *          refused would then depend on the machine.
 * Source:  PCRE2; only base/regex.c sees its header. Without it compiling fails with
 *          COHORT_UNSUPPORTED.
 */
#ifndef CO_BASE_REGEX_H
#define CO_BASE_REGEX_H

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

#define CO_REGEX_MATCH_LIMIT 1000000u
#define CO_REGEX_HEAP_BYTES (64u << 20)

typedef struct co_regex co_regex;
typedef struct co_regex_matcher co_regex_matcher;

typedef enum co_regex_result {
    CO_REGEX_NO_MATCH,
    CO_REGEX_MATCH,
    CO_REGEX_LIMIT,             /* gave up: match steps or heap */
    CO_REGEX_MEMORY             /* the allocator refused */
} co_regex_result;

bool co_regex_available(void);

/* Fails: COHORT_PARSE with the byte offset in the pattern as position; COHORT_MEMORY; COHORT_UNSUPPORTED. */
cohort_status co_regex_compile(co_memory *memory, co_text pattern, bool nocase, co_regex **regex,
                               cohort_error *error);
void co_regex_free(co_regex *regex);

/* One thread's working memory for one regex, which must outlive it. Limits of 0 mean those above. */
cohort_status co_regex_matcher_new(co_memory *memory, const co_regex *regex, uint32_t match_limit, size_t heap_bytes,
                                   co_regex_matcher **matcher, cohort_error *error);
void co_regex_matcher_free(co_regex_matcher *matcher);

/* Whether the regex is found in a valid UTF-8 subject. */
co_regex_result co_regex_match(co_regex_matcher *matcher, co_text subject);

#endif
