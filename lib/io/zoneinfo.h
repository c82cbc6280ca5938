/*
 * Time zones by name, from the system's zoneinfo files.
 */
#ifndef CO_IO_ZONEINFO_H
#define CO_IO_ZONEINFO_H

#include "base/zone.h"

/*
 * "UTC", "+02:00" or an IANA name such as "Australia/Sydney"; empty is UTC. Release *zone.
 * Fails: COHORT_NOT_FOUND for a name the system does not know, COHORT_CORRUPT for a damaged file, IO, MEMORY.
 */
cohort_status co_zoneinfo_load(co_memory *memory, co_text name, const co_zone **zone, cohort_error *error);

#endif
