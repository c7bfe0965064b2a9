import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Problem } from '../api/client';
import { day } from '../i18n';
import { signInAddress } from '../session/session';

export function Loading({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="bones" role="status" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, i) => <i key={i} style={{ width: `${92 - ((i * 37) % 50)}%` }} />)}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function SignedOut() {
  const { t } = useTranslation();
  return (
    <div className="state">
      <h2>{t('signedOut.title')}</h2>
      <p>{t('signedOut.text')}</p>
      <div className="row-gap">
        <a className="btn primary" href={signInAddress()}>{t('signIn')}</a>
        <Link className="btn" to="/#apply">{t('howToApply')}</Link>
      </div>
    </div>
  );
}

const shut = new Set(['project_pending', 'project_suspended', 'project_expired', 'project_closed']);

/** The portal words some reasons in English only; in Japanese they read so. What is not known stays as it was said. */
export function useReason() {
  const { t, i18n } = useTranslation();
  return (reason: string): string => {
    const known: [RegExp, (m: RegExpExecArray) => string][] = [
      [/yearly fee is due/, () => t('reason.fee')],
      [/agreement is not signed/, () => t('reason.unsigned')],
      [/agreement begins on (\d{4}-\d\d-\d\d)/, (m) => t('reason.begins', { date: day(m[1] ?? '') })],
      [/agreement ended on (\d{4}-\d\d-\d\d)/, (m) => t('reason.ended', { date: day(m[1] ?? '') })],
      [/fee is paid until (\d{4}-\d\d-\d\d)/, (m) => t('reason.paidUntil', { date: day(m[1] ?? '') })],
      [/access has not been opened/, () => t('reason.unopened')],
      [/its time is over/, () => t('reason.over')],
    ];
    if (!i18n.language.startsWith('ja')) return reason;
    for (const [pattern, say] of known) {
      const match = pattern.exec(reason);
      if (match) return say(match);
    }
    return reason;
  };
}

/** Why it was refused or failed, and what to do next. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const reason = useReason();
  const problem = error instanceof Problem ? error : new Problem(-1, 'page_failed', undefined);
  if (problem.status === 401 && problem.code !== 'step_up_required') return <SignedOut />;
  const refused = problem.status === 403 || problem.status === 409;
  const kind = shut.has(problem.code) ? 'shut'
    : problem.status === 403 ? 'forbidden' : problem.status === 404 ? 'absent' : problem.status === 409 ? 'conflict' : problem.status === 429 ? 'busy'
    : problem.status === 0 ? 'unreachable' : problem.status === 503 ? 'unavailable' : problem.status >= 400 && problem.status < 500 ? 'invalid' : 'failed';
  return (
    <div className={`state ${refused ? 'refused' : 'failed'}`} role="alert">
      <h2>{t(`trouble.${kind}.title`)}</h2>
      <p>{t(`trouble.${kind}.next`)}</p>
      {problem.detail && problem.status !== 500 && <p><b>{t('because')}</b> {reason(problem.detail)}</p>}
      {problem.retryAfter !== undefined && <p>{t('waitSeconds', { count: problem.retryAfter })}</p>}
      <div className="row-gap">
        {retry && !refused && problem.status !== 404 && <button type="button" className="btn" onClick={retry}>{t('tryAgain')}</button>}
        {kind === 'shut' && <Link className="btn" to="/#fees">{t('aboutFees')}</Link>}
        {kind === 'forbidden' && <Link className="btn" to="/#apply">{t('howToApply')}</Link>}
      </div>
      {problem.traceId && <p className="small mute">{t('trace')} <span className="mono">{problem.traceId}</span> · <span className="mono">{problem.code}</span></p>}
    </div>
  );
}
