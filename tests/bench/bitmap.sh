#!/bin/sh
# Our bitmaps against CRoaring's: builds the measurement, unpacks the real-roaring
# data sets, runs. Nothing of the data stays.
#
# Used:    COHORT_TEST_DATA=FOLDER tests/bench/bitmap.sh [OPTION…]
#          FOLDER/roaring/*.zip are the data sets; without them only made-up sets are
#          measured. Options go to bench_bitmap. BUILD names the build folder.
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$source/build-bench}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT INT TERM

cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCOHORT_BENCH=ON >/dev/null
cmake --build "$build" --target bench_bitmap >/dev/null

for zip in "${COHORT_TEST_DATA:-/nowhere}"/roaring/*.zip; do
    [ -e "$zip" ] || continue
    name=$(basename "$zip" .zip)
    mkdir "$data/$name"
    python3 -m zipfile -e "$zip" "$data/$name"
    set -- "$@" "$data/$name"
done
program=$(find "$build" -name bench_bitmap -type f | head -n 1)
"$program" "$@"
