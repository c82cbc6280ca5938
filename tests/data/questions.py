#!/usr/bin/env python3
"""Real questions over real files, asked through the command line.

usage: questions.py COMMAND

The files, the expected counts and the hash of the expected members are read
from the folder named by COHORT_TEST_DATA; without it nothing can be asked and
the test is skipped (exit code 77). Every question is some loads and one
expression; the members printed must be exactly the right ones.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What is loaded, by store: arguments of `cohort load STORE`, {data} is the folder.
STORES = {
    "bank": [
        ["bank", "{data}/bank_marketing/bank-full.csv.gz", "--delimiter", ";", "--row-number", "id"],
    ],
    "bank_additional": [
        ["bank", "{data}/bank_marketing/bank-additional-full.csv.gz", "--delimiter", ";", "--row-number", "id"],
    ],
    "hillstrom": [
        ["customer", "{data}/hillstrom/hillstrom.csv.gz", "--row-number", "id"],
    ],
    "crm": [
        ["account", "{data}/crm_sales/accounts.csv.gz", "--key", "account", "--ref", "subsidiary_of=account"],
        ["product", "{data}/crm_sales/products.csv.gz", "--key", "product"],
        ["agent", "{data}/crm_sales/sales_teams.csv.gz", "--key", "sales_agent"],
        ["opportunity", "{data}/crm_sales/sales_pipeline.csv.gz", "--key", "opportunity_id",
         "--ref", "account=account", "--ref", "product=product", "--ref", "sales_agent=agent"],
    ],
    "retail": [
        ["line", "{data}/online_retail/online_retail.csv.gz", "--rename", "InvoiceNo=invoice",
         "--rename", "StockCode=stock", "--rename", "Description=description", "--rename", "Quantity=quantity",
         "--rename", "InvoiceDate=at", "--rename", "UnitPrice=price", "--rename", "CustomerID=customer",
         "--rename", "Country=country", "--ref", "customer=customer", "--create-parents", "--time", "at",
         "--type", "customer=int", "--type", "invoice=string", "--type", "stock=string"],
    ],
    "cdnow": [
        ["purchase", "{data}/cdnow/CDNOW_master.txt.gz", "--delimiter", "blanks", "--ref", "customer_id=customer",
         "--create-parents", "--time", "date", "--type", "date=date", "--date-format", "%Y%m%d"],
    ],
    "completejourney": [
        ["household", "{data}/completejourney/demographics.csv.gz", "--key", "household_id",
         "--type", "household_id=string"],
        ["product", "{data}/completejourney/products.csv.gz", "--key", "product_id", "--type", "product_id=string"],
        ["line", "{data}/completejourney/transactions_sample.csv.gz", "--rename", "transaction_timestamp=at",
         "--ref", "household_id=household", "--ref", "product_id=product", "--create-parents",
         "--home", "household_id", "--time", "at", "--type", "basket_id=string", "--type", "sales_value=decimal(2)"],
        ["campaign", "{data}/completejourney/campaigns.csv.gz", "--ref", "household_id=household",
         "--create-parents", "--type", "campaign_id=string"],
        ["redemption", "{data}/completejourney/coupon_redemptions.csv.gz", "--ref", "household_id=household",
         "--create-parents", "--type", "campaign_id=string", "--type", "coupon_upc=string"],
    ],
}

# Lines that are purchases: no returns, no corrections.
BOUGHT = "invoice NOT STARTS WITH 'C' AND quantity > 0"

# Store, object, name, expression.
TRAITS = [
    ("retail", "customer", "orders", "COUNT(DISTINCT line.invoice WHERE " + BOUGHT + ")"),
    ("retail", "customer", "bought", "SUM(line.quantity * line.price WHERE " + BOUGHT + ")"),
    ("retail", "customer", "returned", "-SUM(line.quantity * line.price WHERE invoice STARTS WITH 'C')"),
    ("retail", "customer", "last_bought", "MAX(line.at WHERE " + BOUGHT + ")"),
    ("retail", "customer", "first_cakestand", "MIN(line.at WHERE stock = '22423' AND " + BOUGHT + ")"),
    ("crm", "account", "won", "SUM(opportunity.close_value WHERE deal_stage = 'Won')"),
]

# Question, store, object, expression, further arguments.
QUESTIONS = [
    ("BK1", "bank", "bank", "age BETWEEN 30 AND 45 AND job IN ('management', 'technician') AND balance > 1500"
                            " AND loan = 'no' AND housing = 'no'"),
    ("BK2", "bank", "bank", "poutcome = 'success' AND pdays > 180"),
    ("BK3", "bank", "bank", "pdays = -1 AND (contact = 'unknown' OR campaign >= 10)"),
    ("BK4", "bank", "bank", "(job = 'unknown' OR education = 'unknown') AND balance >= 5000"),
    ("BK5", "bank", "bank", "NOT (marital = 'married' OR \"default\" = 'yes' OR loan = 'yes') AND duration >= 600"
                            " AND y = 'no'"),
    ("BK6", "bank", "bank", "balance < 0 AND housing = 'yes' AND loan = 'yes'"),
    ("BK7", "bank", "bank", "month IN ('mar', 'sep', 'oct', 'dec') AND y = 'yes'"),
    ("BK9", "bank_additional", "bank", "previous > 0 AND pdays = 999"),
    ("BK10", "bank_additional", "bank", "euribor3m <= 1.3 AND job IN ('student', 'retired')"
                                        " AND contact = 'cellular' AND y = 'yes'"),
    ("HI1", "hillstrom", "customer", "mens = 1 AND womens = 0 AND zip_code = 'Surburban' AND recency <= 3"
                                     " AND channel != 'Phone'"),
    ("HI2", "hillstrom", "customer", "history >= 500 AND newbie = 1 AND segment = 'No E-Mail' AND visit = 0"),
    ("HI3", "hillstrom", "customer", "segment = 'Womens E-Mail' AND visit = 1 AND conversion = 0"),
    ("HI4", "hillstrom", "customer", "segment != 'No E-Mail' AND spend >= 100"),
    ("HI5", "hillstrom", "customer", "newbie = 1 AND channel = 'Multichannel' AND history BETWEEN 200 AND 350"),
    ("HI6", "hillstrom", "customer", "history_segment = '1) $0 - $100' AND history > 100"
                                     " OR history_segment = '7) $1,000 +' AND history < 1000"),
    ("CR6", "crm", "opportunity", "deal_stage = 'Engaging' AND engage_date <= TODAY() - 180 AND account IS NULL",
     "--as-of", "2018-01-01"),
    ("CR7", "crm", "opportunity", "deal_stage = 'Won' AND close_value <= product.sales_price * 0.8"
                                  " AND sales_agent.regional_office = 'East'"),
    ("OR1", "retail", "customer", "EXISTS(line WHERE country = 'Germany') AND COUNT(DISTINCT line.invoice WHERE "
                                  + BOUGHT + " AND at >= NOW() - INTERVAL '90 days') >= 3"
                                  " AND NOT EXISTS(line WHERE stock = '22326' AND " + BOUGHT + ")",
     "--as-of", "2011-12-10"),
    ("OR2", "retail", "customer", "bought >= 2000 AND last_bought < NOW() - INTERVAL '180 days'",
     "--as-of", "2011-12-10"),
    ("OR3", "retail", "customer", "MIN(line.at WHERE " + BOUGHT + ") >= NOW() - INTERVAL '30 days' AND orders = 1",
     "--as-of", "2011-12-10"),
    ("OR4", "retail", "customer", "COUNT(DISTINCT line.stock WHERE stock IN ('85123A', '22423') AND " + BOUGHT
                                  + ") = 2 AND NOT EXISTS(line WHERE invoice STARTS WITH 'C')",
     "--as-of", "2011-12-10"),
    ("OR5", "retail", "customer", "bought > 0 AND returned * 4 >= bought", "--as-of", "2011-12-10"),
    ("OR6", "retail", "customer", "EXISTS(line WHERE " + BOUGHT + " AND description ILIKE '%christmas%'"
                                  " AND at >= '2010-12-01' AND at < '2011-01-01') AND NOT EXISTS(line WHERE " + BOUGHT
                                  + " AND description ILIKE '%christmas%' AND at >= '2011-10-01'"
                                  " AND at < '2011-12-10')", "--as-of", "2011-12-10"),
    ("OR7", "retail", "customer", "COUNT(DISTINCT line.country) > 1", "--as-of", "2011-12-10"),
    ("OR8", "retail", "customer", "NTILE(5, last_bought) = 5 AND NTILE(5, orders AMONG (orders > 0)) = 5"
                                  " AND NTILE(5, bought AMONG (orders > 0)) = 5", "--as-of", "2011-12-10"),
    ("OR9", "retail", "customer", "COUNT(DISTINCT DATE_TRUNC('month', line.at) WHERE " + BOUGHT
                                  + " AND at >= '2011-09-01' AND at < '2011-12-01') = 3", "--as-of", "2011-12-10"),
    ("OR10", "retail", "customer", "EXISTS(line WHERE " + BOUGHT + " AND stock IN ('22697', '22698', '22699')"
                                   " AND at > customer.first_cakestand"
                                   " AND at <= customer.first_cakestand + INTERVAL '30 days')",
     "--as-of", "2011-12-10"),
    ("OR11", "retail", "customer", "NOT EXISTS(line WHERE country = 'United Kingdom') AND orders >= 5"
                                   " AND bought >= 500 * orders", "--as-of", "2011-12-10"),
    ("CD1", "cdnow", "customer", "COUNT(purchase) = 1", "--as-of", "1998-07-01"),
    ("CD2", "cdnow", "customer", "COUNT(purchase WHERE date >= TODAY() - 180) >= 5", "--as-of", "1998-07-01"),
    ("CD3", "cdnow", "customer", "COUNT(purchase) >= 3 AND MAX(purchase.date) < '1998-01-01'",
     "--as-of", "1998-07-01"),
    ("CD4", "cdnow", "customer", "SUM(purchase.dollar_value) >= 500 AND SUM(purchase.number_of_cds) >= 30",
     "--as-of", "1998-07-01"),
    ("CD5", "cdnow", "customer", "EXISTS(purchase WHERE dollar_value = 0)", "--as-of", "1998-07-01"),
    ("CD6", "cdnow", "customer", "COUNT(DISTINCT purchase.date) < COUNT(purchase)", "--as-of", "1998-07-01"),
    ("CD7", "cdnow", "customer", "MAX_GAP(purchase.date) >= INTERVAL '365 days'", "--as-of", "1998-07-01"),
    ("CD8", "cdnow", "customer", "COUNT(DISTINCT purchase.date) >= 4 AND MAX(purchase.date) - MIN(purchase.date)"
                                 " <= 30 * (COUNT(DISTINCT purchase.date) - 1)", "--as-of", "1998-07-01"),
    ("BK8", "bank", "bank", "TOP 100 BY balance PER job"),
    ("CR1", "crm", "account", "sector IN ('retail', 'medical') AND EXISTS(opportunity WHERE deal_stage = 'Won'"
                              " AND product = 'MG Advanced' AND close_value >= 3500"
                              " AND close_date >= '2017-10-01' AND close_date < '2018-01-01')"),
    ("CR2", "crm", "account", "COUNT(opportunity WHERE deal_stage = 'Engaging') >= 8"
                              " AND COUNT(opportunity WHERE deal_stage = 'Won' AND close_date >= TODAY() - 60"
                              " AND close_date < TODAY()) < 8", "--as-of", "2018-01-01"),
    ("CR3", "crm", "account", "won > subsidiary_of.won"),
    ("CR4", "crm", "account", "COUNT(opportunity WHERE deal_stage IN ('Won', 'Lost')) >= 60"
                              " AND 100 * COUNT(opportunity WHERE deal_stage = 'Won')"
                              " >= 68 * COUNT(opportunity WHERE deal_stage IN ('Won', 'Lost'))"),
    ("CR5", "crm", "account", "COUNT(DISTINCT opportunity.sales_agent.regional_office WHERE deal_stage = 'Won') >= 2"
                              " AND COUNT(DISTINCT opportunity.sales_agent.manager WHERE deal_stage = 'Won') >= 3"),
    ("CR8", "crm", "agent", "NOT EXISTS(opportunity)"),
    ("CR9", "crm", "account", "TOP 20 BY revenue AND NOT EXISTS(opportunity WHERE product = 'GTK 500'"
                              " AND deal_stage = 'Won')"),
    ("CJ1", "completejourney", "household", "age IN ('35-44', '45-54') AND income IN ('75-99K', '100-124K',"
                                            " '125-149K', '150-174K', '175-199K', '200-249K', '250K+')"
                                            " AND kids_count != '0' AND COUNT(DISTINCT line.basket_id) >= 20"),
    ("CJ2", "completejourney", "household", "EXISTS(campaign WHERE campaign_id = '18')"
                                            " AND NOT EXISTS(redemption WHERE campaign_id = '18') AND EXISTS(line"
                                            " WHERE DAY_ONLY(at) BETWEEN '2017-10-30' AND '2017-12-24')"),
    ("CJ3", "completejourney", "household", "COUNT(DISTINCT redemption.campaign_id) >= 4"),
    ("CJ4", "completejourney", "household", "EXISTS(line WHERE product_id.department = 'PRODUCE'"
                                            " AND at >= NOW() - INTERVAL '60 days') AND NOT EXISTS(line"
                                            " WHERE product_id.department IN ('MEAT', 'MEAT-PCKGD'))",
     "--as-of", "2018-01-01"),
    ("CJ5", "completejourney", "household", "COUNT(line) >= 20 AND 2 * SUM(line.sales_value"
                                            " WHERE product_id.brand = 'Private') >= SUM(line.sales_value)"),
    ("CJ6", "completejourney", "household", "age IS NULL AND SUM(line.sales_value) >= 200"),
    ("CJ8", "completejourney", "household", "EXISTS(line WHERE coupon_disc > 0) AND NOT EXISTS(campaign)"),
    ("CJ9", "completejourney", "household", "COUNT(DISTINCT line.basket_id WHERE HOUR_IN_DAY(at) >= 22"
                                            " OR HOUR_IN_DAY(at) < 6) >= 5"),
    ("CJ7", "completejourney", "household", "marital_status = 'Married' AND home_ownership IS NULL"),
]


def run(command, arguments):
    done = subprocess.run([command] + arguments, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError("%s\n%s" % (" ".join(arguments), done.stderr.decode("utf-8", "replace")))
    return done.stdout


def make_stores(command, data, folder):
    paths = {}
    for name, loads in STORES.items():
        paths[name] = os.path.join(folder, name + ".cohort")
        for load in loads:
            run(command, ["load", paths[name]] + [word.format(data=data) for word in load])
    for store, object_name, name, expression in TRAITS:
        run(command, ["trait", paths[store], object_name, name, expression])
    return paths


def ask(command, path, expected, question):
    """What is wrong with the answer, or None."""
    _, _, object_name, expression, *more = question
    members = run(command, ["members", path, object_name, expression] + more).splitlines()
    listing = b"".join(key + b"\n" for key in sorted(members))
    if len(members) != expected["count"]:
        return "%d members, expected %d" % (len(members), expected["count"])
    if hashlib.sha256(listing).hexdigest() != expected["ids_sha256"]:
        return "the right number of members, but not the right ones"
    count = run(command, ["count", path, object_name, expression] + more)
    if int(count) != expected["count"]:
        return "count prints %d" % int(count)
    return None


def main():
    command = sys.argv[1]
    data = os.environ.get("COHORT_TEST_DATA", "")
    known = os.path.join(data, "questions.json")
    if not data or not os.path.exists(known):
        print("skipped: no real data; COHORT_TEST_DATA names no folder with questions.json")
        return 77
    with open(known, encoding="utf-8") as file:
        expected = {question["id"]: question for question in json.load(file)["questions"]}

    failed = 0
    folder = tempfile.mkdtemp(prefix="cohort-questions-")
    try:
        paths = make_stores(command, data, folder)
        for question in QUESTIONS:
            wrong = ask(command, paths[question[1]], expected[question[0]], question)
            failed += wrong is not None
            print("%-5s %s" % (question[0], wrong or "%d members" % expected[question[0]]["count"]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    asked = {question[0] for question in QUESTIONS}
    print("%d of %d questions asked, not asked: %s" %
          (len(asked), len(expected), ", ".join(sorted(set(expected) - asked)) or "none"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
