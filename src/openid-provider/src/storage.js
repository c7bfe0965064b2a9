import { errors } from 'oidc-provider';

/**
 * Where the provider would keep what outlives a request. Signed client-credentials tokens need nothing kept, so whatever asks
 * for storage is refused aloud: a grant kept in memory would vanish with the process and nobody would know why.
 *
 * The one exception are the one-time ids of client assertions. They are kept for as long as an assertion may be used, and
 * `assertFresh` refuses assertions older than this process, so that a restart opens no window for a replay.
 */
export function createStorage({ now = () => Math.floor(Date.now() / 1000) } = {}) {
  const startedAt = now();
  const used = new Map();

  const usedAssertions = {
    async find(id) {
      const until = used.get(id);
      return until !== undefined && until > now() ? { jti: id } : undefined;
    },
    async upsert(id, payload, secondsToLive) {
      for (const [old, until] of used) {
        if (until <= now()) used.delete(old);
      }
      // find and upsert are two steps: of two requests that both found nothing, the second to arrive here must fail.
      if (used.has(id)) {
        throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
      }
      used.set(id, now() + secondsToLive);
    },
    destroy: refuse('ReplayDetection'),
  };

  return {
    adapter(name) {
      if (name === 'ReplayDetection') return usedAssertions;
      const refusal = refuse(name);
      return {
        // A client that is not configured does not exist; everything else that is looked up was never stored.
        find: async () => undefined,
        findByUid: async () => undefined,
        findByUserCode: async () => undefined,
        upsert: refusal,
        consume: refusal,
        destroy: refusal,
        revokeByGrantId: refusal,
      };
    },

    assertFresh(claims) {
      if (!Number.isInteger(claims.iat) || claims.iat < startedAt) {
        throw new errors.InvalidClientAuth('iat must be given, and be later than the start of this provider');
      }
      if (claims.exp - claims.iat > 300) {
        throw new errors.InvalidClientAuth('a client assertion may live for 300 seconds at most');
      }
    },
  };
}

function refuse(name) {
  return async () => {
    throw new Error(`this provider has no storage, and ${name} needs one`);
  };
}
