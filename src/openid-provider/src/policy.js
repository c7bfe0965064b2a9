import { interactionPolicy } from 'oidc-provider';

const { Check, base } = interactionPolicy;

/** When somebody is asked to sign in or to consent: the library's rules, but for two. */
export function policy(acrValues) {
  const prompts = base();
  const strength = (acr) => acrValues.indexOf(acr); // weakest first; unknown is -1

  // `acr_values` is a wish, which the library leaves to us: a session that is too weak leads to a new sign-in, once. Whether the
  // result is strong enough is for the client to see.
  prompts.get('login').checks.add(new Check('acr_values', 'a stronger sign-in was asked for', (ctx) => {
    const wanted = (ctx.oidc.params.acr_values ?? '').split(' ').map(strength).filter((value) => value >= 0);
    return wanted.length > 0 && !ctx.oidc.result?.login && strength(ctx.oidc.session.acr) < Math.min(...wanted);
  }));

  // Any program on a person's machine can pass itself off as a native client (RFC 8252, 8.6), so that none gets a token without the person
  // noticing. The library wants a consent each time. Whoever has just signed in for it, or confirmed its code, has noticed.
  const { checks } = prompts.get('consent');
  checks.remove('native_client_prompt');
  checks.add(new Check('native_client_prompt', 'native clients require End-User interaction', 'interaction_required', ({ oidc }) => (
    oidc.client.applicationType === 'native' && !oidc.deviceCode && !oidc.result?.login && !oidc.result?.consent
  )));
  return prompts;
}
