import { useTranslation } from 'react-i18next';
import { Page } from '../grammar/Page';

const parts = ['what', 'who', 'purpose', 'protected', 'withdraw', 'questions'] as const;

/** In plain language: what is done with the data, by whom and for what, and how to withdraw. */
export default function PatientsPage() {
  const { t } = useTranslation('home');
  return (
    <Page title={t('patientsPage.title')} narrow>
      <div className="prose">
        <p>{t('patientsPage.lead')}</p>
        {parts.map((p) => (
          <section key={p}>
            <h2>{t(`patientsPage.${p}.title`)}</h2>
            {t(`patientsPage.${p}.text`).split('\n').map((line) => <p key={line}>{line}</p>)}
          </section>
        ))}
      </div>
    </Page>
  );
}
