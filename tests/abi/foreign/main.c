/* Uses the library as a stranger would; the exit code tells whether it is the one declared. */
#include <cohort/base.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    char declared[32];

    snprintf(declared, sizeof declared, "%d.%d.%d", COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR,
             COHORT_VERSION_PATCH);
    printf("cohort %s (%s)\n", cohort_version(), cohort_features());
    return strcmp(declared, cohort_version()) != 0;
}
