// The console as people use it, in a real Chromium.
//
//   node console.mjs MODULES ADDRESS [SCENARIO…]
//
// Every scenario of the names given prints « ok name »; the first that fails ends the run. SHOTS: a folder for screenshots.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [modules, address, ...wanted] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const puppeteer = require('puppeteer-core');
const axe = require('axe-core');

const PASSWORD = 'Sept mots tres simples pour un essai';
const SMALL = { width: 320, height: 568 };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const WIDE = { width: 1680, height: 1000 };
/** 1280 × 1024 at 400 % (WCAG 1.4.10). */
const ZOOMED = { width: 320, height: 256 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'RGAAv4', 'best-practice'];

async function withBrowser(run) {
  const profile = mkdtempSync(join(tmpdir(), 'console-'));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    userDataDir: profile,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--lang=fr'],
  });
  // What nobody reads fills the socket, and the thread of Chromium that writes next never wakes again.
  browser.process().stderr?.resume();
  browser.process().stdout?.resume();
  try {
    await run(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** A page of a visitor of their own, with what it must never do: load from elsewhere, break its policy, throw. */
async function visit(browser, { viewport = DESKTOP, dark = false } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  page.faults = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && /^http/.test(request.url())) page.faults.push(`asked of a third party: ${request.url()}`);
  });
  page.on('pageerror', (error) => page.faults.push(`threw: ${error}`));
  page.on('console', (message) => {
    if (!page.examined && /Content Security Policy|violates/i.test(message.text())) page.faults.push(`policy: ${message.text()}`);
  });
  page.isInnocent = () => assert.deepEqual(page.faults, []);
  return page;
}

const go = (page, path) => page.goto(`${address}${path}`, { waitUntil: 'load' });
const words = (page) => page.evaluate(() => document.querySelector('main').innerText.replace(/\s+/g, ' '));
const path = (page) => new URL(page.url()).pathname;

async function sees(page, text) {
  const now = await words(page);
  assert.ok(now.includes(text), `« ${text} » is not on ${page.url()}: ${now}`);
}

/** Does something that leads to another page, and waits for it. */
const leading = (page, act) => Promise.all([page.waitForNavigation({ waitUntil: 'load' }), act()]);

async function enter(page, login, password = PASSWORD, at = '/connexion') {
  await go(page, at);
  await page.evaluate(() => { document.getElementById('login').value = ''; });
  await page.type('#login', login);
  await page.type('#mot_de_passe', password);
  await leading(page, () => page.keyboard.press('Enter'));
}

/** No violation of axe, nothing wider than the screen, no target too small to touch. */
async function sound(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${what}: ${wide} px wider than the screen`);
  // axe is injected past the page's own policy, which refuses it: what it does is not the page's doing.
  page.examined = true;
  const client = await page.createCDPSession();
  await client.send('Page.setBypassCSP', { enabled: true });
  await page.reload({ waitUntil: 'load' });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: { type: 'tag', values: rules } }), RULES);
  await client.send('Page.setBypassCSP', { enabled: false });
  await client.detach();
  page.examined = false;
  const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).slice(0, 3).join(' | ')}`);
  assert.deepEqual(told, [], what);
}

async function shot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

const PAGES = ['/', '/appels', '/relecture', '/messages', '/messages?vue=faits', '/comptes', '/comptes/paul.durand', '/journal', '/mon-compte', '/nulle-part'];
const named = (path) => path.replace(/[/?=.]+/g, '-').replace(/^-|-$/g, '') || 'accueil';

async function everyPage(browser, state, more) {
  for (const [size, viewport, dark] of [['320', SMALL, false], ['bureau', DESKTOP, false], ['nuit', DESKTOP, true], ['zoom', ZOOMED, false]]) {
    const page = await visit(browser, { viewport, dark });
    await go(page, '/connexion');
    await sound(page, `connexion ${size}`);
    await shot(page, `${state}-connexion-${size}`);
    await enter(page, 'anne.martin');
    for (const at of [...PAGES, ...more]) {
      await go(page, at);
      await shot(page, `${state}-${named(at)}-${size}`);
      await sound(page, `${state} ${at} ${size}`);
    }
    page.isInnocent();
    await page.close();
  }
}

// ── Scenarios ───────────────────────────────────────────────────────────────────────────────

const scenarios = {
  pages_empty: (browser) => everyPage(browser, 'vide', []),

  async pages_full(browser) {
    await everyPage(browser, 'plein', ['/appels/0190-appel-001', '/appels/0190-appel-012', '/appels?texte=passeport&decision=answer', '/appels?texte=rien', '/appels?ordre=doute']);
    for (const [size, viewport] of [['telephone', PHONE], ['large', WIDE]]) {
      const page = await visit(browser, { viewport });
      await enter(page, 'anne.martin');
      for (const at of ['/', '/appels', '/appels/0190-appel-001', '/relecture', '/messages']) {
        await go(page, at);
        await shot(page, `plein-${named(at)}-${size}`);
      }
      await page.close();
    }
    const page = await visit(browser);
    await enter(page, 'anne.martin');
    await go(page, '/appels/0190-appel-001');
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    await shot(page, 'plein-appel-ouvert');
    // axe on what is folded away at first.
    page.examined = true;
    await page.setBypassCSP(true);
    await page.reload();
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => axe.run());
    assert.deepEqual(violations.map((one) => one.id), []);
  },

  async print(browser) {
    const page = await visit(browser, { viewport: { width: 794, height: 1123 } });
    await enter(page, 'anne.martin');
    await go(page, '/appels/0190-appel-001');
    await page.emulateMediaType('print');
    const shown = await page.evaluate(() => Object.fromEntries(['.entete', '.juger', '.touches', '.fil-de-paroles', '.faits'].map((one) => [one, Boolean(document.querySelector(one)?.checkVisibility())])));
    assert.deepEqual(shown, { '.entete': false, '.juger': false, '.touches': false, '.fil-de-paroles': true, '.faits': true });
    await shot(page, 'papier');
  },

  async entering(browser) {
    const page = await visit(browser);
    await go(page, '/appels?texte=acte');
    assert.equal(path(page), '/connexion', 'nobody reads without entering');
    await page.type('#login', 'Paul.Durand ');
    await page.type('#mot_de_passe', PASSWORD);
    await leading(page, () => page.keyboard.press('Enter'));
    assert.equal(page.url(), `${address}/appels?texte=acte`, 'on to where they were going');
    const cookies = await page.cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })), [{ name: 'standardiste', httpOnly: true, sameSite: 'Lax' }]);
    assert.equal(await page.evaluate(() => document.cookie), '');
    await leading(page, () => page.click('.moi button'));
    await sees(page, 'Connexion');
    assert.ok((await page.evaluate(() => document.body.innerText)).includes('Vous êtes déconnecté.'));
    await go(page, '/appels');
    assert.equal(path(page), '/connexion');
    page.isInnocent();
  },

  async role_refused(browser) {
    const page = await visit(browser);
    await enter(page, 'lea.petit');
    const menu = await page.$$eval('nav a', (links) => links.map((link) => link.getAttribute('href')));
    assert.deepEqual(menu, ['/', '/messages'], 'only what she may do');
    const response = await go(page, '/appels');
    assert.equal(response.status(), 403);
    await sees(page, 'Vos rôles n\'ouvrent pas cette page');
    await sound(page, 'refused');
    page.isInnocent();
  },

  async wrong_passwords(browser) {
    const page = await visit(browser);
    for (let number = 0; number < 5; number += 1) {
      await enter(page, 'oubli.oubli', 'ce n\'est pas lui');
      await sees(page, 'Identifiant ou mot de passe inexact');
    }
    await enter(page, 'oubli.oubli');
    await sees(page, 'Trop d\'essais. Par sécurité, attendez');
    assert.equal(await page.$eval('.probleme', (one) => one.getAttribute('role')), 'alert');
    await sound(page, 'made to wait');
    await shot(page, 'attente');
    await enter(page, 'lea.petit');
    assert.equal(path(page), '/', 'somebody else comes in from the same place');
  },

  async invitation(browser) {
    const administrator = await visit(browser);
    await enter(administrator, 'anne.martin');
    await go(administrator, '/comptes');
    await administrator.type('#nom', 'Nora Neuve');
    await administrator.type('#login', 'nora.neuve');
    await administrator.click('#role-superviseur');
    await leading(administrator, () => administrator.keyboard.press('Enter'));
    const link = await administrator.$eval('#lien', (field) => field.value);
    await shot(administrator, 'lien');
    const page = await visit(browser);
    await page.goto(link);
    await sees(page, 'Bienvenue, Nora Neuve');
    await sound(page, 'invitation');
    await shot(page, 'invitation');
    await page.type('#mot_de_passe', 'trop court');
    await page.type('#encore', 'trop court');
    await leading(page, () => page.keyboard.press('Enter'));
    await sees(page, 'Trop facile à deviner');
    await page.type('#mot_de_passe', PASSWORD);
    await page.type('#encore', PASSWORD);
    await leading(page, () => page.keyboard.press('Enter'));
    await enter(page, 'nora.neuve');
    assert.equal(path(page), '/');
    await page.goto(link);
    await sees(page, 'Ce lien a déjà servi');
    page.isInnocent();
  },

  async review_by_keyboard(browser) {
    const page = await visit(browser);
    await go(page, '/connexion');
    // From here on no mouse and no pointed element: keys only.
    await page.keyboard.type('paul.durand');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await leading(page, () => page.keyboard.press('Enter'));
    for (let number = 0; number < 12 && (await page.evaluate(() => document.activeElement.getAttribute('href'))) !== '/relecture'; number += 1) {
      await page.keyboard.press('Tab');
    }
    await leading(page, () => page.keyboard.press('Enter'));
    assert.equal(path(page), '/relecture');
    await sees(page, 'échecs répétés');
    const judged = await page.$eval('[name=appel]', (field) => field.value);
    await page.keyboard.press('e');
    await page.keyboard.type('Se pacser');
    assert.equal(path(page), '/relecture', 'letters in a field are no shortcuts');
    await page.keyboard.press('Escape');
    await leading(page, () => page.keyboard.press('3'));
    const after = await page.$eval('[name=appel]', (field) => field.value);
    assert.notEqual(after, judged);
    assert.ok((await page.$eval('.fait', (one) => one.innerText)).includes('Noté.'));
    await shot(page, 'relecture-notee');
    await leading(page, () => page.keyboard.press('s'));
    const aside = await page.$eval('[name=appel]', (field) => field.value);
    assert.notEqual(aside, after, 'left aside');
    for (const key of ['1', '2', '4']) await leading(page, () => page.keyboard.press(key));
    await sees(page, '4 relues aujourd\'hui');
    // The list, by keys too.
    await go(page, '/appels');
    await page.keyboard.press('/');
    await page.keyboard.type('passeport');
    await leading(page, () => page.keyboard.press('Enter'));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await leading(page, () => page.keyboard.press('Enter'));
    assert.match(path(page), /^\/appels\/0190-/);
    await page.keyboard.press('d');
    assert.ok(await page.$eval('.trouve details', (one) => one.open));
    await leading(page, () => page.keyboard.press('u'));
    assert.equal(path(page), '/appels');
    page.isInnocent();
    process.stdout.write(`judged ${judged}\n`);
  },

  async shortcuts_off(browser) {
    const page = await visit(browser);
    await enter(page, 'paul.durand', PASSWORD, '/connexion?vers=/mon-compte');
    await page.click('#raccourcis');
    await leading(page, () => page.$eval('#raccourcis', (box) => box.form.requestSubmit()));
    await go(page, '/relecture');
    const before = await page.$eval('[name=appel]', (field) => field.value);
    await page.keyboard.press('1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await page.$eval('[name=appel]', (field) => field.value), before);
    assert.equal(await page.$eval('.touches', (one) => one.checkVisibility()), false, 'nor are they told');
    page.isInnocent();
  },

  async messages(browser) {
    const page = await visit(browser, { viewport: PHONE });
    await enter(page, 'lea.petit');
    await go(page, '/messages');
    const before = await page.$$eval('.messages > li', (items) => items.length);
    await page.select('.messages li select', 'lea.petit');
    await leading(page, () => page.$eval('.attribuer', (form) => form.requestSubmit()));
    await sees(page, 'Message attribué.');
    await go(page, '/messages?vue=miens');
    assert.equal(await page.$$eval('.messages > li', (items) => items.length), 1);
    await leading(page, () => page.click('.messages button.principal'));
    await sees(page, 'Aucun message ne vous est attribué.');
    await go(page, '/messages');
    assert.equal(await page.$$eval('.messages > li', (items) => items.length), before - 1);
    page.isInnocent();
  },
};

await withBrowser(async (browser) => {
  for (const name of wanted.length ? wanted : Object.keys(scenarios)) {
    try {
      await scenarios[name](browser);
    } catch (error) {
      process.stdout.write(`failed ${name}: ${error?.stack ?? error}\n`);
      process.exitCode = 1;
      return;
    }
    process.stdout.write(`ok ${name}\n`);
  }
});
