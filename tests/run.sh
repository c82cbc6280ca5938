#!/bin/sh
# Runs every test from nothing but a checkout: installs what is missing, builds,
# tests the release build, then once more with sanitizers, then what depends on the
# machine on an ARM and on a big-endian one, emulated.
#
#     sh tests/run.sh
#
# Reads    COHORT_TEST_DATA  the folder of real inputs; ../shared/data beside the
#                            checkout when unset. Tests that need it skip without it.
# Gives    the time of each suite, then "N passed, N failed, N skipped", where a
#          suite counts once for each build, and a line "skipped: why" that a suite
#          prints counts as one skipped test, a machine that cannot be built for as
#          another. Exit 1 if anything failed.

set -eu

cd "$(dirname "$0")/.."
. cmake/packages.sh
cohort_ensure_packages $cohort_build_packages $cohort_test_packages

: "${COHORT_TEST_DATA:=../shared/data}"
if [ -d "$COHORT_TEST_DATA" ]; then
    COHORT_TEST_DATA=$(cd "$COHORT_TEST_DATA" && pwd)
    export COHORT_TEST_DATA
else
    unset COHORT_TEST_DATA
fi

n_cores=$(nproc 2>/dev/null || echo 2)
n_passed=0
n_failed=0
n_skipped=0
n_checks=0

# Configures and builds one tree: its folder, then CMake's arguments.
build_tree() {
    tree=$1
    shift
    if [ ! -f "$tree/CMakeCache.txt" ] && command -v ninja >/dev/null; then
        set -- -G Ninja "$@"
    fi
    cmake -S . -B "$tree" "$@" >"$tree.log" 2>&1 || { cat "$tree.log"; exit 1; }
    cmake --build "$tree" --parallel "$n_cores" >"$tree.log" 2>&1 || { cat "$tree.log"; exit 1; }
    rm -f "$tree.log"
}

# Runs the suites of a tree and adds them to the counts.
run_tree() {
    tree=$1
    ctest --test-dir "$tree" --parallel "$n_cores" --output-on-failure --no-tests=error \
        2>&1 | tee "$tree.log" || true
    counts=$(awk '
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            if (/ Passed +[0-9.]+ sec/) passed++
            else if (/\*\*\*Skipped/) skipped++
            else failed++
        }
        END { print passed + 0, failed + 0, skipped + 0 }' "$tree.log")
    said=$(awk '
        /^skipped: / { skipped++ }
        /^[0-9]+%: Checks: [0-9]+,/ { sub(/,/, "", $3); checks += $3 }
        END { print skipped + 0, checks + 0 }' "$tree/Testing/Temporary/LastTest.log")
    rm -f "$tree.log"
    set -- $counts $said
    [ "$(($1 + $2 + $3))" -gt 0 ] || set -- 0 1 0 0 0
    n_passed=$((n_passed + $1))
    n_failed=$((n_failed + $2))
    n_skipped=$((n_skipped + $3 + $4))
    n_checks=$((n_checks + $5))
}

echo "== Release build"
build_tree build-tests -DCMAKE_BUILD_TYPE=Release -DCOHORT_WERROR=ON
run_tree build-tests

echo "== Address and undefined-behaviour sanitizers"
build_tree build-tests-asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-O1 -g" \
    -DCOHORT_WERROR=ON -DCOHORT_SANITIZE=address,undefined
run_tree build-tests-asan

# Why a machine cannot be built for here; nothing if it can: its name, and what Debian calls it.
obstacle() {
    if ! cohort_ensure_packages qemu-user-static "gcc-$1-linux-gnu" "libc6-dev-$2-cross" >&2; then
        echo "its compiler or qemu-user cannot be installed"
    elif ! command -v "$1-linux-gnu-gcc" >/dev/null; then
        echo "there is no $1-linux-gnu-gcc"
    elif ! command -v "qemu-$1-static" >/dev/null && ! command -v "qemu-$1" >/dev/null; then
        echo "there is no qemu-$1"
    elif ! sh cmake/sysroot.sh "$2" "build-tests-$1/sysroot" >&2; then
        echo "its libraries cannot be fetched"
    fi
}

for machine in aarch64=arm64 s390x=s390x; do
    name=${machine%=*}
    tree=build-tests-$name
    echo "== $name, emulated"
    why=$(obstacle "$name" "${machine#*=}")
    if [ -n "$why" ]; then
        echo "skipped: $name: $why"
        n_skipped=$((n_skipped + 1))
    else
        build_tree "$tree" -DCMAKE_BUILD_TYPE=Release -DCOHORT_WERROR=ON \
            "-DCMAKE_TOOLCHAIN_FILE=$PWD/cmake/$name.cmake" "-DCOHORT_SYSROOT=$PWD/$tree/sysroot"
        run_tree "$tree"
    fi
done

echo "$n_checks checks in $((n_passed + n_failed)) runs of suites"
echo "$n_passed passed, $n_failed failed, $n_skipped skipped"
[ "$n_failed" -eq 0 ]
