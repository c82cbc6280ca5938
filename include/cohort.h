/*
 * The front door: all of the public face, part by part.
 */
#ifndef COHORT_H
#define COHORT_H
#include "cohort/base.h"
#include "cohort/bitmap.h"
#include "cohort/evaluate.h"
#include "cohort/io.h"
#include "cohort/segment.h"
#include "cohort/store.h"
#endif
