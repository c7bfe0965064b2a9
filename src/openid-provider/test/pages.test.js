import assert from 'node:assert/strict';
import { test } from 'node:test';

import { texts } from '../src/texts.js';
import { portalUrl, start } from '../testing/fixture.js';

function shape(value) {
  if (typeof value === 'function') return 'text with a name in it';
  return typeof value === 'string' ? 'text' : Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]));
}

function words(value) {
  if (typeof value === 'function') return [value('Name')];
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(words);
}

test('both languages say the same things, and say them', () => {
  assert.deepEqual(shape(texts.ja), shape(texts.en));
  for (const language of Object.values(texts)) assert.ok(words(language).every((text) => text.trim().length > 0));
  assert.ok(texts.ja.confirmLead('<x>').includes('<x>'), 'the name is put in; escaping is the template\'s');
});

const show = async (url, path, language = 'en') => {
  const response = await fetch(url + path, { headers: { accept: 'text/html', 'accept-language': language } });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

test('the device form is in the reader\'s language, needs no script and can be framed by nobody', async (t) => {
  const { url } = await start(t);
  for (const language of ['en', 'ja']) {
    const page = await show(url, '/device', language);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(`<html lang="${language}">`) && page.text.includes(texts[language].deviceTitle));
    assert.match(page.text, /<label for="user_code">/);
    assert.doesNotMatch(page.text, /<script|onload=|javascript:/i);
    const policy = page.headers.get('content-security-policy');
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' /);
    assert.ok(policy.includes(portalUrl) && policy.includes("frame-ancestors 'none'") && !policy.includes('unsafe'));
    assert.equal(page.headers.get('x-frame-options'), 'DENY');
    assert.equal(page.headers.get('cache-control'), 'no-store');
  }
  assert.ok((await show(url, '/device?ui_locales=ja', 'en')).text.includes(texts.ja.deviceTitle));
  assert.ok((await show(url, '/device', 'fr')).text.includes(texts.en.deviceTitle));
});

test('a code in a link is filled in, escaped, and sent by the person alone', async (t) => {
  const { url, portal } = await start(t);
  const page = await show(url, `/device?user_code=${encodeURIComponent('"><b>x')}`);
  assert.equal(page.status, 200);
  assert.ok(page.text.includes('value="&#34;&#62;&#60;b&#62;x"'));
  assert.doesNotMatch(page.text, /"><b>x|<script|Submitting Callback/);
  assert.ok(!portal.asked.includes('find-by-user-code'));
});

test('an error says what support needs, escaped, and leads nowhere', async (t) => {
  const { url } = await start(t);
  const page = await show(url, `/auth?client_id=${encodeURIComponent('<i>nobody')}&response_type=code&redirect_uri=https://elsewhere.example/`);
  assert.equal(page.status, 400);
  assert.ok(page.text.includes(texts.en.errors.invalid_client));
  assert.doesNotMatch(page.text, /<i>nobody|href=/);
  assert.equal(page.headers.get('location'), null);
});

test('signing out with nobody signed in asks nothing', async (t) => {
  const { url } = await start(t);
  const response = await fetch(`${url}/session/end`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  assert.equal(response.status, 303);
  assert.match(response.headers.get('location'), /\/session\/end\/success$/);
});
