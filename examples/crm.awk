# A small, believable CRM as CSV files, the same on every machine and in every awk.
#
#     awk -v folder=DIR -f crm.awk       writes into DIR accounts.csv, contacts.csv, do-not-mail.txt
#                                        and what contacts did: purchases.csv, page_views.csv, carts.csv,
#                                        email_opens.csv, meetings.csv, cases.csv, opportunities.csv
#
# Always:  every choice comes from one multiplicative generator (Lehmer, 16807 modulo
#          2^31 - 1), whose products a double holds exactly; rand() differs from awk to awk.
# Also:    what real files have: empty cells, "n/a", commas and quotes inside cells,
#          money with currency signs, names beyond ASCII, an account that is missing.

BEGIN {
    seed = 20261122
    n_accounts = 300
    n_contacts = 6000
    fill_lists()
    write_accounts(folder "/accounts.csv")
    write_contacts(folder "/contacts.csv", folder "/do-not-mail.txt")
    write_behaviour(folder "/")
}

# ---- chance ----

# A whole number in [0, n).
function below(n) {
    seed = (seed * 16807) % 2147483647
    return int(seed / 2147483647 * n)
}

function between(low, high) { return low + below(high - low + 1) }

# True in so many of a hundred cases.
function chance(percent) { return below(100) < percent }

# A list for pick(): "a|b|c". Naming an item twice doubles its weight.
function list(name, text,    parts, i) {
    size[name] = split(text, parts, "|")
    for (i = 1; i <= size[name]; i++)
        item[name, i] = parts[i]
}

function pick(name) { return item[name, 1 + below(size[name])] }

# From `least` up to a few thousand times that, small numbers most frequent.
function long_tail(least, steps,    value) {
    value = least
    while (steps-- > 0 && chance(55))
        value *= 2 + below(3)
    return value + below(value)
}

# ---- days ----

function is_leap(year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

function date_in(first_year, last_year,    year, month) {
    year = between(first_year, last_year)
    month = between(1, 12)
    return sprintf("%04d-%02d-%02d", year, month, between(1, month_length(year, month)))
}

# Up to the day on which the sample is looked at, late ones more frequent.
function recent_date(first_year,    text) {
    do
        text = date_in(chance(50) ? 2025 : first_year, 2026)
    while (text > "2026-11-20")
    return text
}

# The day so many days before the one on which the sample is looked at; its number by the calendar's rule.
function days_ago(n,    day, year, month) {
    day = 20779 - n # since 1970-01-01: 2026-11-22
    for (year = 1970; day >= 365 + is_leap(year); year++)
        day -= 365 + is_leap(year)
    for (month = 1; day >= month_length(year, month); month++)
        day -= month_length(year, month)
    return sprintf("%04d-%02d-%02d", year, month, day + 1)
}

function month_length(year, month) {
    return substr("312831303130313130313031", 2 * month - 1, 2) + (month == 2 && is_leap(year))
}

function moment(n) { return sprintf("%s %02d:%02d:%02d", days_ago(n), between(7, 22), below(60), below(60)) }

# ---- words ----

function fill_lists() {
    list("first", "Olivia|Noah|Amelia|Jack|Mia|Liam|Ava|Lucas|Isla|Leo|Chloé|Hugo|Léa|Louis|Anna|Ben|Lena|Jonas|" \
        "Sofía|Mateo|Lucía|Pablo|Aoife|Seán|Yuki|Haruto|Priya|Arjun|Zoë|Björn|Ingrid|José|Mary Ann|Nguyễn")
    list("last", "Smith|Jones|Nguyen|Taylor|Brown|Martin|Bernard|Dubois|Müller|Schmidt|Weber|Fischer|García|" \
        "López|Murphy|O'Brien|Walsh|Tanaka|Sato|Patel|Sharma|van der Berg|Johansson|Lindqvist|Kowalski|Rossi")
    list("country", "AU|AU|AU|US|US|US|US|GB|GB|DE|DE|FR|ES|IE|JP|IN")
    list("AU", "Sydney,-33.8688,151.2093|Sydney,-33.8688,151.2093|Melbourne,-37.8136,144.9631|" \
        "Brisbane,-27.4698,153.0251|Parramatta,-33.8150,151.0011|Perth,-31.9523,115.8613")
    list("US", "New York,40.7128,-74.0060|Austin,30.2672,-97.7431|Chicago,41.8781,-87.6298|Seattle,47.6062,-122.3321")
    list("GB", "London,51.5074,-0.1278|Manchester,53.4808,-2.2426|Leeds,53.8008,-1.5491")
    list("DE", "Berlin,52.5200,13.4050|München,48.1351,11.5820|Köln,50.9375,6.9603")
    list("FR", "Paris,48.8566,2.3522|Lyon,45.7640,4.8357")
    list("ES", "Madrid,40.4168,-3.7038|Málaga,36.7213,-4.4214")
    list("IE", "Dublin,53.3498,-6.2603|Cork,51.8985,-8.4756")
    list("JP", "Tokyo,35.6762,139.6503|Osaka,34.6937,135.5023")
    list("IN", "Mumbai,19.0760,72.8777|Pune,18.5204,73.8567")
    list("industry", "Software|Software|Retail|Retail|Healthcare|Manufacturing|Finance|Education|Hospitality|Logistics")
    list("brand", "Blue Gum|Northwind|Acme|Harbour|Silverline|Kestrel|Oakfield|Lumen|Redwood|Tidal|Orchard|Pioneer")
    list("trade", "Software|Foods|Health|Logistics|Capital|Learning|Hotels|Works|Outdoor|Energy|Media|Design")
    list("form", "Pty Ltd|Inc|Ltd|GmbH|SARL|& Sons|Group|Co")
    list("plan", "Free|Free|Team|Team|Business|Enterprise")
    list("title", "Marketing Manager|Head of Marketing|CEO|CTO|VP Sales|Buyer|Office Manager|Engineer|Analyst|Owner|" \
        "Head of Procurement|Teacher|Nurse|Consultant")
    list("source", "Web|Web|Webinar|Referral|Trade show|Paid search|Partner")
    list("marital", "single|single|married|married|married|divorced|widowed")
    list("interest", "travel|sport|cooking|gardening|cycling|music|gaming|fashion|nature|photography|finance|parenting")
    list("lifestyle", "Achiever|Explorer|Homebody|Minimalist|Socialiser|Traditionalist")
    list("category", "Home|Home|Home|Sport|Sport|Travel|Travel|Winter apparel|Books|Books")
    list("Home", "Kettle,39|Table lamp,55|Bath towels,28|Armchair,349|Frying pan,45")
    list("Sport", "Running shoes,120|Yoga mat,35|Bicycle helmet,80|Tennis racket,160")
    list("Travel", "City break,480|City break,520|Beach week,890|Trekking tour,1250|Cruise,2400|Ski weekend,640")
    list("Winter apparel", "Down jacket,260|Wool scarf,40|Snow boots,150|Thermal gloves,30")
    list("Books", "Cookbook,32|Novel,18|Atlas,60|Garden guide,25")
    list("channel", "web|web|web|app|app|store|phone")
    list("page", "/home|/home|/pricing|/retirement/plans|/retirement/calculator|/blog/saving|/travel|/support")
    list("mail", "newsletter|newsletter|spring offer|winter sale|webinar")
    list("meeting", "demo|advice|advice|review")
    list("priority", "Low|Low|Normal|Normal|Normal|High")
    list("stage", "Qualified|Proposal|Negotiation|Won|Lost")
}

# A cell as CSV wants it.
function cell(text) {
    if (text !~ /[",\n]/)
        return text
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}

# What somebody left open: nothing at all, or a word for it.
function or_missing(text, percent) { return chance(percent) ? (chance(30) ? "n/a" : "") : text }

# Up to n different interests, joined by semicolons.
function interests(n,    text, word) {
    text = ""
    while (n-- > 0) {
        word = pick("interest")
        if (index(";" text ";", ";" word ";") == 0)
            text = text (text == "" ? "" : ";") word
    }
    return text
}

function account_tags(    partner) {
    partner = chance(15)
    return (partner ? "partner" : "") (chance(10) ? (partner ? ";" : "") "at-risk" : "")
}

# Thousands a year.
function income() { return chance(70) ? between(22, 85) : between(70, 240) }

function thousands(n,    text) {
    for (text = ""; n >= 1000; n = int(n / 1000))
        text = sprintf(",%03d", n % 1000) text
    return n text
}

# ---- files ----

function write_accounts(path,    i, employees, country, town, name) {
    print "account,name,industry,country,city,employees,annual_revenue,plan,customer_since,tags" > path
    for (i = 1; i <= n_accounts; i++) {
        country = pick("country")
        split(pick(country), town, ",")
        employees = long_tail(6, 7)
        name = pick("brand") " " pick("trade") (chance(8) ? ", " : " ") pick("form")
        if (chance(3))
            name = name " \"" pick("brand") "\""
        print "A" 1000 + i "," cell(name) "," or_missing(pick("industry"), 4) "," country "," town[1] "," \
            or_missing(employees, 5) "," cell(or_missing("$" thousands(employees * between(60, 240) * 1000), 7)) "," \
            pick("plan") "," recent_date(2016) "," account_tags() > path
    }
    close(path)
}

function write_contacts(path, suppressed,    i, first, last, country, town, birth) {
    print "id,first_name,last_name,email,account,title,country,city,lat,lon,birth_date,marital_status,children," \
        "household_income,email_opt_in,signup_date,lead_source,lead_score,interests,lifestyle,green_attitude," \
        "price_attitude" > path
    for (i = 1; i <= n_contacts; i++) {
        first = pick("first")
        last = pick("last")
        country = pick("country")
        split(pick(country), town, ",")
        birth = date_in(chance(25) ? 1936 : 1965, chance(25) ? 1972 : 2006)
        if (chance(4))
            town[2] = town[3] = ""
        else {
            town[2] = sprintf("%.4f", town[2] + (below(4000) - 2000) / 10000)
            town[3] = sprintf("%.4f", town[3] + (below(4000) - 2000) / 10000)
        }
        printf "%d,%s,%s,contact%d@example.%s,%s,%s,%s,%s,%s,%s,%s,", 100000 + i, first, cell(last), i, \
            chance(80) ? "com" : "ORG", chance(62) ? "A" 1000 + between(1, n_accounts + 1) : "", \
            or_missing(pick("title"), 15), or_missing(country, 3), town[1], town[2], town[3], or_missing(birth, 8) > path
        printf "%s,%s,%s,%s,%s,", or_missing(pick("marital"), 10), or_missing(chance(45) ? 0 : between(1, 4), 12), \
            or_missing(income() * 1000, 20), chance(64) ? "true" : "false", recent_date(2019) > path
        printf "%s,%s,%s,%s,%s,%s\n", pick("source"), or_missing(between(0, 100), 10), interests(below(5)), \
            or_missing(pick("lifestyle"), 15), or_missing(between(1, 5), 20), or_missing(between(1, 5), 20) > path
        if (chance(3))
            print 100000 + i > suppressed
    }
    print 900001 > suppressed
    close(path)
    close(suppressed)
}

# What contact i bought: most once or twice, some often, and many of those not lately.
function write_purchases(path, i, n, lately,    category, product, channel, ago) {
    channel = pick("channel")
    while (n-- > 0) {
        category = pick("category")
        split(pick(category), product, ",")
        ago = lately + below(chance(60) ? 240 : 900)
        print i "," moment(ago) "," product[1] "," category "," between(1, 3) "," \
            product[2] * between(80, 100) / 100 "," (chance(75) ? channel : pick("channel")) > path
    }
}

# One shopping trip: looks at a product, some days running, then perhaps the cart and the till.
function write_trip(path, i, ago,    category, product) {
    category = pick("category")
    split(pick(category), product, ",")
    do {
        print i "," moment(ago) ",/shop," product[1] > (path "page_views.csv")
        ago -= below(3)
    } while (ago > 0 && chance(55))
    if (ago <= 0 || !chance(40))
        return
    print i "," moment(ago) "," product[1] > (path "carts.csv")
    ago -= below(3)
    if (ago > 0 && chance(45))
        print i "," moment(ago) "," product[1] "," category ",1," product[2] ",web" > (path "purchases.csv")
}

function write_service(path, i,    n, trouble) {
    trouble = chance(3)
    for (n = trouble ? between(3, 8) : chance(12) ? between(1, 2) : 0; n > 0; n--)
        print "C" ++n_cases "," i "," moment(below(trouble ? 75 : 700)) "," \
            (trouble && chance(80) ? "High" : pick("priority")) "," (chance(60) ? "true" : "false") > (path "cases.csv")
    for (n = chance(10) ? between(1, 3) : 0; n > 0; n--)
        print "O" ++n_opportunities "," i "," days_ago(below(500)) "," pick("stage") "," \
            between(2, 90) * 500 > (path "opportunities.csv")
}

function write_behaviour(path,    i, n) {
    print "contact,at,product,category,quantity,price,channel" > (path "purchases.csv")
    print "contact,at,url,product" > (path "page_views.csv")
    print "contact,at,product" > (path "carts.csv")
    print "contact,at,mail" > (path "email_opens.csv")
    print "contact,at,kind" > (path "meetings.csv")
    print "id,contact,opened,priority,closed" > (path "cases.csv")
    print "id,contact,created,stage,amount" > (path "opportunities.csv")
    for (i = 100001; i <= 100000 + n_contacts; i++) {
        if (chance(55))
            write_purchases(path "purchases.csv", i, long_tail(1, 3), chance(40) ? below(300) : 0)
        for (n = chance(35) ? between(1, 5) : 0; n > 0; n--)
            write_trip(path, i, between(1, 180))
        for (n = chance(50) ? between(1, 9) : 0; n > 0; n--)
            print i "," moment(below(120)) "," pick("page") "," > (path "page_views.csv")
        for (n = chance(45) ? between(1, 8) : 0; n > 0; n--)
            print i "," moment(below(400)) "," pick("mail") > (path "email_opens.csv")
        if (chance(8))
            print i "," moment(below(300)) "," pick("meeting") > (path "meetings.csv")
        write_service(path, i)
    }
}
