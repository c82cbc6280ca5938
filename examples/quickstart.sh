#!/bin/sh
# The first ten minutes with cohort, in half a minute: builds the command, makes a
# sample CRM, loads it, names segments and asks about them.
#
#     sh examples/quickstart.sh
#
# Reads    COHORT  a cohort command that is built already; else one is built, after
#                  installing the packages that are missing (root or sudo, Debian)
# Makes    build-quickstart/, and in it crm/ with the sample files and the store;
#          FOLDER in the environment names another place for crm/
# Always   prints the same but for milliseconds: the sample is seeded, the day asked about fixed.

set -eu

cd "$(dirname "$0")/.."

if [ -z "${COHORT:-}" ]; then
    . cmake/packages.sh
    cohort_ensure_packages $cohort_build_packages
    echo "Building the cohort command …"
    mkdir -p build-quickstart
    log=build-quickstart/build.log
    set --
    if [ ! -f build-quickstart/CMakeCache.txt ] && command -v ninja >/dev/null; then
        set -- -G Ninja
    fi
    {
        cmake -S . -B build-quickstart "$@" -DCMAKE_BUILD_TYPE=Release \
            -DCOHORT_TESTS=OFF -DCOHORT_EXAMPLES=OFF &&
            cmake --build build-quickstart --target cohort_command --parallel "$(nproc 2>/dev/null || echo 2)"
    } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    COHORT=build-quickstart/cohort
fi

folder=${FOLDER:-build-quickstart/crm}
store=$folder/crm.cohort
day=2026-11-22

# Asks about contacts as they are on that day: a verb, then what it takes after the object.
ask() {
    verb=$1
    shift
    "$COHORT" "$verb" "$store" contact "$@" --as-of $day
}

heading() {
    printf '\n%s\n\n' "== $*"
}

# Names a segment of contacts, and prints its size and its text.
segment() {
    "$COHORT" define "$store" contact "$1" "$2"
    printf '  %-16s %5s   %s\n' "$1" "$(ask count "SEGMENT('$1')")" "$2"
}

# ---- records ----

heading "A sample CRM: two CSV files become a store"
rm -rf "$folder"
mkdir -p "$folder"
awk -v folder="$folder" -f examples/crm.awk

"$COHORT" load "$store" account "$folder/accounts.csv" --key account \
    --type annual_revenue=money --set 'tags=;' --null n/a
echo
"$COHORT" load "$store" contact "$folder/contacts.csv" --key id --ref account=account \
    --set 'interests=;' --point place=lat,lon --null n/a

# ---- segments ----

heading "Segments of contacts, with how many are in each"
echo "Demographic: who they are"
segment young_families "AGE(birth_date) BETWEEN 25 AND 44 AND children >= 1"
segment retirees "AGE(birth_date) >= 65"
segment birthday_soon "ANNIVERSARY(birth_date) = NEXT_N_DAYS:7"

echo "Geographic: where they are"
segment near_sydney "DISTANCE(place, GEOLOCATION(-33.8688, 151.2093), 'km') < 30"
segment europe "country IN ('GB', 'DE', 'FR', 'ES', 'IE')"

echo "Firmographic: whom they work for"
segment big_business "account.employees >= 500 OR account.annual_revenue > 50000000"
segment deciders "account IS NOT NULL AND title STARTS WITH ANY ('Head of', 'VP', 'C')"

echo "Psychographic: what they care about"
segment green "green_attitude >= 4 AND interests HAS ANY ('nature', 'cycling', 'gardening')"
segment adventurers "lifestyle IN ('Explorer', 'Achiever') AND interests HAS 'travel'"

echo "Combined: a score, a list of keys, a campaign of all this, a tenth of it to test on"
fit="IF(lead_score >= 60, 10, 0) + IF(SEGMENT('deciders'), 10, 0) + IF(signup_date = LAST_N_DAYS:90, 5, 0)"
"$COHORT" trait "$store" contact fit "$fit"
printf '  %-16s %5s   %s\n' fit trait "$fit"
"$COHORT" define "$store" contact do_not_mail --keys "$folder/do-not-mail.txt"
printf '  %-16s %5s   %s\n' do_not_mail "$(ask count "SEGMENT('do_not_mail')")" "the keys in do-not-mail.txt"
campaign="email_opt_in AND fit >= 10 AND (SEGMENT('green') OR SEGMENT('adventurers')) AND NOT SEGMENT('do_not_mail')"
segment campaign "$campaign"
segment test_group "SEGMENT('campaign') AND SAMPLE(10 PERCENT, 'spring')"

# ---- questions ----

heading "How segments overlap"
names="young_families near_sydney europe big_business deciders green adventurers campaign"
printf '%-14s' ''
printf ' %14s' $names
echo
for row in $names; do
    printf '%-14s' "$row"
    for column in $names; do
        printf ' %14s' "$(ask count "SEGMENT('$row') AND SEGMENT('$column')")"
        [ "$row" != "$column" ] || break
    done
    echo
done

heading "The best of the campaign"
ask members "SEGMENT('campaign')" --format table --order-by 'fit DESC, lead_score DESC' --limit 8 \
    --columns id,first_name,last_name,account.name,lead_score,fit

heading "Why one contact is not in it"
ask why 100013 "$campaign"

heading "How the answer comes about (milliseconds are this machine's)"
ask explain "country = 'AU' AND SEGMENT('green') AND NOT (lead_score < 20 OR children > 2)"

heading "Go on"
cat <<END
  $COHORT count $store contact "country = 'AU' AND AGE(birth_date) < 30"
  $COHORT segments $store
  $COHORT schema $store
  $COHORT --help
END
