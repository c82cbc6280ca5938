# Debian packages: which ones the build and the tests need, and how to get them.
# Sourced by tests/run.sh and examples/quickstart.sh, not run.
#
# Always:  installs only what is missing, and says so in one line.
# Not here: other package managers; without apt-get it trusts what is there, and
#          the configure step names what it does not find.

cohort_build_packages="cmake gcc libc6-dev ninja-build pkg-config zlib1g-dev libxxhash-dev
    libjansson-dev libpcre2-dev libutf8proc-dev"
cohort_test_packages="g++ check libroaring-dev libsqlite3-dev python3 tzdata"

# Those of the packages given that are not installed.
cohort_missing_packages() {
    for cohort_package in "$@"; do
        cohort_state=$(dpkg-query -W -f '${db:Status-Status}' "$cohort_package" 2>/dev/null || true)
        [ "$cohort_state" = installed ] || printf '%s ' "$cohort_package"
    done
}

# Installs those of the packages given that are missing; fails where that cannot be.
cohort_ensure_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "No apt-get here: going on with what is installed." >&2
        return 0
    fi
    cohort_missing=$(cohort_missing_packages "$@")
    [ -n "$cohort_missing" ] || return 0

    cohort_as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Packages are missing, and neither root nor sudo is at hand. As root, run:" >&2
            echo "    apt-get install $cohort_missing" >&2
            return 1
        fi
        cohort_as_root=sudo
    fi
    echo "Installing: $cohort_missing" >&2
    $cohort_as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        log=$(mktemp)
        if ! { apt-get -qq update && apt-get -qq install --no-install-recommends "$@"; } \
            >"$log" 2>&1 </dev/null; then
            cat "$log" >&2
            rm -f "$log"
            exit 1
        fi
        rm -f "$log"' apt $cohort_missing
}
