"""cohort schema and check, damaged stores, and stores that somebody else is writing."""

import fcntl
import glob
import json
import os
import stat
import subprocess
import unittest

from command import COMMAND, Case, main


class Store(Case):
    def setUp(self):
        super().setUp()
        self.load('id,name,d,when,tags,boss\n1,Ann,1.25,2026-01-02,a;b,\n2,Bob,,,,1\n', '--key', 'id',
                  '--type', 'name=string(nocase)', '--set', 'tags=;', '--ref', 'boss=t')

    def file(self):
        (found,) = glob.glob(self.path('s/snap-*.chs'))
        return found

    def test_schema_lists_fields_values_and_sizes(self):
        lines = [line.split() for line in self.fine('schema', 's').split('\n')]
        self.assertEqual(lines[:2], [['t:', '2', 'records'], ['field', 'type', 'values', 'distinct', 'bytes']])
        self.assertEqual([line[:3] for line in lines[2:-1]],
                         [['id', 'int', '2'], ['name', 'string(nocase)', '2'], ['d', 'decimal(2)', '1'],
                          ['when', 'date', '1'], ['tags', 'set', '1'], ['boss', 'reference(t)', '1']])
        self.assertEqual(lines[2][-1], 'key')

    def test_schema_is_json_for_programs(self):
        (found,) = json.loads(self.fine('schema', 's', '--format', 'json'))['objects']
        self.assertEqual((found['name'], found['records'], found['key']['name'], found['key']['type']),
                         ('t', 2, 'id', 'int'))
        self.assertEqual([(f['name'], f['type'], f['values']) for f in found['fields']],
                         [('name', 'string', 2), ('d', 'decimal', 1), ('when', 'date', 1), ('tags', 'set', 1),
                          ('boss', 'reference', 1)])
        self.assertEqual([f.get('target') for f in found['fields']][-1], 't')

    def test_check_tells_that_a_store_is_whole(self):
        self.assertEqual(self.fine('check', 's'), 's is whole\n')
        self.assertEqual(self.refused(1, 'check', 'none'), "cohort: there is no store 'none'; loading records makes one\n")
        os.mkdir(self.path('empty'))
        self.assertEqual(self.refused(1, 'check', 'empty'), "cohort: 'empty' holds no store\n")

    def test_any_byte_that_is_not_what_it_was_is_found(self):
        whole = self.read(self.file())
        for at in range(0, len(whole), max(1, len(whole) // 97)):
            damaged = bytearray(whole)
            damaged[at] ^= 0x10
            self.write(self.file(), bytes(damaged))
            said = self.refused(2, 'check', 's')
            self.assertRegex(said, r"^cohort: 's/snap-[0-9a-f]{16}\.chs' ")
            if at % 5 == 0:
                self.assertEqual(self.refused(2, 'count', 's', 't', 'TRUE'), said)
                self.assertEqual(self.refused(2, 'load', 's', 't', 't.csv', '--key', 'id'), said)
        for length in 0, 1, 7, len(whole) // 2, len(whole) - 1:
            self.write(self.file(), whole[:length])
            self.assertEqual(self.cohort('check', 's').code, 2)
        self.write(self.file(), whole)
        self.assertEqual(self.fine('check', 's'), 's is whole\n')

    def test_is_private_and_one_file(self):
        self.assertEqual(sorted(os.path.basename(f) for f in os.listdir(self.path('s'))),
                         ['LOCK', os.path.basename(self.file())])
        self.assertEqual(stat.S_IMODE(os.stat(self.path('s')).st_mode), 0o700)

    def test_is_written_by_one_and_read_by_any(self):
        with open(self.path('s/LOCK'), 'r+b') as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            said = self.refused(3, 'define', 's', 't', 'a', 'TRUE')
            self.assertRegex(said, "^cohort: .*'s")
            self.assertEqual(self.fine('count', 's', 't', 'TRUE'), '2\n')
        self.assertEqual(self.fine('define', 's', 't', 'a', 'TRUE'), '')

    @unittest.skipUnless(os.path.exists('/dev/full'), 'there is no /dev/full')
    def test_output_that_cannot_be_written_is_a_failure(self):
        with open('/dev/full', 'wb') as full:
            for words in ['count', 's', 't', 'TRUE'], ['members', 's', 't', 'TRUE'], ['schema', 's']:
                done = subprocess.run([COMMAND, *words], cwd=self.folder, stdout=full, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 3, words)


if __name__ == '__main__':
    main()
