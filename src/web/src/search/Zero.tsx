import { useTranslation } from 'react-i18next';
import type { CountAnswer } from '../api/client';
import { number } from '../i18n';
import { conjuncts } from './queryText';

/** Which condition empties the cohort, and what is left without it. */
export function Zero({ answer, canonical, onAsk }: { answer: CountAnswer; canonical: string; onAsk: (q: string) => void }) {
  const { t } = useTranslation('search');
  const reasons = answer.whyZero ?? [];
  const terms = conjuncts(canonical);
  return (
    <div className="state zero">
      <h2>{t('zero.title')}</h2>
      {reasons.length > 0 ? (
        <table className="plain">
          <thead><tr><th scope="col">{t('zero.term')}</th><th scope="col" className="num">{t('zero.alone')}</th><th scope="col" className="num">{t('zero.without')}</th><th scope="col"><span className="sr">{t('zero.try')}</span></th></tr></thead>
          <tbody>
            {reasons.map((r) => {
              const rest = terms?.filter((x) => !r.terms.includes(x)).join(' and ');
              return (
                <tr key={r.terms.join()}>
                  <td className="mono">{r.terms.join(` ${t('zero.together')} `)}</td>
                  <td className="num">{number(r.cases)}</td>
                  <td className="num">{number(r.casesWithout)}</td>
                  <td>{terms && rest !== undefined && r.casesWithout > 0 && <button type="button" className="linky" onClick={() => onAsk(rest)}>{t('zero.leaveOut')}</button>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : <p>{t('zero.next')}</p>}
    </div>
  );
}
