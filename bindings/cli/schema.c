/* cohort schema, check: what a store holds, and whether it is whole. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "verbs.h"

static const char *type_text(const cohort_field *field, char *text, size_t size)
{
    static const char *const names[] = { "", "bool", "int", "decimal", "double", "date", "timestamp", "string",
                                         "set", "point", "reference" };

    if (field->type == COHORT_DECIMAL)
        snprintf(text, size, "decimal(%d)", (int)field->scale);
    else if (field->type == COHORT_REFERENCE)
        snprintf(text, size, "reference(%s)", field->target);
    else
        snprintf(text, size, "%s%s", names[field->type], field->collation == COHORT_NOCASE ? "(nocase)" : "");
    return text;
}

static void print_field(command *s, const char *object, const cohort_field *field, const char *role)
{
    cohort_field_usage usage = COHORT_FIELD_USAGE_INIT;
    char type[320];
    char distinct[24] = "";

    cohort_snapshot_usage(s->snapshot, object, field->name, &usage, NULL);
    if (usage.n_distinct > 0)
        snprintf(distinct, sizeof distinct, "%" PRIu64, usage.n_distinct);
    printf("  %-24s %-24s %12" PRIu64 " %10s %12" PRIu64 "  %s\n", field->name,
           type_text(field, type, sizeof type), usage.n_values, distinct, usage.memory_bytes, role);
}

static bool is_named(const char *name, const char *other)
{
    return other != NULL && strcmp(name, other) == 0;
}

static void print_object(command *s, const cohort_object *object)
{
    cohort_field key = COHORT_FIELD_INIT;

    printf("%s: %" PRIu64 " records\n", object->name, cohort_snapshot_count(s->snapshot, object->name));
    printf("  %-24s %-24s %12s %10s %12s\n", "field", "type", "values", "distinct", "bytes");
    key.name = object->key_name;
    key.type = object->key_type == COHORT_NULL ? COHORT_INT : object->key_type;
    print_field(s, object->name, &key, object->key_type == COHORT_NULL ? "numbered by arrival" : "key");
    for (size_t i = 0; i < object->n_fields; i++) {
        const cohort_field *field = &object->fields[i];

        print_field(s, object->name, field,
                    is_named(field->name, object->home)      ? "home"
                    : is_named(field->name, object->time)    ? "time"
                    : is_named(field->name, object->cluster) ? "cluster"
                                                             : "");
    }
}

static int32_t write_stdout(void *context, const void *bytes, size_t length)
{
    (void)context;
    return fwrite(bytes, 1, length, stdout) == length ? 0 : 1;
}

int verb_schema(int n, char **words)
{
    const char *format = "table";
    const option table[] = { { "format", OPTION_WORD, &format }, { NULL, OPTION_FLAG, NULL } };
    const char *places[1];
    size_t n_places;
    command s = COMMAND_INIT;
    int code = EXIT_FINE;

    if (!arguments_read(n, words, "schema", table, places, 1, 1, &n_places))
        return EXIT_REQUEST;
    if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0) {
        complain("--format wants table or json, not '%s'", format);
        return EXIT_REQUEST;
    }
    if (!command_open(&s, places[0], false, false)) {
        code = exit_code(s.error.code, false);
    } else if (strcmp(format, "json") == 0) {
        if (cohort_snapshot_schema_json(s.snapshot, write_stdout, NULL, &s.error) != COHORT_OK)
            code = command_fail(&s);
    } else {
        for (size_t i = 0;; i++) {
            cohort_object object = COHORT_OBJECT_INIT;

            if (cohort_snapshot_object(s.snapshot, i, &object, NULL) != COHORT_OK)
                break;
            if (i > 0)
                putchar('\n');
            print_object(&s, &object);
        }
    }
    command_close(&s);
    return code;
}

int verb_check(int n, char **words)
{
    const option table[] = { { NULL, OPTION_FLAG, NULL } };
    const char *places[1];
    size_t n_places;
    cohort_error error = COHORT_ERROR_INIT;

    if (!arguments_read(n, words, "check", table, places, 1, 1, &n_places))
        return EXIT_REQUEST;
    if (cohort_store_check(places[0], &error) != COHORT_OK)
        return report_error(&error, NULL);
    printf("%s is whole\n", places[0]);
    return EXIT_FINE;
}
