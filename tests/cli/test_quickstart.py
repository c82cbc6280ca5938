"""examples/quickstart.sh, run against the built command: it ends well and says the same every time."""

import os
import pathlib
import subprocess

from command import COMMAND, Case, main

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'examples' / 'quickstart.sh'

# Lines that must be there, blanks squeezed.
LINES = '''
crm/accounts.csv: 300 rows into account: 300 new
crm/contacts.csv: 6000 rows into contact: 6000 new
young_families 921 AGE(birth_date) BETWEEN 25 AND 44 AND children >= 1
near_sydney 486 DISTANCE(place, GEOLOCATION(-33.8688, 151.2093), 'km') < 30
big_business 369 account.employees >= 500 OR account.annual_revenue > 50000000
in_trouble 85 COUNT(case WHERE priority = 'High' AND opened = LAST_N_DAYS:60) > 3 AND NOT EXISTS(opportunity WHERE created = LAST_N_DAYS:60)
cart_left 1149 SEQUENCE(cart, NOT purchase WITHIN 3 days; SAME product)
champions 333 recency = 5 AND frequency = 5 AND monetary = 5
cruisers 136 travel_style = 'Cruise' AND COUNT(purchase WHERE category = 'Travel') >= 2
green 759 green_attitude >= 4 AND interests HAS ANY ('nature', 'cycling', 'gardening')
do_not_mail 176 the keys in do-not-mail.txt
campaign 57 132 13 243 10 19 52 307
102467 Walsh 70585.05 5 5 5 web City break
101489 Noah Nguyen Pioneer Capital Pty Ltd 99 25
false fit >= 10 <- 0
1114 174 country = 'AU'
'''


class Quickstart(Case):
    def run_script(self):
        environment = dict(os.environ, COHORT=COMMAND, FOLDER=self.path('crm'))
        done = subprocess.run(['sh', str(SCRIPT)], env=environment, capture_output=True, timeout=120)
        self.assertEqual((done.stderr.decode(), done.returncode), ('', 0))
        return done.stdout.decode('utf-8').replace(self.folder + '/', '')

    def test_prints_sizes_overlaps_reasons(self):
        lines = [' '.join(line.split()) for line in self.run_script().splitlines()]
        for line in LINES.strip().splitlines():
            self.assertIn(line, lines)

    def test_makes_the_same_files_every_time(self):
        self.run_script()
        first = self.read('crm/contacts.csv')
        self.run_script()
        self.assertEqual(first, self.read('crm/contacts.csv'))


if __name__ == '__main__':
    main()
