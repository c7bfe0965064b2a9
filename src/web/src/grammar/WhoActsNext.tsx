import { useTranslation } from 'react-i18next';
import { day } from '../i18n';

/** Who has to do something now, what, and by when. */
export function WhoActsNext({ who, what, by, late }: { who: string; what: string; by?: string; late?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={late ? 'next late' : 'next'}>
      <span className="mute">{t('next')}</span>
      <b>{who}</b>
      <span>{what}</span>
      {by && <span className="chip">{late ? t('overdue', { date: day(by) }) : t('by', { date: day(by) })}</span>}
    </div>
  );
}
