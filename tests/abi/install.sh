#!/bin/sh
# An installed copy is found and linked by strangers, also after it was moved.
#
#     install.sh BUILD_FOLDER CMAKE C_COMPILER WORK_FOLDER
#
# By CMake with the shared, the static and no component; by pkg-config, shared and
# static; each component installs its own files only.

set -eu

build=$1
cmake=$2
compiler=$3
work=$4
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "$*" >&2
    exit 1
}

rm -rf "$work"
mkdir -p "$work"
cd "$work"

# Components: together everything, none twice.
"$cmake" --install "$build" --prefix "$work/whole" >/dev/null
(cd whole && find . ! -type d | sort) >whole.txt
for component in runtime dev cli; do
    mkdir -p "part-$component"
    "$cmake" --install "$build" --prefix "$work/part-$component" --component "$component" >/dev/null
    (cd "part-$component" && find . ! -type d) >>parts.txt
done
sort parts.txt | diff - whole.txt || fail "the components are not the whole"
(cd part-runtime && find . ! -type d) | grep -Ev '/libcohort\.so\.0\.[0-9.]+$|/LICENSE$' &&
    fail "the runtime component holds more than the library"
grep -q '/LICENSE$' whole.txt || fail "the licence is not installed"

# From here on the copy is elsewhere.
mv whole moved
grep -rlF "$work/whole" moved | grep -v '\.a$' && fail "these files remember where they were installed"
rm -rf part-*
if [ -x moved/bin/cohort ]; then
    moved/bin/cohort --version >/dev/null || fail "the moved command does not run"
fi

for component in shared static ""; do
    folder="cmake-${component:-default}"
    "$cmake" -S "$here/foreign" -B "$folder" -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_PREFIX_PATH="$work/moved" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF \
        -DCOMPONENT="$component" >log.txt 2>&1 || { cat log.txt; fail "configuring $folder"; }
    "$cmake" --build "$folder" >log.txt 2>&1 || { cat log.txt; fail "building $folder"; }
    "$folder/foreign" || fail "running $folder"
    if ldd "$folder/foreign" | grep -q libcohort; then linked=shared; else linked=static; fi
    [ "$linked" = "${component:-shared}" ] || fail "$folder linked the $linked library"
done

PKG_CONFIG_PATH=$(dirname "$(find "$work/moved" -name cohort.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046  # the flags are several words
"$compiler" "$here/foreign/main.c" -o pc-shared $(pkg-config --cflags --libs cohort) ||
    fail "pkg-config, shared"
LD_LIBRARY_PATH=$(pkg-config --variable=libdir cohort) ./pc-shared || fail "running pc-shared"
# All of the archive, so that everything it needs must be named.
# shellcheck disable=SC2046
"$compiler" "$here/foreign/main.c" -static -o pc-static -Wl,--whole-archive \
    "$(pkg-config --variable=libdir cohort)/libcohort.a" -Wl,--no-whole-archive \
    $(pkg-config --static --cflags --libs cohort) || fail "pkg-config, static"
./pc-static || fail "running pc-static"

echo "found and linked by CMake and pkg-config, shared and static, from a moved prefix"
