/* Help texts; the manual cohort(1) says more. */
#include "help.h"

#include <stddef.h>
#include <string.h>

#define EVALUATION                                                                                                     \
    "  --as-of TIME          the instant to ask about, 2026-11-22 or 2026-11-22T10:00:00Z; now\n"                      \
    "  --tz ZONE             UTC, +02:00 or a name such as Australia/Sydney; UTC\n"                                    \
    "  --week-start DAY      monday … sunday; monday\n"                                                                \
    "  --fiscal-start MONTH  1 … 12; 1\n"                                                                              \
    "  --nulls complement    NOT of a condition is everything else, missing values included\n"                         \
    "  --threads N           as many as there are processors\n"

#define EXPRESSION "EXPRESSION is a condition as in cohort-expr(7), or @FILE.\n"

static const char general[] =
    "usage: cohort VERB STORE [OBJECT] …\n"
    "Customer segments, exactly and in milliseconds. STORE is a directory.\n"
    "\n"
    "  load       records from a CSV file          define     name a segment\n"
    "  count      how many are in a segment        trait      name a computed field\n"
    "  members    who is in a segment              segments   list what is named\n"
    "  explain    how an answer comes about        drop       forget a name\n"
    "  why        why one record is in or out      schema     objects, fields, sizes\n"
    "  lint       what may not be meant            check      is the store whole?\n"
    "\n"
    "  cohort VERB --help    what a verb takes\n"
    "  cohort --version      version and optional parts\n"
    "\n"
    "Exit codes: 0 fine, 1 a bad request, 2 bad data or a damaged store, 3 the system.\n"
    "Manuals: cohort(1), cohort-expr(7).\n";

static const struct text {
    const char *verb;
    const char *text;
} texts[] = {
    { "load",
      "usage: cohort load STORE OBJECT FILE [options]\n"
      "Adds the records of a CSV file (.gz too; - is stdin): by key new or changed, without a\n"
      "key appended. All of them or none.\n"
      "\n"
      "  --key COLUMN            the column that is the key\n"
      "  --row-number NAME       instead: a key made of the number of the row\n"
      "  --ref COLUMN=OBJECT     the column names records of another object\n"
      "  --create-parents        make the records named by references that are not there\n"
      "  --home COLUMN           the reference beside whose record these are kept\n"
      "  --time COLUMN           when it happened: makes OBJECT an event object\n"
      "  --cluster COLUMN        keep records of one value together\n"
      "  --type COLUMN=TYPE      bool int decimal(2) money double date timestamp string\n"
      "                          string(nocase) set set(nocase); else found from all values\n"
      "  --rename 'OLD=NEW'      name of a column in the file = name of the field\n"
      "  --columns A,B           load only these columns of the file\n"
      "  --duplicates WHICH      which row of a key counts: last, first, or error; last\n"
      "  --delimiter CHARACTER   also tab and blanks; a comma\n"
      "  --encoding latin1       utf-8 otherwise\n"
      "  --date-format LAYOUT    %m/%d/%Y …, several separated by |; ISO 8601 otherwise\n"
      "  --tz ZONE               of timestamps without an offset; UTC\n"
      "  --null TEXT             a text that means missing, like the empty cell\n"
      "  --set COLUMN=SEPARATOR  a cell holds several values\n"
      "  --point NAME=LAT,LON    two columns are one place\n"
      "  --skip-errors N         leave out up to N bad rows, and tell which\n"
      "  --keep-empty            \"\" is an empty text, not missing\n" },
    { "count",
      "usage: cohort count STORE OBJECT EXPRESSION [options]\n"
      "Prints how many records of OBJECT are in the segment.\n" EXPRESSION "\n" EVALUATION },
    { "members",
      "usage: cohort members STORE OBJECT EXPRESSION [options]\n"
      "Prints who is in the segment.\n" EXPRESSION "\n"
      "  --format FORMAT       keys, csv, ndjson, table, roaring; keys (csv with --columns)\n"
      "  --columns A,B         fields, paths, traits or values to print; every field\n"
      "  --order-by A,B        the same, each with optional DESC; row order\n"
      "  --limit N             at most N\n"
      "  --out FILE            instead of stdout\n" EVALUATION },
    { "define",
      "usage: cohort define STORE OBJECT NAME EXPRESSION [--nulls complement]\n"
      "       cohort define STORE OBJECT NAME --keys FILE\n"
      "Names a segment, or replaces it: by a condition, or by the keys in FILE, one a line.\n" EXPRESSION },
    { "trait",
      "usage: cohort trait STORE OBJECT NAME EXPRESSION [--nulls complement]\n"
      "Names a computed value, usable wherever a field is.\n" },
    { "segments",
      "usage: cohort segments STORE [OBJECT] [options]\n"
      "Lists segments with their sizes, and traits.\n"
      "\n" EVALUATION },
    { "drop",
      "usage: cohort drop STORE OBJECT NAME\n"
      "Forgets a segment or trait; refused, naming the users, while others use it.\n" },
    { "explain",
      "usage: cohort explain STORE OBJECT EXPRESSION [options]\n"
      "Prints how many records are true and unknown at each condition, then the steps that ran.\n" EXPRESSION
      "\n" EVALUATION },
    { "why",
      "usage: cohort why STORE OBJECT KEY EXPRESSION [options]\n"
      "Prints each condition with its answer for one record and the value seen.\n" EXPRESSION "\n" EVALUATION },
    { "lint",
      "usage: cohort lint STORE OBJECT EXPRESSION [options]\n"
      "Prints what is legal but probably not meant.\n" EXPRESSION "\n" EVALUATION },
    { "schema",
      "usage: cohort schema STORE [--format table|json]\n"
      "Prints objects, fields, how many values they have and the memory they take.\n" },
    { "check",
      "usage: cohort check STORE\n"
      "Reads everything and tells whether it is whole, or where it is damaged.\n" },
};

const char *help_of(const char *verb)
{
    if (verb == NULL)
        return general;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].verb, verb) == 0)
            return texts[i].text;
    return NULL;
}
