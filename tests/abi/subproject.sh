#!/bin/sh
# Used through add_subdirectory the project builds its libraries, installs nothing,
# and leaves the settings of its host alone.
#
#     subproject.sh SOURCE_FOLDER CMAKE C_COMPILER WORK_FOLDER

set -eu

source=$1
cmake=$2
compiler=$3
work=$4
here=$(cd "$(dirname "$0")" && pwd)

rm -rf "$work"
mkdir -p "$work"
cd "$work"

"$cmake" -S "$here/foreign" -B build -DCMAKE_C_COMPILER="$compiler" -DCOHORT_SOURCE="$source" \
    >log.txt 2>&1 || { cat log.txt; exit 1; }
"$cmake" --build build --parallel 2 --target foreign >log.txt 2>&1 || { cat log.txt; exit 1; }
build/foreign
"$cmake" --install build --prefix "$work/prefix" >/dev/null
(cd prefix && find . ! -type d) >installed.txt
if [ "$(cat installed.txt)" != ./bin/foreign ]; then
    echo "the host installs more than its own program:" >&2
    cat installed.txt >&2
    exit 1
fi
echo "add_subdirectory builds the library and installs nothing of it"
