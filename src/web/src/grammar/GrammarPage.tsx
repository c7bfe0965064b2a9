import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, type Row } from '../api/client';
import { barPicture } from '../cohort/Cards';
import { Bars } from './Bars';
import { Card } from './Card';
import { Facet } from './Facet';
import { Count, Num } from './Numbers';
import { Page } from './Page';
import { QueryBar } from './QueryBar';
import { Queue } from './Queue';
import { Empty, Loading, SignedOut, Trouble } from './States';
import { Switch } from './Switch';
import { WhoActsNext } from './WhoActsNext';

const row = (value: string, cases: number | null, of: number): Row => ({ value, label: value, cases, of, percent: cases === null ? null : (100 * cases) / of, parent: null, below: cases === null ? 10 : null }) as Row;
const rows = [row('TP53', 171, 412), row('KEAP1', 88, 398), row('ATM', 41, 412), row('MET', null, 412)];

/** Internal: every component once, to be looked at together in both languages, light and dark. */
export default function GrammarPage() {
  const { t } = useTranslation('grammar');
  const { t: common } = useTranslation();
  const [text, setText] = useState('KRAS G12C not STK11 cancer:LUAD');
  const [by, setBy] = useState<'a' | 'b'>('a');
  const [one, setOne] = useState('1');
  const [on, setOn] = useState('IV');
  return (
    <Page title={t('title')} lead={t('lead')}>
      <div className="stack">
        <h2>{t('query')}</h2>
        <QueryBar label={t('query')} value={text} onChange={setText} onCommit={setText} suggest={() => Promise.resolve([])} mistake={{ code: '', position: 24, length: 6, message: '', suggestions: [] }} />
        <Switch label={t('title')} value={by} onChange={setBy} options={[{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }]} />
        <h2>{t('numbers')}</h2>
        <dl className="fields">
          <div><dt>{t('exact')}</dt><dd><Num value={18930} /></dd></div>
          <div><dt>{t('share')}</dt><dd><Count cases={171} of={412} percent={41.5} /></dd></div>
          <div><dt>{t('rate')}</dt><dd><Count cases={33} of={96} percent={34.4} interval /></dd></div>
          <div><dt>{t('suppressed')}</dt><dd><Num value={null} below={10} /></dd></div>
          <div><dt>{t('absent')}</dt><dd><Num value={null} /></dd></div>
        </dl>
        <div className="grid">
          <Card title={t('bars')} sub={t('sub')} span={5} foot={t('foot')} table={{ head: ['', 'n', 'N', '%'], rows: rows.map((r) => [r.label, r.cases ?? common('heldBack'), r.of ?? null, r.percent ?? null]) }} picture={() => barPicture(rows)}>
            <Bars label={t('bars')} rows={rows.map((r) => ({ key: r.value, label: r.label, row: r, parts: [{ width: 2 * (r.percent ?? 0) }] }))} />
          </Card>
          <section className="card span-3" aria-label={t('facet')}>
            <Facet title={t('facet')} onToggle={(v) => setOn(on === v ? '' : v)} rows={[row('IV', 338, 412), row('III', 44, 412), row('missing', null, 412)].map((r) => ({ row: r, on: r.value === on, off: on !== '' && r.value !== on }))} />
          </section>
        </div>
        <h2>{t('queue')}</h2>
        <Queue label={t('applications')} current={one} onChoose={setOne} items={['1', '2', '3'].map((id) => ({ id, title: `A-${id}`, note: t('applications') }))}>
          <WhoActsNext who={t('who')} what={t('what')} by="2027-01-15" />
          <WhoActsNext who={t('who')} what={t('what')} by="2026-11-01" late />
        </Queue>
        <h2>{t('states')}</h2>
        <Loading lines={3} />
        <Empty title={t('empty')}><p>{t('emptyText')}</p></Empty>
        <SignedOut />
        {[403, 404, 409, 429, 500, 0].map((status) => <Trouble key={status} error={new Problem(status, status === 403 ? 'project_pending' : `http_${status}`, status === 403 ? 'the yearly fee is due, and no exemption is recorded' : undefined, status === 500 ? '0af7651916cd43dd8448eb211c80319c' : undefined, [], status === 429 ? 20 : undefined)} retry={() => undefined} />)}
      </div>
    </Page>
  );
}
