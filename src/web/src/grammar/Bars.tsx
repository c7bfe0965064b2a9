import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { Count } from './Numbers';

export interface BarRow {
  key: string;
  label: string;
  /** Percent of the full width of each part. */
  parts: { width: number; className?: string; title?: string }[];
  row: Row;
  interval?: boolean;
  onPick?: () => void;
}

/** Bars that are a table to whoever cannot see them; a row that can be chosen narrows the question. */
export function Bars({ rows, label }: { rows: BarRow[]; label: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p className="mute">{t('nothing')}</p>;
  return (
    <div className="bars" role="list" aria-label={label}>
      {rows.map((r) => {
        const inside = (
          <>
            <span className="name" title={r.label}>{r.label}</span>
            <span className={r.row.cases === null || r.row.cases === undefined ? 't veiled' : 't'} aria-hidden="true">
              {r.parts.map((p, i) => <i key={i} className={p.className} title={p.title} style={{ width: `${p.width}%` }} />)}
            </span>
            <span className="x"><Count cases={r.row.cases} of={r.row.of} percent={r.row.percent} below={r.row.below} interval={r.interval} /></span>
          </>
        );
        return r.onPick ? (
          <div role="listitem" key={r.key} className="r">
            <button type="button" className="r" onClick={r.onPick} title={t('narrow', { label: r.label })}>{inside}</button>
          </div>
        ) : (
          <div role="listitem" key={r.key} className="r">{inside}</div>
        );
      })}
    </div>
  );
}
