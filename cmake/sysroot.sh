#!/bin/sh
# Fills a folder with what the library and its tests need of another machine's
# libraries: headers, static libraries and pkg-config files, from Debian.
#
#     sh cmake/sysroot.sh s390x build-s390x/sysroot
#
# Always:  nothing is installed and apt's own lists are left alone: the packages are
#          looked up in lists of our own, fetched and unpacked there. Root is not needed.
# Not here: the compiler and its C library; they are packages of this machine.
set -eu

architecture=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)

[ ! -f "$folder/complete" ] || exit 0

packages="check libsubunit-dev zlib1g-dev libxxhash-dev libjansson-dev libpcre2-dev libutf8proc-dev"

apt="$folder/apt"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/packages"

get() {
    apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none -o Dir::State::Lists="$apt/lists" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache" "$@" </dev/null
}

# A source that knows nothing of the architecture is no matter, if others do.
get update || true
(cd "$apt/packages" && get download $packages)
for package in "$apt/packages"/*.deb; do
    dpkg-deb -x "$package" "$folder"
done
# Programs are linked with the static ones, so that they run without the others.
find "$folder/usr/lib" -name '*.so*' -exec rm -f {} +
rm -rf "$apt" "$folder/lib" "$folder/usr/bin" "$folder/usr/share"
touch "$folder/complete"
