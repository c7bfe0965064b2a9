import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CountAnswer } from '../api/client';
import { Num } from '../grammar/Numbers';
import { day, number, percent } from '../i18n';

/** One line of truth: how many, among how many, what could not be known and why, as of when. */
export function Truth({ answer, busy, byPatients, cutoff, link, release }: { answer: CountAnswer | undefined; busy: boolean; byPatients: boolean; cutoff?: string; link: string; release: string }) {
  const { t } = useTranslation('search');
  const [copied, setCopied] = useState(false);
  if (!answer) return <div className="truth" aria-busy="true"><span className="n">–</span></div>;
  const cases = <Num value={answer.cases} below={answer.below} />;
  const patients = <Num value={answer.patients} below={answer.below} />;
  // The link names its release, so that it shows the same after the default one has changed.
  const exact = new URL(link, window.location.origin);
  exact.searchParams.set('release', release);
  async function copy() {
    await navigator.clipboard.writeText(exact.toString());
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  }
  return (
    <div className="truth" aria-busy={busy} aria-live="polite" data-testid="truth">
      <div>
        <span className="n">{byPatients ? patients : cases}</span> {t(byPatients ? 'patients' : 'cases')}{' '}
        <small className="mute">({t(byPatients ? 'cases' : 'patients')} {byPatients ? cases : patients})</small>
      </div>
      <div>
        <small className="mute">{t('population')}</small> <Num value={answer.population} below={answer.below} /> <small className="mute">{t('assayed')}</small> <Num value={answer.assayed} below={answer.below} />
        {answer.percent !== null && answer.percent !== undefined && <> <small className="mute">{t('frequency')}</small> <b>{percent(answer.percent)}</b></>}
      </div>
      {answer.unknown !== 0 && (
        <div className="u">
          {t('unknown')} <Num value={answer.unknown} below={answer.below} />
          {(answer.reasons?.length ?? 0) > 0 && <> — {answer.reasons?.map((r) => `${t(`reasons.${r.code}` as never, { defaultValue: r.code })} ${number(r.cases)}`).join(' · ')}</>}
        </div>
      )}
      <div className="end">
        {cutoff && <>{t('cutoff')} {day(cutoff)}</>}
        {answer.elapsedMs !== null && answer.elapsedMs !== undefined && <> · {number(answer.elapsedMs, 1)} ms</>}
        {' · '}
        <button type="button" className="linky" onClick={() => void copy()}>{t(copied ? 'linkCopied' : 'link')}</button>
      </div>
    </div>
  );
}
