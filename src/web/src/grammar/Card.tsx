import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '../i18n';
import { csv, fileName, save, type Cell, type TableOf } from './csv';
import type { Picture } from './picture';

export interface CardProps {
  title: string;
  /** What is divided by what: the denominator in words. */
  sub: ReactNode;
  /** The same numbers as rows. */
  table: TableOf;
  picture?: () => Picture;
  /** Written into CSV files and pictures: query and release. */
  about?: string[];
  span?: 3 | 4 | 5 | 6 | 7 | 8 | 12;
  foot?: ReactNode;
  children: ReactNode;
}

const shown = (value: Cell) => (value === null || value === undefined ? '–' : typeof value === 'number' ? number(value, Number.isInteger(value) ? 0 : 1) : value);

/** One grammar for every figure: title, denominator, and at the right the same as a table, a file, a picture. */
export function Card({ title, sub, table, picture, about = [], span = 4, foot, children }: CardProps) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const name = (end: string) => `${fileName(title)}.${end}`;
  async function draw(kind: 'png' | 'svg') {
    if (!picture) return;
    const { toPng, toSvg } = await import('./picture');
    const drawing = { ...picture(), title, about };
    if (kind === 'svg') save(name('svg'), await toSvg(drawing), 'image/svg+xml');
    else save(name('png'), await toPng(drawing), 'image/png');
  }
  return (
    <section className={`card span-${span}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="sub">
        <span>{sub}</span>
        <span className="acts" role="group" aria-label={t('cardActions', { title })}>
          <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{t('table')}</button>
          <button type="button" onClick={() => save(name('csv'), csv(table, [title, ...about]), 'text/csv;charset=utf-8')}>CSV</button>
          {picture && <button type="button" onClick={() => void draw('png')}>PNG</button>}
          {picture && <button type="button" onClick={() => void draw('svg')}>SVG</button>}
        </span>
      </div>
      {asTable ? <Plain table={table} label={title} /> : children}
      {foot && !asTable && <div className="foot">{foot}</div>}
    </section>
  );
}

export function Plain({ table, label }: { table: TableOf; label: string }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="plain">
        <thead>
          <tr>{table.head.map((h, i) => <th key={i} scope="col" className={typeof table.rows[0]?.[i] === 'number' ? 'num' : undefined}>{h}</th>)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>{row.map((c, j) => <td key={j} className={typeof c === 'number' ? 'num' : undefined}>{shown(c)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
