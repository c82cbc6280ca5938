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

# Names a value of contacts, and prints its text.
trait() {
    "$COHORT" trait "$store" contact "$1" "$2"
    printf '  %-16s %5s   %s\n' "$1" trait "$2"
}

# ---- records ----

heading "A sample CRM: CSV files become a store"
rm -rf "$folder"
mkdir -p "$folder"
awk -v folder="$folder" -f examples/crm.awk

"$COHORT" load "$store" account "$folder/accounts.csv" --key account \
    --type annual_revenue=money --set 'tags=;' --null n/a
echo
"$COHORT" load "$store" contact "$folder/contacts.csv" --key id --ref account=account \
    --set 'interests=;' --point place=lat,lon --null n/a

# ---- what they did ----

# A file of events of contacts into an object: its name, then the file.
events() {
    "$COHORT" load "$store" "$1" "$folder/$2" --ref contact=contact --time at | head -1
}

heading "What contacts did: seven more files, each row with its contact and time"
events purchase purchases.csv
events page_view page_views.csv
events cart carts.csv
events email_open email_opens.csv
events meeting meetings.csv
"$COHORT" load "$store" case "$folder/cases.csv" --key id --ref contact=contact --time opened | head -1
"$COHORT" load "$store" opportunity "$folder/opportunities.csv" --key id --ref contact=contact --time created | head -1

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

echo "Behavioural: what they did, and when"
segment winter_lapsed "EXISTS(purchase WHERE category = 'Winter apparel' AND at = LAST_YEAR) AND NOT EXISTS(email_open WHERE at >= NOW() - INTERVAL '90 days')"
segment retiring "COUNT(page_view WHERE url STARTS WITH '/retirement' AND at = LAST_N_DAYS:30) >= 3 AND NOT EXISTS(meeting)"
trouble="COUNT(case WHERE priority = 'High' AND opened = LAST_N_DAYS:60) > 3 AND NOT EXISTS(opportunity WHERE created = LAST_N_DAYS:60)"
segment in_trouble "$trouble"
segment undecided "SEQUENCE(page_view, page_view, page_view, NOT purchase; WITHIN 7 days SAME product)"
segment cart_left "SEQUENCE(cart, NOT purchase WITHIN 3 days; SAME product)"

echo "Value: what they are worth"
trait lifetime_value "SUM(purchase.quantity * purchase.price)"
trait recency "NTILE(5, MAX(purchase.at))"
trait frequency "NTILE(5, COUNT(purchase) AMONG (EXISTS(purchase)))"
trait monetary "NTILE(5, lifetime_value AMONG (EXISTS(purchase)))"
segment vip "TOP 2 PERCENT BY lifetime_value"
segment champions "recency = 5 AND frequency = 5 AND monetary = 5"
segment at_risk "recency <= 2 AND frequency >= 4 AND monetary >= 4"
segment new_customers "MIN(purchase.at) >= NOW() - INTERVAL '30 days'"

echo "Needs: what they prefer, by what they choose most"
trait travel_style "MODE(purchase.product WHERE category = 'Travel')"
trait channel "MODE(purchase.channel)"
segment cruisers "travel_style = 'Cruise' AND COUNT(purchase WHERE category = 'Travel') >= 2"
segment app_users "channel = 'app'"

echo "Combined: a score, a list of keys, a campaign of all this, a tenth of it to test on"
fit="IF(lead_score >= 60, 10, 0) + IF(SEGMENT('deciders'), 10, 0) + IF(signup_date = LAST_N_DAYS:90, 5, 0)"
trait fit "$fit"
"$COHORT" define "$store" contact do_not_mail --keys "$folder/do-not-mail.txt"
printf '  %-16s %5s   %s\n' do_not_mail "$(ask count "SEGMENT('do_not_mail')")" "the keys in do-not-mail.txt"
campaign="email_opt_in AND fit >= 10 AND (SEGMENT('green') OR SEGMENT('adventurers')) AND NOT SEGMENT('do_not_mail')"
segment campaign "$campaign"
segment test_group "SEGMENT('campaign') AND SAMPLE(10 PERCENT, 'spring')"

# ---- questions ----

heading "How segments overlap"
names="young_families europe big_business green vip champions cart_left campaign"
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

heading "The most valuable customers, and what they prefer"
ask members "SEGMENT('vip')" --format table --order-by 'lifetime_value DESC' --limit 8 \
    --columns id,last_name,lifetime_value,recency,frequency,monetary,channel,travel_style

heading "Why one contact is in trouble"
ask why 100019 "$trouble"

heading "How the answer comes about (milliseconds are this machine's)"
ask explain "country = 'AU' AND SEGMENT('green') AND NOT (lead_score < 20 OR EXISTS(case WHERE NOT closed))"

heading "Go on"
cat <<END
  $COHORT count $store contact "country = 'AU' AND AGE(birth_date) < 30"
  $COHORT segments $store
  $COHORT schema $store
  $COHORT --help
END
