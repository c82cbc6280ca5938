/*
 * What every other part of the public face rests on: visibility, status
 * codes, errors, the allocator, versions.
 *
 * Always:  a function that can fail returns cohort_status; 0 is fine.
 *          Structs that may grow begin with `size`, set by their _INIT macro;
 *          in every field zero means the default.
 */
#ifndef COHORT_BASE_H
#define COHORT_BASE_H

#include <stddef.h>
#include <stdint.h>

#define COHORT_VERSION_MAJOR 0
#define COHORT_VERSION_MINOR 1
#define COHORT_VERSION_PATCH 0

#if defined(_WIN32) && defined(COHORT_SHARED)
#  ifdef COHORT_BUILDING
#    define COHORT_API __declspec(dllexport)
#  else
#    define COHORT_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define COHORT_API __attribute__((visibility("default")))
#else
#  define COHORT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every status: name, number, text. Numbers are pinned for ever; new ones go
 * at the end. The same list makes names, texts and the classes of bindings.
 */
#define COHORT_STATUS_LIST(X)                                                   \
    X(OK, 0, "success")                                                         \
    X(INVALID, 1, "the call itself is wrong")                                   \
    X(PARSE, 2, "text that is not an expression or a value")                    \
    X(NOT_FOUND, 3, "no such object, field, segment or key")                    \
    X(EXISTS, 4, "already there, or still in use")                              \
    X(AMBIGUOUS, 5, "several things answer to this name")                       \
    X(TYPE, 6, "a value of the wrong type")                                     \
    X(OVERFLOW, 7, "a number that does not fit")                                \
    X(LIMIT, 8, "a configured limit was reached")                               \
    X(FULL, 9, "an object has no rows left")                                    \
    X(MEMORY, 10, "no memory")                                                  \
    X(CANCELLED, 11, "the caller asked to stop")                                \
    X(DEADLINE, 12, "the deadline has passed")                                  \
    X(BUSY, 13, "in use by someone else")                                       \
    X(FORK, 14, "used in a child process after fork")                           \
    X(READ_ONLY, 15, "not open for writing")                                    \
    X(IO, 16, "the operating system failed to read or write")                   \
    X(CORRUPT, 17, "stored bytes are damaged")                                  \
    X(TOO_NEW, 18, "made by a newer version")                                   \
    X(COMMIT_UNKNOWN, 19, "a commit may or may not have reached the disk")      \
    X(UNSUPPORTED, 20, "not available in this build or version")

typedef int32_t cohort_status;

enum {
#define COHORT_STATUS_NUMBER(name, number, text) COHORT_##name = number,
    COHORT_STATUS_LIST(COHORT_STATUS_NUMBER)
#undef COHORT_STATUS_NUMBER
};

/** No byte position is known. */
#define COHORT_NO_POSITION UINT64_MAX

/**
 * What went wrong, in storage the caller owns. Nothing in it needs freeing.
 * May be passed as NULL wherever it is asked for; written only on failure.
 *
 *   position  byte offset into the text or bytes given, or COHORT_NO_POSITION
 *   line      1-based line of `position`, 0 where it has no meaning
 *   column    1-based column of `position` in code points, 0 likewise
 *   text      one line, UTF-8, zero-terminated, cut to fit
 */
typedef struct cohort_error {
    uint32_t size;
    cohort_status code;
    uint64_t position;
    uint32_t line;
    uint32_t column;
    char text[480];
} cohort_error;

#define COHORT_ERROR_INIT { sizeof(cohort_error), 0, UINT64_MAX, 0, 0, { 0 } }

/**
 * Where memory comes from: one function. new_size 0 frees and returns NULL;
 * old_size is 0 with a NULL pointer. NULL otherwise means there is none, and
 * then `pointer` is still valid. Blocks are aligned as by malloc. May be called
 * from several threads at once.
 */
typedef struct cohort_allocator {
    uint32_t size;
    uint32_t reserved;
    void *context;
    void *(*resize)(void *context, void *pointer, size_t old_size, size_t new_size);
} cohort_allocator;

#define COHORT_ALLOCATOR_INIT { sizeof(cohort_allocator), 0, NULL, NULL }

/** The library's version as text, "0.1.0"; static. Since 0.1. */
COHORT_API const char *cohort_version(void);

/** Optional parts in this build, "json regex unicode zlib", space-separated; static. Since 0.1. */
COHORT_API const char *cohort_features(void);

/** The name of a status, "COHORT_NOT_FOUND"; static; "COHORT_?" if unknown. Since 0.1. */
COHORT_API const char *cohort_status_name(cohort_status status);

/** One line of English for a status; static. Since 0.1. */
COHORT_API const char *cohort_status_text(cohort_status status);

#ifdef __cplusplus
}
#endif

#endif
