import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api, ask, type FieldLabels } from '../api/client';
import { Page } from '../grammar/Page';
import { Loading, SignedOut, Trouble } from '../grammar/States';
import { day, number } from '../i18n';
import { useSession, useStanding } from '../session/session';
import { groupOf, groups, isList, type Fields } from './record';

type Labels = Record<string, FieldLabels>;

function valueOf(labels: Labels, entity: string, name: string, value: unknown): string {
  const field = labels[`${entity}.${name}`];
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return `${/year$/.test(name) ? value : number(value, Number.isInteger(value) ? 0 : 3)}${field?.unit && field.unit !== 'years' ? ` ${field.unit}` : ''}`;
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return day(text);
  return field?.values[text] ?? text;
}

const entityOf = (list: string) => ({ metastases: 'metastasis', other_cancers: 'other_cancer' })[list] ?? list.replace(/s$/, '');

export default function CasePage() {
  const { t, i18n } = useTranslation('cases');
  const { id = '' } = useParams();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const session = useSession();
  const { standing } = useStanding(!!session.data);
  const release = search.get('release') ?? 'default';
  const { data, error, refetch } = useQuery({
    queryKey: ['case', release, id, standing?.name, i18n.language],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/releases/{release}/cases/{id}', { params: { path: { release, id }, query: { project: standing?.name } }, signal })),
    enabled: standing !== undefined,
  });
  const record = data?.case as Fields | undefined;
  return (
    <Page title={t('case')} lead={<span className="mono">{id}</span>} actions={
      <>
        <button type="button" className="btn" onClick={() => void navigate(-1)}>{t('back')}</button>
        {data && <Link className="btn" to={`/cases?release=${data.release}`}>{t('allCases')}</Link>}
      </>
    }>
      {session.data === null ? <SignedOut /> : error ? <Trouble error={error} retry={() => void refetch()} /> : !data || !record ? <Loading lines={12} /> : (
        <div className="stack">
          <p className="mute small">{t('pseudonyms')} {t('patient')} <span className="mono">{data.patientId}</span> · {t('release')} {data.release}</p>
          {groups.map((group) => {
            const names = Object.keys(record).filter((n) => !isList(record[n]) && groupOf(n) === group);
            return names.length > 0 && (
              <section className="card" key={group} aria-label={t(`group.${group}`)}>
                <h2>{t(`group.${group}`)}</h2>
                <dl className="fields">
                  {names.map((n) => <div key={n}><dt>{data.labels[`case.${n}`]?.name ?? n}</dt><dd>{valueOf(data.labels, 'case', n, record[n])}</dd></div>)}
                </dl>
              </section>
            );
          })}
          {Object.keys(record).filter((n) => isList(record[n])).map((n) => <Rows key={n} name={n} rows={record[n] as Fields[]} labels={data.labels} />)}
        </div>
      )}
    </Page>
  );
}

/** Rows of one kind, with what belongs to each row in its last column. */
function Rows({ name, rows, labels }: { name: string; rows: Fields[]; labels: Labels }) {
  const { t } = useTranslation('cases');
  const entity = entityOf(name);
  const columns = [...new Set(rows.flatMap((r) => Object.keys(r).filter((k) => !isList(r[k]))))];
  const nested = [...new Set(rows.flatMap((r) => Object.keys(r).filter((k) => isList(r[k]))))];
  const title = t(`list.${name}` as never, { defaultValue: name }) as string;
  const inner = (list: string, row: Fields) => Object.entries(row).map(([k, v]) => valueOf(labels, entityOf(list), k, v)).join(' ');
  return (
    <section className="card" aria-label={title}>
      <h2>{title} <span className="mute">{number(rows.length)}</span></h2>
      <div className="scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="plain">
          <thead><tr>{columns.map((c) => <th key={c} scope="col">{labels[`${entity}.${c}`]?.name ?? c}</th>)}{nested.map((n) => <th key={n} scope="col">{t(`list.${n}` as never, { defaultValue: n }) as string}</th>)}</tr></thead>
          <tbody>
            {rows.map((r, i) => (
              <tr key={i}>
                {columns.map((c) => <td key={c} className={typeof r[c] === 'number' ? 'num' : undefined}>{valueOf(labels, entity, c, r[c])}</td>)}
                {nested.map((n) => <td key={n}>{((r[n] as Fields[] | undefined) ?? []).map((x, j) => <div key={j}>{inner(n, x)}</div>)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
