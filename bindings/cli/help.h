/* Help texts. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

/* The help of a verb; NULL: of the command. NULL if there is no such verb. */
const char *help_of(const char *verb);

#endif
