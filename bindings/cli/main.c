/* The cohort command: a verb, a store, and what the verb needs. */
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "report.h"
#include "verbs.h"

static const struct verb {
    const char *name;
    int (*run)(int n, char **words);
} verbs[] = {
    { "load", verb_load },       { "count", verb_count },     { "members", verb_members }, { "define", verb_define },
    { "segments", verb_segments }, { "drop", verb_drop },     { "trait", verb_trait },     { "explain", verb_explain },
    { "why", verb_why },         { "lint", verb_lint },       { "schema", verb_schema },   { "check", verb_check },
};

enum { N_VERBS = sizeof verbs / sizeof *verbs };

static bool wants_help(int n, char **words)
{
    for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return true;
    return false;
}

int main(int n, char **words)
{
    const char *name = n > 1 ? words[1] : "--help";

    if (strcmp(name, "--version") == 0) {
        printf("cohort %s (%s)\n", cohort_version(), cohort_features());
        return EXIT_FINE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        fputs(n > 2 && help_of(words[2]) != NULL ? help_of(words[2]) : help_of(NULL), n > 1 ? stdout : stderr);
        return n > 1 ? EXIT_FINE : EXIT_REQUEST;
    }
    for (size_t i = 0; i < N_VERBS; i++) {
        if (strcmp(name, verbs[i].name) != 0)
            continue;
        if (wants_help(n - 2, words + 2)) {
            fputs(help_of(name), stdout);
            return EXIT_FINE;
        }

        const int code = verbs[i].run(n - 2, words + 2);

        return fflush(stdout) != 0 && code == EXIT_FINE ? EXIT_SYSTEM : code;
    }
    complain("there is no verb '%s'; see cohort --help", name);
    return EXIT_REQUEST;
}
