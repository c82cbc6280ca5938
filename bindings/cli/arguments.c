/* Words of a command line: options take values apart where they stand. */
#include "arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static void *more(void *items, size_t n, size_t size)
{
    void *grown = realloc(items, (n + 1) * size);

    if (grown == NULL)
        stop_without_memory();
    return grown;
}

static void add_word(word_list *list, const char *word)
{
    list->items = more(list->items, list->n, sizeof *list->items);
    list->items[list->n++] = word;
}

/* The next comma; of expressions, one outside their parentheses and quotes. */
static char *next_comma(char *text, bool expressions)
{
    int depth = 0;
    char quote = 0;

    for (; *text != 0; text++) {
        if (*text == ',' && depth == 0 && quote == 0)
            return text;
        if (!expressions)
            continue;
        if (quote != 0 || *text == '\'' || *text == '"')
            quote = quote == 0 ? *text : quote == *text ? 0 : quote;
        else
            depth += (*text == '(') - (*text == ')');
    }
    return NULL;
}

static void add_commas(word_list *list, char *value, bool expressions)
{
    for (;;) {
        char *comma = next_comma(value, expressions);

        add_word(list, value);
        if (comma == NULL)
            return;
        *comma = 0;
        value = comma + 1;
    }
}

static bool add_pair(pair_list *list, const char *name, char *value)
{
    char *equals = strchr(value, '=');

    if (equals == NULL || equals == value) {
        complain("--%s wants NAME=VALUE, not '%s'", name, value);
        return false;
    }
    *equals = 0;
    list->items = more(list->items, list->n, sizeof *list->items);
    list->items[list->n++] = (cohort_pair){ value, equals + 1 };
    return true;
}

void words_clear(word_list *list)
{
    free(list->items);
    *list = (word_list){ 0 };
}

void pairs_clear(pair_list *list)
{
    free(list->items);
    *list = (pair_list){ 0 };
}

static bool read_number(const char *name, const char *value, uint64_t *number)
{
    const size_t n_digits = strspn(value, "0123456789");

    if (n_digits == 0 || n_digits > 18 || value[n_digits] != 0) {
        complain("--%s wants a whole number, not '%s'", name, value);
        return false;
    }
    *number = strtoull(value, NULL, 10);
    return true;
}

static bool take(const option *option, char *value)
{
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)option->target = true;
        return true;
    case OPTION_WORD:
        *(const char **)option->target = value;
        return true;
    case OPTION_NUMBER:
        return read_number(option->name, value, option->target);
    case OPTION_WORDS:
        add_word(option->target, value);
        return true;
    case OPTION_COMMAS:
    case OPTION_EXPRESSIONS:
        add_commas(option->target, value, option->kind == OPTION_EXPRESSIONS);
        return true;
    default:
        return add_pair(option->target, option->name, value);
    }
}

static const option *find(const option *options, const char *name, size_t length)
{
    for (; options->name != NULL; options++)
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
            return options;
    return NULL;
}

/* One option at words[*i]; its value may be the next word. */
static bool read_option(int n, char **words, int *i, const char *verb, const option *options)
{
    char *name = words[*i] + 2;
    const size_t length = strcspn(name, "=");
    const option *option = find(options, name, length);

    if (option == NULL) {
        complain("%s has no option --%.*s; see cohort %s --help", verb, (int)length, name, verb);
        return false;
    }
    if (option->kind == OPTION_FLAG && name[length] == '=') {
        complain("--%s takes no value", option->name);
        return false;
    }
    if (option->kind == OPTION_FLAG)
        return take(option, NULL);
    if (name[length] == '=')
        return take(option, name + length + 1);
    if (*i + 1 == n) {
        complain("--%s wants a value", option->name);
        return false;
    }
    return take(option, words[++*i]);
}

bool arguments_read(int n, char **words, const char *verb, const option *options, const char **positional,
                    size_t least, size_t most, size_t *n_positional)
{
    bool only_words = false;
    size_t found = 0;

    for (int i = 0; i < n; i++) {
        if (!only_words && strcmp(words[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(words[i], "--", 2) == 0) {
            if (!read_option(n, words, &i, verb, options))
                return false;
        } else if (found == most) {
            complain("'%s' is one word too many; see cohort %s --help", words[i], verb);
            return false;
        } else {
            positional[found++] = words[i];
        }
    }
    if (found < least) {
        complain("something is missing; see cohort %s --help", verb);
        return false;
    }
    *n_positional = found;
    return true;
}
