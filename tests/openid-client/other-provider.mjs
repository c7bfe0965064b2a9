// A second OpenID provider that shares nothing with the bundled one: other keys (PS256), other client, claim values and lifetimes, its own pages and memory.
// node other-provider.mjs '{"port":…,"portal":"http://…","clientKey":{public JWK},"accounts":[{"sub","email","email_verified"}]}'
import { generateKeyPairSync } from 'node:crypto';
import process from 'node:process';

import Provider from 'oidc-provider';

const { port, portal, clientKey, accounts } = JSON.parse(process.argv[2]);
const issuer = `http://localhost:${port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'other-2031', use: 'sig', alg: 'PS256' }] },
  cookies: { keys: ['a-key-for-tests-only'] },
  clients: [
    {
      client_id: 'research-portal',
      client_name: 'The portal as this provider calls it',
      redirect_uris: [`${portal}/session/callback`],
      post_logout_redirect_uris: [`${portal}/`],
      backchannel_logout_uri: `${portal}/session/backchannel-logout`,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [clientKey] },
      id_token_signed_response_alg: 'PS256',
    },
    {
      client_id: 'robot',
      client_secret: 'a-secret-for-tests-only-of-some-length',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'PS256' },
  enabledJWA: { idTokenSigningAlgValues: ['PS256', 'RS256'], clientAuthSigningAlgValues: ['ES256'] },
  acrValues: ['gold', 'silver'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], acr: null, amr: null, auth_time: null, sid: null, iss: null },
  conformIdTokenClaims: false,
  scopes: ['openid', 'email', 'profile', 'offline_access'],
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:dataportal',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'portal', audience: 'urn:dataportal', accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'PS256' } } }),
    },
  },
  extraTokenClaims: (ctx) => {
    const source = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken;
    return source ? { acr: source.acr, amr: source.amr, auth_time: source.authTime } : {};
  },
  interactions: { url: (ctx, interaction) => `/who/${interaction.uid}` },
  async findAccount(ctx, sub) {
    const account = accounts.find((a) => a.sub === sub);
    return account && { accountId: sub, claims: async () => ({ ...account }) };
  },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email profile offline_access');
    grant.addResourceScope('urn:dataportal', 'portal');
    await grant.save();
    return grant;
  },
});

// Its sign-in page: who are you? No password, for nobody but tests on loopback ever sees it.
provider.use(async (ctx, next) => {
  const found = /^\/who\/([\w-]+)$/.exec(ctx.path);
  if (!found) return next();
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = `<!doctype html><html lang="en"><title>Other provider</title><form method="post" action="/who/${found[1]}"><label>Name <input name="sub"></label><button>Sign in</button></form></html>`;
    return undefined;
  }
  const chunks = [];
  for await (const chunk of ctx.req) chunks.push(chunk);
  const sub = new URLSearchParams(Buffer.concat(chunks).toString()).get('sub');
  const account = accounts.find((a) => a.sub === sub);
  if (!account) {
    ctx.status = 403;
    return undefined;
  }
  return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: sub, acr: account.acr ?? 'silver', amr: account.amr ?? ['pwd'] } }, { mergeWithLastSubmission: false });
});

const server = provider.listen(port, '127.0.0.1', () => console.log(`listening ${issuer}`));
// The test holds the other end.
process.stdin.on('end', () => process.exit(0)).resume();
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
