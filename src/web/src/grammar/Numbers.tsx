import { useTranslation } from 'react-i18next';
import { clopperPearson } from '../cohort/statistics';
import { number, percent as share } from '../i18n';

type Maybe = number | null | undefined;

/** A number; one that was held back is shown as that, never as 0 or blank. Not as `<10` either: it may be larger, and held back because a small one would follow from it. */
export function Num({ value, below }: { value: Maybe; below?: Maybe }) {
  const { t } = useTranslation();
  if (value !== null && value !== undefined) return <>{number(value)}</>;
  if (below === null || below === undefined) return <span className="mute">–</span>;
  return (
    <span className="held" title={t('held', { below })}>
      {t('heldBack')}
    </span>
  );
}

/** Share first, then of how many: `41.5% 171/412`. */
export function Count({ cases, of, percent, below, interval }: { cases: Maybe; of: Maybe; percent?: Maybe; below?: Maybe; interval?: boolean }) {
  if (cases === null || cases === undefined) return <Num value={cases} below={below} />;
  return (
    <>
      {percent !== null && percent !== undefined && <b>{share(percent)}</b>} {interval && of ? <Interval cases={cases} of={of} /> : null}{' '}
      {interval ? `n=${number(of ?? 0)}` : `${number(cases)}${of === null || of === undefined ? '' : `/${number(of)}`}`}
    </>
  );
}

/** Exact 95 % interval of a share. */
export function Interval({ cases, of }: { cases: number; of: number }) {
  const { t } = useTranslation();
  const found = clopperPearson(cases, of);
  if (!found) return null;
  return <span title={t('interval')}>{`[${number(found.lower)}–${number(found.upper)}]`}</span>;
}
