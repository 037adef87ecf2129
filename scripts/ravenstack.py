#!/usr/bin/env python3
"""Complete the books of a data set in the import format: one recognition entry for each
recognised revenue schedule line, which is its source, and one entry for each credit memo.

usage: scripts/ravenstack.py SOURCE.zip TARGET.zip

testdata/ravenstack.zip was made with it. Entries that it would write are not written twice,
so that it can be run on its own result. The archive has fixed times: the same input gives
the same bytes.
"""
import csv
import io
import sys
import zipfile

RECEIVABLE, DEFERRED = '1100 Accounts receivable', '2400 Deferred revenue'
REVENUE, ALLOWANCES = '4000 Subscription revenue', '4900 Allowances'


def read(archive, name):
    with archive.open(name + '.csv') as f:
        return list(csv.DictReader(io.TextIOWrapper(f, encoding='utf-8', newline='')))


def text(rows):
    out = io.StringIO(newline='')
    w = csv.DictWriter(out, fieldnames=list(rows[0]))
    w.writeheader()
    w.writerows(rows)
    return out.getvalue().encode()


def main(source, target):
    archive = zipfile.ZipFile(source)
    files = {name: archive.read(name) for name in archive.namelist()}
    customers = {c['id']: c for c in read(archive, 'customers')}
    entries, lines = read(archive, 'journal_entries'), read(archive, 'journal_lines')
    invoices = {i['id']: i for i in read(archive, 'invoices')}
    bills = {l['id']: invoices[l['invoice_id']] for l in read(archive, 'invoice_lines')}
    known = {(e['source_kind'], e['source_id']) for e in entries}

    def post(entry_id, customer, on, memo, kind, source_id, debit, credit, amount, currency):
        if (kind, source_id) in known or float(amount) == 0:
            return
        entries.append({'id': entry_id, 'distributor_id': customers[customer]['distributor_id'], 'customer_id': customer, 'posted_on': on,
                        'memo': memo, 'source_kind': kind, 'source_id': source_id, 'restricted': ''})
        lines.append({'entry_id': entry_id, 'account': debit, 'debit': amount, 'credit': '0.00', 'currency': currency})
        lines.append({'entry_id': entry_id, 'account': credit, 'debit': '0.00', 'credit': amount, 'currency': currency})

    for r in read(archive, 'revenue_schedules'):
        bill = bills.get(r['invoice_line_id'])
        if r['recognized'] == 'true' and bill and bill['status'] not in ('draft', 'void'):
            post('JE-' + r['id'], bill['customer_id'], r['period_end'], 'Revenue recognised', 'revenue_schedule', r['id'],
                 DEFERRED, REVENUE, r['amount'], bill['currency'])
    for m in read(archive, 'credit_memos'):
        post('JE-' + m['id'], m['customer_id'], m['issued_on'], 'Credit memo posted', 'credit_memo', m['id'],
             ALLOWANCES, RECEIVABLE, m['amount'], m['currency'])

    files['journal_entries.csv'], files['journal_lines.csv'] = text(entries), text(lines)
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in sorted(files):
            out.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED, 9)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
