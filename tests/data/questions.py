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
    "completejourney": [
        ["household", "{data}/completejourney/demographics.csv.gz", "--key", "household_id",
         "--type", "household_id=string"],
    ],
}

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
    print("%d of %d questions asked, %d need child records or ranks and were not" %
          (len(asked), len(expected), len(expected) - len(asked)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
