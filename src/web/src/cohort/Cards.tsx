import i18n from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Panel, Row } from '../api/client';
import { Bars, type BarRow } from '../grammar/Bars';
import { Card, type CardProps } from '../grammar/Card';
import { Chart } from '../grammar/Chart';
import { Num } from '../grammar/Numbers';
import type { Picture } from '../grammar/picture';
import { number } from '../i18n';
import { cellOf, drugResponses, isHeld, lollipops, pyramid, responses, stack, useTables, useTitles, useUnits } from './panels';

const tints = ['#3f6fd1', '#9db8ea', '#c78b2e', '#4fae7c', '#b8c0cb'];
const responseColors = ['#0b6e4f', '#4fae7c', '#d9c35a', '#c9573d', '#b8c0cb'];

export interface Given {
  panels: Map<string, Panel>;
  about: string[];
  /** A term that narrows the question. */
  narrow?: (term: string) => void;
}

type Size = Pick<CardProps, 'span'>;

const widthOf = (row: Row, most: number) => (most > 0 ? (100 * (row.percent ?? 0)) / most : 0);
const share = (row: Row) => (row.cases === null || row.cases === undefined ? i18n.t('heldBack') : `${row.percent === null || row.percent === undefined ? '' : `${number(row.percent, 1)}% `}${number(row.cases)}${row.of === null || row.of === undefined ? '' : `/${number(row.of)}`}`);

export function barPicture(rows: readonly Row[]): Picture {
  return { kind: 'bars', labels: rows.map((r) => r.label), series: [{ name: '', color: '#3f6fd1', values: rows.map((r) => r.percent ?? null) }], notes: rows.map(share), unit: '%' };
}

/** Any panel as bars: share of its denominator. */
export function PanelCard({ name, given, span = 4, most = 8, drop, term, sub, foot }: Size & { name: string; given: Given; most?: number; drop?: (row: Row) => boolean; term?: (row: Row) => string | null; sub?: string; foot?: string }) {
  const { t } = useTranslation('cohort');
  const title = useTitles(given.panels)(name);
  const unitOf = useUnits();
  const table = useTables();
  const panel = given.panels.get(name);
  if (!panel) return null;
  const all = panel.rows.filter((r) => !drop?.(r));
  const rows = all.filter((r) => r.cases !== 0).slice(0, most);
  // Bars of a partition are shares of the whole; of an open list the longest fills the width.
  const top = Math.max(...rows.map((r) => r.percent ?? 0), panel.shape === 'partition' ? 60 : 1);
  // Without a whole there are no shares; the longest bar is the largest number.
  const largest = rows.every((r) => r.percent === null || r.percent === undefined) ? Math.max(...rows.map((r) => r.cases ?? 0), 1) : undefined;
  const left = all.filter((r) => r.cases !== 0).length - rows.length;
  return (
    <Card title={title} sub={sub ?? unitOf(panel)} table={table(panel.rows)} picture={() => barPicture(rows)} about={given.about} span={span} foot={foot ?? (left > 0 ? t('inTable', { count: left }) : undefined)}>
      <Bars label={title} rows={rows.map((row): BarRow => {
        const asked = given.narrow && term?.(row);
        return { key: row.value, label: row.label, row, parts: [{ width: largest ? (100 * (row.cases ?? 0)) / largest : widthOf(row, top) }], onPick: asked ? () => given.narrow?.(asked) : undefined };
      })} />
    </Card>
  );
}

/** Genes altered together with those asked for: altered ÷ tested. */
export function GenesCard({ given, oncogenic, asked, span = 5, most = 8 }: Size & { given: Given; oncogenic: boolean; asked: string; most?: number }) {
  const { t } = useTranslation('cohort');
  const name = oncogenic && given.panels.has('genes-oncogenic') ? 'genes-oncogenic' : 'genes';
  const words = new Set(asked.split(/[^A-Za-z0-9-]+/));
  return <PanelCard name={name} given={given} span={span} most={most} drop={(r) => words.has(r.value)} sub={oncogenic ? t('oncogenicOfTested') : t('anyOfTested')} term={(r) => (oncogenic ? `${r.value} onc` : r.value)} />;
}

export function ResponseCard({ given, span = 7, most = 7 }: Size & { given: Given; most?: number }) {
  const { t } = useTranslation('cohort');
  const found = useMemo(() => drugResponses(given.panels, most), [given.panels, most]);
  if (found.length === 0) return null;
  const title = t('response.title');
  const missing = found.some((d) => d.missing === null) ? null : found.reduce((sum, d) => sum + (d.missing ?? 0), 0);
  return (
    <Card title={title} sub={t('response.sub')} span={span} about={given.about}
      table={{ head: [t('column.label'), ...responses, t('response.missing'), t('response.rate'), t('column.of')], rows: found.map((d) => [d.label, ...d.parts, d.missing, d.rate.percent ?? null, d.rate.of ?? null]) }}
      picture={() => ({ kind: 'bars', labels: found.map((d) => d.label), series: responses.map((r, i) => ({ name: r, color: responseColors[i] ?? '', values: found.map((d) => d.parts[i] ?? null) })), notes: found.map((d) => share(d.rate)) })}>
      <Bars label={title} rows={found.map((d): BarRow => {
        // Parts that were held back leave a gap: the whole is what the rate is of.
        const all = d.rate.of ?? (d.parts.some((n) => n === null) ? 0 : d.parts.reduce<number>((sum, n) => sum + (n ?? 0), 0));
        return {
          key: d.drug, label: d.label, row: d.rate, interval: true,
          parts: d.parts.map((n, i) => ({ width: all > 0 ? (100 * (n ?? 0)) / all : 0, className: `c-${(responses[i] ?? 'NE').toLowerCase()}`, title: `${responses[i]} ${n ?? ''}` })),
        };
      })} />
      <div className="legend" style={{ marginTop: 6 }}>
        {responses.map((r) => <span key={r}><i className={`c-${r.toLowerCase()}`} />{r}</span>)}
        <span style={{ marginLeft: 'auto' }}>{t('response.notRecorded', { count: missing ?? 0, n: missing === null ? i18n.t('heldBack') : number(missing) })}</span>
      </div>
    </Card>
  );
}

/** Treatment reach: from the expert panel to what was given, with reasons and routes. */
export function ReachCard({ given, span = 5 }: Size & { given: Given }) {
  const { t } = useTranslation('cohort');
  const table = useTables();
  const funnel = given.panels.get('ep-funnel');
  if (!funnel) return null;
  const steps = ['held', 'held-in-time', 'oncogenic', 'option', 'given'].map((v) => funnel.rows.find((r) => r.value === v)).filter((r): r is Row => r !== undefined);
  const list = (name: string) => (given.panels.get(name)?.rows ?? []).filter((r) => r.cases !== 0).map((r) => <span key={r.value}> · {r.label} <Num value={r.cases} below={r.below} /></span>);
  const title = t('reach.title');
  return (
    <Card title={title} sub={t('reach.sub')} span={span} about={given.about} table={table([...funnel.rows, ...(given.panels.get('ep-reason')?.rows ?? []), ...(given.panels.get('ep-route')?.rows ?? [])])} picture={() => barPicture(steps)}
      foot={<><div><b>{t('reach.reasons')}</b>{list('ep-reason')}</div><div><b>{t('reach.routes')}</b>{list('ep-route')}</div></>}>
      <Bars label={title} rows={steps.map((row) => ({ key: row.value, label: row.label, row, parts: [{ width: row.percent ?? 0 }] }))} />
    </Card>
  );
}

export function AgeSexCard({ given, span = 4 }: Size & { given: Given }) {
  const { t } = useTranslation('cohort');
  const table = useTables();
  const panel = given.panels.get('age-sex');
  const bands = useMemo(() => pyramid(panel), [panel]);
  if (!panel || bands.length === 0) return null;
  const most = Math.max(1, ...bands.flatMap((b) => [b.male?.cases ?? 0, b.female?.cases ?? 0]));
  const sum = (sex: 'male' | 'female') => given.panels.get('sex')?.rows.find((r) => r.value === sex);
  const side = (row: Row | undefined) => (100 * (row?.cases ?? 0)) / most;
  return (
    <Card title={t('ageSex.title')} sub={t('ageSex.sub')} span={span} about={given.about} table={table(panel.rows)}
      picture={() => ({ kind: 'bars', labels: bands.map((b) => b.band), series: [{ name: sum('male')?.label ?? '', color: '#3f6fd1', values: bands.map((b) => b.male?.cases ?? null) }, { name: sum('female')?.label ?? '', color: '#c78b2e', values: bands.map((b) => b.female?.cases ?? null) }] })}>
      <div className="pyramid" role="img" aria-label={t('ageSex.title')}>
        {bands.map((b) => (
          <PyramidRow key={b.band} band={b.band} male={b.male} female={b.female} left={side(b.male)} right={side(b.female)} />
        ))}
        <span style={{ textAlign: 'right' }}>{sum('male')?.label} <b><Num value={sum('male')?.cases} below={sum('male')?.below} /></b></span>
        <span />
        <span>{sum('female')?.label} <b><Num value={sum('female')?.cases} below={sum('female')?.below} /></b></span>
      </div>
    </Card>
  );
}

function PyramidRow({ band, male, female, left, right }: { band: string; male?: Row; female?: Row; left: number; right: number }) {
  return (
    <>
      <span className="side left"><Num value={male?.cases} below={male?.below} /><i style={{ width: `${left * 0.82}%` }} /></span>
      <span className="mid">{band.startsWith('-') ? `–${band.slice(1)}` : band.replace('-', '–')}</span>
      <span className="side right"><i style={{ width: `${right * 0.82}%` }} /><Num value={female?.cases} below={female?.below} /></span>
    </>
  );
}

const noteOf = (row: Row | undefined) => (row === undefined ? '' : isHeld(row) ? i18n.t('heldBack') : number(row.cases ?? 0));

/** Registrations over the years, by panel. */
export function YearsCard({ given, span = 4 }: Size & { given: Given }) {
  const { t } = useTranslation('cohort');
  const panel = given.panels.get('year-panel');
  const kinds = given.panels.get('panel');
  const years = given.panels.get('year');
  const rest = t(panel?.rows.some(isHeld) ? 'otherOrHeld' : 'other');
  const picture = useMemo((): Picture => {
    const found = stack(panel, kinds?.rows ?? [], rest, 4, years?.rows);
    return {
      kind: 'columns', labels: found.columns,
      series: found.series.map((s, i) => ({ name: s.label, color: tints[i] ?? '#b8c0cb', values: s.numbers })),
      notes: found.columns.map((c) => noteOf(years?.rows.find((r) => r.value === c))),
    };
  }, [panel, kinds, years, rest]);
  if (!panel) return null;
  return (
    <Card title={t('years.title')} sub={t('years.sub')} span={span} about={given.about} picture={() => picture}
      table={{ head: [t('column.year'), ...picture.series.map((s) => s.name)], rows: picture.labels.map((label, i) => [label, ...picture.series.map((s) => s.values[i] ?? null)]) }}>
      <Chart picture={picture} label={t('years.title')} />
    </Card>
  );
}

/** Where along a gene its changes lie. */
export function ChangesCard({ given, span = 12 }: Size & { given: Given }) {
  const { t } = useTranslation('cohort');
  const panel = given.panels.get('changes');
  const genes = useMemo(() => [...new Set((panel?.rows ?? []).map((r) => r.parent ?? ''))], [panel]);
  const [wanted, setGene] = useState('');
  const gene = genes.includes(wanted) ? wanted : (genes[0] ?? '');
  const found = useMemo(() => lollipops(panel, gene), [panel, gene]);
  const picture = useMemo((): Picture => {
    const placed = found.filter((l) => Number.isFinite(l.at));
    return { kind: 'points', labels: placed.map((l) => l.change), at: placed.map((l) => l.at), series: [{ name: gene, color: '#b3261e', values: placed.map((l) => l.row.cases ?? null) }], notes: placed.map((l) => l.change) };
  }, [found, gene]);
  if (!panel || genes.length === 0) return null;
  return (
    <Card title={t('changes.title', { gene })} sub={t('changes.sub')} span={span} about={given.about} picture={() => picture}
      table={{ head: [t('changes.change'), t('column.cases'), t('column.of'), '%'], rows: found.map((l) => [l.change, cellOf(l.row), l.row.of ?? null, l.row.percent ?? null]) }}>
      <div className="row-gap">
        <label className="small mute" htmlFor="gene-of-changes">{t('changes.gene')}</label>
        <select id="gene-of-changes" className="btn" value={gene} onChange={(e) => setGene(e.target.value)}>{genes.map((g) => <option key={g}>{g}</option>)}</select>
      </div>
      <Chart picture={picture} label={t('changes.title', { gene })} tall />
    </Card>
  );
}
