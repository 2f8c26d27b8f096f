// What a citizen meets in the widget, state by state, in a real Chromium.
//
//   node widget.mjs MODULES ADDRESS [SCENARIO…]
//
// MODULES: the folder that has node_modules. ADDRESS: the server's, for instance http://127.0.0.1:8090. Every scenario
// of the names given prints a line; the first that fails ends the run. SHOTS: a folder for screenshots. WEB: a folder
// whose widget and page are shown instead of those that are compiled in, for whoever works on them.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { connect, createServer as tcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [modules, address, ...wanted] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const puppeteer = require('puppeteer-core');
const axe = require('axe-core');

const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };
const SMALL = { width: 320, height: 568, hasTouch: true, isMobile: true };
const DESKTOP = { width: 1280, height: 800 };
/** 1280 × 1024 at 400 % (WCAG 1.4.10). */
const ZOOMED = { width: 320, height: 256 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'RGAAv4', 'best-practice'];

// ── The browser ─────────────────────────────────────────────────────────────────────────────

async function withBrowser(run, { microphone = 'fake', flags = [] } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'widget-'));
  const devices = {
    fake: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    refused: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
    none: [],
  }[microphone];
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    userDataDir: profile,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--lang=fr', '--allow-loopback-in-peer-connection', ...devices, ...flags],
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

/** A page, with what it must never do: load from elsewhere, break its content policy, throw, keep anything. */
async function visit(browser, { viewport = DESKTOP, dark = false, motion = true, at = `${address}/` } = {}) {
  const page = await browser.newPage();
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
    { name: 'prefers-reduced-motion', value: motion ? 'no-preference' : 'reduce' },
  ]);
  const faults = [];
  const own = new Set([new URL(address).host, new URL(at).host]);
  if (process.env.WEB) await fromDisk(page);
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(http|ws)/.test(protocol) && !own.has(host)) faults.push(`asked of a third party: ${request.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`threw: ${error}`));
  page.on('console', (message) => {
    if (!page.examined && /Content Security Policy|violates/i.test(message.text())) faults.push(`policy: ${message.text()}`);
  });
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(at, { waitUntil: 'load' });
  page.isInnocent = async () => {
    const kept = await page.evaluate(() => ({
      violations: window.violations,
      cookies: document.cookie,
      local: Object.keys(localStorage).length,
      session: Object.keys(sessionStorage).length,
    }));
    assert.deepEqual(kept, { violations: [], cookies: '', local: 0, session: 0 });
    assert.deepEqual(faults, []);
  };
  return page;
}

async function fromDisk(page) {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const name = new URL(request.url()).pathname.slice(1);
    const file = join(process.env.WEB, name);
    const kind = { js: 'text/javascript', css: 'text/css', html: 'text/html' }[name.split('.').pop()];
    if (kind && existsSync(file)) request.respond({ contentType: `${kind}; charset=utf-8`, body: readFileSync(file), headers: { 'Access-Control-Allow-Origin': '*' } });
    else request.continue();
  });
}

// ── In the widget ───────────────────────────────────────────────────────────────────────────

const inside = (page) => page.evaluateHandle(() => document.querySelector('standardiste-accueil').shadowRoot);

/** The words that the panel shows. */
const words = (page) =>
  page.evaluate(() => document.querySelector('standardiste-accueil').shadowRoot.querySelector('dialog').innerText.replace(/\s+/g, ' '));

async function sees(page, text, milliseconds = 15000) {
  const until = Date.now() + milliseconds;
  for (;;) {
    const now = await words(page);
    if (now.includes(text)) return now;
    if (Date.now() > until) assert.fail(`« ${text} » never came: ${now}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function gone(page, text, milliseconds = 15000) {
  const until = Date.now() + milliseconds;
  while ((await words(page)).includes(text)) {
    if (Date.now() > until) assert.fail(`« ${text} » stays: ${await words(page)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The visible button whose words begin with `label`. */
async function button(page, label) {
  const until = Date.now() + 10000;
  for (;;) {
    const found = await page.evaluateHandle((label) => {
      const root = document.querySelector('standardiste-accueil').shadowRoot;
      const named = (button) => (button.getAttribute('aria-label') || button.innerText).trim().startsWith(label);
      return [...root.querySelectorAll('button')].find((button) => button.checkVisibility() && named(button));
    }, label);
    if (found.asElement()) return found.asElement();
    if (Date.now() > until) assert.fail(`no button « ${label} »: ${await words(page)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const press = async (page, label) => (await button(page, label)).evaluate((button) => button.click());

async function open(page) {
  await (await (await inside(page)).$('.lanceur')).click();
  await sees(page, 'assistant automatique');
}

async function write(page, text) {
  const root = await inside(page);
  const input = await root.$('textarea');
  await input.evaluate((input, text) => { input.value = text; }, text);
  await input.focus();
  await page.keyboard.press('Enter');
}

const focused = (page) =>
  page.evaluate(() => {
    const element = document.querySelector('standardiste-accueil').shadowRoot.activeElement;
    return element ? (element.getAttribute('aria-label') || element.innerText || element.id || element.tagName).trim().split('\n')[0] : document.activeElement.tagName;
  });

/** What the server says that there is room for. */
const places = async () => (await fetch(`${address}/etat`)).json();

/** No rule of axe is broken by what is shown now. */
async function isAccessible(page, state) {
  // Its own styles break the page's policy: that is not the widget's doing.
  const before = await page.evaluate(() => window.violations.length);
  page.examined = true;
  await page.evaluate(axe.source);
  const report = await page.evaluate((tags) => {
    // Behind an open modal dialog the page is inert, and its skip link has no target: axe takes that for content
    // outside landmarks.
    const modal = document.querySelector('standardiste-accueil').shadowRoot.querySelector('dialog').open;
    const rules = modal ? { region: { enabled: false } } : {};
    return window.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules, resultTypes: ['violations'] });
  }, RULES);
  await page.evaluate((before) => window.violations.splice(before), before);
  page.examined = false;
  const told = (results) => results.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.flat().join(' ')} ${node.failureSummary}`));
  assert.deepEqual(told(report.violations), [], state);
  checked.push(`${state}: ${report.violations.length} violations`);
}

const checked = [];

/** Everything is within the width, and what scrolls can be scrolled to. */
async function fits(page, state) {
  const cut = await page.evaluate(() => {
    const root = document.querySelector('standardiste-accueil').shadowRoot;
    const wide = [];
    const seen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !element.closest('.hors-vue');
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`page ${document.documentElement.scrollWidth}`);
    for (const element of root.querySelectorAll('dialog, dialog *')) {
      if (!seen(element)) continue;
      const { left, right } = element.getBoundingClientRect();
      if (left < -0.5 || right > innerWidth + 0.5) wide.push(`${element.tagName}.${element.className} ${left}–${right}`);
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && getComputedStyle(element).display !== 'inline') wide.push(`${element.tagName}.${element.className} scrolls sideways: ${element.scrollWidth} > ${element.clientWidth}`);
    }
    // Nothing spills over what follows it.
    for (const element of root.querySelectorAll('dialog div, dialog form')) {
      if (seen(element) && getComputedStyle(element).overflowY === 'visible' && element.scrollHeight > element.clientHeight + 2) {
        wide.push(`${element.tagName}.${element.className} spills: ${element.scrollHeight} > ${element.clientHeight}`);
      }
    }
    // Every control can be brought into view.
    for (const element of root.querySelectorAll('dialog button, dialog a, dialog textarea, dialog input')) {
      if (!seen(element)) continue;
      element.scrollIntoView({ block: 'center' });
      const { top, bottom } = element.getBoundingClientRect();
      if (top < -0.5 && bottom > innerHeight + 0.5) continue;
      if (top < -0.5 || bottom > innerHeight + 0.5) wide.push(`${element.tagName} « ${element.innerText} » is out of reach: ${top}–${bottom} of ${innerHeight}`);
    }
    return wide;
  });
  assert.deepEqual(cut, [], state);
}

/** Targets of 44 px at least, but for links within a sentence. */
async function targetsAreLarge(page, state) {
  const small = await page.evaluate(() => {
    const root = document.querySelector('standardiste-accueil').shadowRoot;
    return [...root.querySelectorAll('button, textarea, input')]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ name: element.innerText || element.id, ...element.getBoundingClientRect().toJSON() }))
      .filter(({ width, height }) => width < 44 || height < 44)
      .map(({ name, width, height }) => `${name}: ${width} × ${height}`);
  });
  assert.deepEqual(small, [], state);
}

async function shot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

/** Looks at a state in every way: rules, widths, targets, and a picture. */
async function look(page, state) {
  await shot(page, state.replaceAll(' ', '-'));
  await isAccessible(page, state);
  await fits(page, state);
  await targetsAreLarge(page, state);
}

/** Each way of looking at the widget. */
const WAYS = {
  desktop: { viewport: DESKTOP },
  'desktop-dark': { viewport: DESKTOP, dark: true },
  phone: { viewport: PHONE },
  'phone-dark': { viewport: PHONE, dark: true },
  small: { viewport: SMALL },
  zoomed: { viewport: ZOOMED },
};

// ── What is proven ──────────────────────────────────────────────────────────────────────────

const scenarios = {
  /** Every state of a written conversation, in every way of looking. */
  async states_of_writing() {
    await withBrowser(async (browser) => {
      for (const [way, how] of Object.entries(WAYS)) {
        const page = await visit(browser, how);
        await shot(page, `${way}-0-closed`);
        await isAccessible(page, `${way} closed`);
        await open(page);
        await look(page, `${way} 1 welcome`);
        await press(page, 'Écrire');
        await sees(page, 'Que puis-je faire pour vous');
        await look(page, `${way} 2 written`);
        await write(page, 'Comment obtenir un acte de naissance ?');
        await sees(page, 'Avez-vous une autre question');
        await sees(page, 'Page officielle');
        await look(page, `${way} 3 answered`);
        await write(page, 'Je veux mourir.');
        await sees(page, '3114');
        await look(page, `${way} 4 distress`);
        await press(page, 'Fermer');
        await sees(page, 'Mettre fin à la conversation');
        await look(page, `${way} 5 leaving`);
        await press(page, 'Oui, terminer');
        assert.equal(await focused(page).then((f) => f.slice(0, 12)), 'Une question');
        await page.isInnocent();
        await page.close();
      }
    });
  },

  /** A question, its answer, a follow-up by its button, an agent, a message that is seen before it is sent. */
  async conversation() {
    await withBrowser(async (browser) => {
      const page = await visit(browser, { viewport: PHONE });
      await open(page);
      await press(page, 'Écrire');
      await sees(page, 'Que puis-je faire pour vous');
      await write(page, 'Comment obtenir un acte de naissance ?');
      await press(page, 'Combien ça coûte');
      await sees(page, 'C\'est gratuit');
      await press(page, 'Écrire à un agent');
      await sees(page, 'Est-ce bien cela');
      await look(page, 'phone message 1 subject');
      await press(page, 'Non, je l\'écris autrement');
      await sees(page, 'Écrivez votre demande');
      await write(page, 'Mon acte a une faute sur le prénom de ma mère.');
      await sees(page, 'Quel est votre nom');
      await write(page, 'Camille Martin');
      await sees(page, 'adresse courriel');
      await write(page, 'je ne sais pas');
      await sees(page, 'ni numéro de téléphone, ni adresse');
      await write(page, 'camille.martin@exemple.fr');
      await sees(page, 'Faut-il l\'envoyer');
      await look(page, 'phone message 2 review');
      await press(page, 'Corriger le nom');
      await sees(page, 'Quel est votre nom');
      await write(page, 'Camille Martin-Dubois');
      await press(page, 'Envoyer le message');
      const shown = await sees(page, 'votre message est transmis');
      assert.match(shown, /Camille Martin-Dubois/);
      await sees(page, 'La conversation est terminée');
      await look(page, 'phone message 3 over');
      assert.equal(await focused(page), 'Nouvelle conversation');
      await page.isInnocent();
    });
  },

  /** From the page's first Tab to the goodbye, without a pointer. */
  async keyboard() {
    await withBrowser(async (browser) => {
      const page = await visit(browser);
      const tab = (times = 1) => (async () => { for (let i = 0; i < times; i++) await page.keyboard.press('Tab'); })();
      for (let i = 0; i < 20 && !(await focused(page)).startsWith('Une question'); i++) await tab();
      assert.match(await focused(page), /^Une question/);
      await shot(page, 'keyboard-1-launcher');
      await page.keyboard.press('Enter');
      await sees(page, 'assistant automatique');
      assert.equal(await focused(page), 'L’état civil vous répond');
      await tab();
      assert.equal(await focused(page), 'Fermer');
      await tab();
      assert.equal(await focused(page), 'Parler');
      await tab();
      assert.equal(await focused(page), 'Écrire');
      await shot(page, 'keyboard-2-focus');
      await tab();
      assert.equal(await focused(page), '01 99 00 12 34');
      // The focus stays in the panel, the browser's own controls aside.
      for (let i = 0; i < 6; i++) {
        await tab();
        assert.ok(['BODY', 'L’état civil vous répond', 'Fermer', 'Parler', 'Écrire', '01 99 00 12 34'].includes(await focused(page)), await focused(page));
      }
      await (await button(page, 'Écrire')).focus();
      await page.keyboard.press('Enter');
      await sees(page, 'Que puis-je faire pour vous');
      assert.equal(await focused(page), 'message');
      await page.keyboard.type('Comment faire un acte de naissance ?');
      await page.keyboard.press('Enter');
      await sees(page, 'Avez-vous une autre question');
      assert.equal(await focused(page), 'message');
      // The answers offered are before the field.
      await page.keyboard.down('Shift');
      await tab();
      await page.keyboard.up('Shift');
      assert.equal(await focused(page), 'C\'est tout, merci');
      await page.keyboard.press('Space');
      await sees(page, 'La conversation est terminée');
      assert.equal(await focused(page), 'Nouvelle conversation');
      await page.keyboard.press('Escape');
      assert.match(await focused(page), /^Une question/);
      // Escape in a conversation asks first, and a second one goes back to it.
      await page.keyboard.press('Enter');
      await press(page, 'Écrire');
      await sees(page, 'Que puis-je faire pour vous');
      await page.keyboard.press('Escape');
      await sees(page, 'Mettre fin à la conversation');
      // What harms nothing has the focus.
      assert.equal(await focused(page), 'Non, continuer');
      await page.keyboard.press('Enter');
      assert.ok(!(await words(page)).includes('Mettre fin'));
      await page.isInnocent();
    });
  },

  /** Nothing moves for whoever asked that nothing move. */
  async reduced_motion() {
    await withBrowser(async (browser) => {
      const page = await visit(browser, { motion: false });
      await open(page);
      const moving = await page.evaluate(() => document.getAnimations().length);
      assert.equal(moving, 0);
      await press(page, 'Parler');
      await sees(page, 'Je vous écoute', 40000);
      assert.equal(await page.evaluate(() => document.querySelector('standardiste-accueil').shadowRoot.getAnimations().length), 0);
      await page.isInnocent();
    });
  },

  async microphone_refused() {
    await withBrowser(
      async (browser) => {
        const page = await visit(browser, { viewport: PHONE });
        await open(page);
        await press(page, 'Parler');
        await sees(page, 'Le micro est refusé');
        await look(page, 'phone microphone refused');
        await press(page, 'Écrire');
        await sees(page, 'Que puis-je faire pour vous');
        await page.isInnocent();
      },
      { microphone: 'refused' },
    );
  },

  async no_microphone() {
    await withBrowser(
      async (browser) => {
        await browser.defaultBrowserContext().overridePermissions(address, ['microphone']);
        const page = await visit(browser, { viewport: PHONE });
        await open(page);
        await press(page, 'Parler');
        await sees(page, 'Aucun micro n’a été trouvé');
        await look(page, 'phone no microphone');
        await page.isInnocent();
      },
      { microphone: 'none' },
    );
  },

  /** A page without https, by a name that is not the machine's own: http://ville.test:SITE_PORT. */
  async insecure() {
    await withBrowser(
      async (browser) => {
        const site = await embedding({ server: address, port: Number(process.env.SITE_PORT) });
        const page = await visit(browser, { viewport: PHONE, at: `http://ville.test:${site.port}/` });
        await open(page);
        await press(page, 'Parler');
        await sees(page, 'qui n’est pas sécurisée');
        await look(page, 'phone insecure');
        await page.isInnocent();
        site.close();
      },
      { flags: ['--host-resolver-rules=MAP ville.test 127.0.0.1', '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights'] },
    );
  },

  /** The network lets no sound through: neither side hears of a way to the other. */
  async blocked_udp() {
    await withBrowser(async (browser) => {
      const page = await visit(browser, { viewport: PHONE });
      await page.evaluate(() => {
        const through = window.fetch;
        const without = (sdp) => sdp.replace(/a=candidate.*\r\n/g, '');
        window.fetch = async (resource, options = {}) => {
          if (options.method !== 'POST') return through(resource, options);
          const response = await through(resource, { ...options, body: without(options.body) });
          return new Response(without(await response.text()), response);
        };
      });
      await open(page);
      await press(page, 'Parler');
      await sees(page, 'Le son ne passe pas', 40000);
      await look(page, 'phone blocked');
      await page.isInnocent();
    });
  },

  /** A written conversation goes on where its connection was cut; by itself once, then at the citizen's word. */
  async cut_writing() {
    await withBrowser(async (browser) => {
      const net = await network();
      const page = await visit(browser, { viewport: PHONE, at: net.address });
      await open(page);
      await press(page, 'Écrire');
      await sees(page, 'Que puis-je faire pour vous');
      await write(page, 'Comment obtenir un acte de naissance ?');
      await sees(page, 'Avez-vous une autre question');
      const times = async (text) => (await words(page)).split(text).length - 1;
      // Cut, and there again when it is tried: nothing to do, and the follow-up is still of the same subject.
      await net.cut();
      await net.mend();
      await sees(page, 'J’essaie de la rétablir');
      await gone(page, 'J’essaie de la rétablir');
      await press(page, 'Combien ça coûte');
      await sees(page, 'Méfiez-vous des sites payants');
      // Cut for longer: the citizen is asked, and nothing of what they were writing is lost.
      await net.cut();
      await sees(page, 'La connexion est perdue');
      await look(page, 'phone cut');
      await write(page, 'Comment obtenir un acte de mariage ?');
      await net.mend();
      await press(page, 'Réessayer');
      await gone(page, 'La connexion est perdue');
      assert.equal(await focused(page), 'message');
      await page.keyboard.press('Enter');
      await sees(page, 'L\'acte de mariage');
      // What was sent into a hole is sent again, once.
      net.swallow(true);
      await write(page, 'Combien ça coûte ?');
      await sees(page, 'J’essaie de la rétablir', 20000);
      net.swallow(false);
      await gone(page, 'J’essaie de la rétablir', 20000);
      await sees(page, 'Puis-je vous aider pour autre chose');
      assert.equal(await times('Puis-je vous aider pour autre chose'), 1, await words(page));
      assert.equal(await times('Méfiez-vous des sites payants'), 1);
      assert.equal(await times('Que puis-je faire pour vous'), 1);
      assert.equal(await times('Une nouvelle conversation commence'), 0);
      // Whoever is away gives their place to whoever is there, and is told that it begins again.
      await net.cut();
      await sees(page, 'La connexion est perdue');
      const other = await visit(browser);
      await open(other);
      await press(other, 'Écrire');
      await sees(other, 'Que puis-je faire pour vous');
      await press(other, 'Fermer');
      await press(other, 'Oui, terminer');
      for (let i = 0; i < 40 && !(await places()).ecrit; i++) await new Promise((resolve) => setTimeout(resolve, 250));
      await net.mend();
      await page.bringToFront();
      await press(page, 'Réessayer');
      await sees(page, 'Une nouvelle conversation commence');
      await write(page, 'Comment obtenir un acte de décès ?');
      await sees(page, 'L\'acte de décès');
      await page.isInnocent();
      net.close();
    });
  },

  /** A call goes on by another path when its own is cut: one restart of ICE, the same call. */
  async cut_calling() {
    await withBrowser(async (browser) => {
      const page = await visit(browser, { viewport: PHONE });
      const way = await soundWay(page);
      await open(page);
      await press(page, 'Parler');
      await sees(page, 'Bonjour, vous êtes en relation avec l\'état civil', 40000);
      way.cut(true);
      await sees(page, 'La connexion est coupée. J’essaie de la rétablir', 20000);
      await look(page, 'phone call cut');
      for (let i = 0; i < 400 && !(await page.evaluate(() => window.asked.includes('PATCH'))); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      way.cut(false);
      await gone(page, 'J’essaie de la rétablir', 20000);
      assert.deepEqual(await page.evaluate(() => window.asked.filter((method) => method !== 'GET')), ['POST', 'PATCH']);
      assert.ok(!(await words(page)).includes('Une nouvelle conversation commence'));
      // Cut for good: the retry has been had, and the citizen is told.
      way.cut(true);
      await sees(page, 'La connexion est perdue', 30000);
      await look(page, 'phone call lost');
      await page.isInnocent();
      way.close();
    });
  },

  /** The service stops: a page that was only opened is told at once, a conversation is warned, then told. */
  async stop_writing() {
    await withBrowser(async (browser) => {
      const idle = await visit(browser);
      await open(idle);
      await press(idle, 'Écrire');
      await sees(idle, 'Que puis-je faire pour vous');
      const page = await visit(browser, { viewport: PHONE });
      await open(page);
      await press(page, 'Écrire');
      await sees(page, 'Que puis-je faire pour vous');
      await write(page, 'Comment obtenir un acte de naissance ?');
      await sees(page, 'Avez-vous une autre question');
      console.log('ready');
      await sees(page, 'Le service va s\'arrêter', 20000);
      await sees(idle, 'Le service s\'arrête. Réessayez dans quelques minutes', 5000);
      await press(page, 'Combien ça coûte');
      await sees(page, 'C\'est gratuit');
      await (await (await inside(page)).$('textarea')).type('Je n\'ai pas fini');
      await sees(page, 'Le service s\'arrête. Réessayez dans quelques minutes', 45000);
      assert.match(await words(page), /Non envoyé : Je n'ai pas fini/);
      await look(page, 'phone stopped');
      await page.isInnocent();
    });
  },

  /** The service stops: whoever speaks is told, by voice and in words; whoever would is told too. */
  async stop_calling() {
    await withBrowser(async (browser) => {
      const late = await visit(browser);
      await open(late);
      const page = await visit(browser, { viewport: PHONE });
      await open(page);
      await press(page, 'Parler');
      await sees(page, 'Bonjour, vous êtes en relation avec l\'état civil', 60000);
      console.log('ready');
      for (let i = 0; i < 100 && (await places()).ouvert; i++) await new Promise((resolve) => setTimeout(resolve, 50));
      await late.bringToFront();
      await press(late, 'Parler');
      await sees(late, 'Le service s\'arrête. Réessayez dans quelques minutes');
      await page.bringToFront();
      await sees(page, 'Le service s’arrête. Réessayez dans quelques minutes', 60000);
      assert.match(await words(page), /Le service doit s'arrêter/);
      await look(page, 'phone call stopped');
      await page.isInnocent();
    });
  },

  /** A network that lets nothing through but the relay, whose secret is TURN_SECRET: with a right password, a wrong one, an old one. */
  async relayed() {
    const old = `${Math.floor(Date.now() / 1000) - 60}:essai`;
    const passwords = {
      right: (server) => server,
      wrong: (server) => ({ ...server, credential: 'faux' }),
      expired: (server) => ({ ...server, username: old, credential: createHmac('sha1', process.env.TURN_SECRET).update(old).digest('base64') }),
    };
    await withBrowser(async (browser) => {
      for (const [name, changed] of Object.entries(passwords)) {
        const page = await visit(browser, { viewport: PHONE });
        await page.exposeFunction('changed', (servers) => servers.map(changed));
        await page.evaluate(() => {
          const Native = window.RTCPeerConnection;
          window.RTCPeerConnection = class extends Native {
            constructor(how) { super({ ...how, iceTransportPolicy: 'relay' }); }
          };
          const through = window.fetch;
          window.fetch = async (resource, options) => {
            const response = await through(resource, options);
            if (!String(resource).endsWith('/etat')) return response;
            const now = await response.json();
            return Response.json({ ...now, glace: await window.changed(now.glace) });
          };
        });
        await open(page);
        await press(page, 'Parler');
        if (name === 'right') {
          await sees(page, 'Bonjour, vous êtes en relation avec l\'état civil', 40000);
          await press(page, 'Raccrocher');
          await sees(page, 'L’appel est terminé');
        } else {
          // Told, and nothing hangs: writing is offered at once.
          await sees(page, 'Le son ne passe pas', 25000);
          await press(page, 'Écrire');
          await sees(page, 'Que puis-je faire pour vous');
        }
        await page.isInnocent();
        await page.close();
      }
    });
  },

  /** Speaking: connected, captions, keypad, mute, volume, hanging up. */
  async call() {
    await withBrowser(async (browser) => {
      for (const [way, how] of Object.entries({ desktop: WAYS.desktop, phone: WAYS.phone, 'phone-dark': WAYS['phone-dark'], zoomed: WAYS.zoomed })) {
        const page = await visit(browser, how);
        await open(page);
        await press(page, 'Parler');
        await sees(page, 'Bonjour, vous êtes en relation avec l\'état civil', 40000);
        await look(page, `${way} call 1 captions`);
        await press(page, 'Clavier');
        await look(page, `${way} call 2 keypad`);
        await press(page, 'Clavier');
        await press(page, 'Couper le micro');
        assert.equal(await (await button(page, 'Couper le micro')).evaluate((b) => b.getAttribute('aria-pressed')), 'true');
        await press(page, 'Masquer les sous-titres');
        assert.ok(!(await words(page)).includes('vous êtes en relation'));
        await press(page, 'Montrer les sous-titres');
        await press(page, 'Fermer');
        await sees(page, 'Mettre fin à l’appel');
        await press(page, 'Non, continuer');
        await press(page, 'Raccrocher');
        await sees(page, 'L’appel est terminé');
        await look(page, `${way} call 3 over`);
        await page.isInnocent();
        await page.close();
      }
    });
  },

  /** Every place is taken, for one way or for both. */
  async full() {
    await withBrowser(async (browser) => {
      const first = await visit(browser);
      await open(first);
      await sees(first, 'Toutes les lignes sont prises pour parler');
      await look(first, 'desktop voice full');
      await press(first, 'Écrire');
      await sees(first, 'Que puis-je faire pour vous');
      const second = await visit(browser, { viewport: PHONE });
      await (await (await inside(second)).$('.lanceur')).click();
      await sees(second, 'Toutes les places sont prises');
      await look(second, 'phone full');
      // A page in the background does not draw, and so does not close its panel.
      await first.bringToFront();
      await press(first, 'Fermer');
      await press(first, 'Oui, terminer');
      for (let i = 0; i < 20 && (await places()).ecrit === false; i++) await new Promise((resolve) => setTimeout(resolve, 250));
      await second.bringToFront();
      await press(second, 'Réessayer');
      await press(second, 'Écrire');
      await sees(second, 'Que puis-je faire pour vous');
      await first.isInnocent();
      await second.isInnocent();
    });
  },

  /** One address begins too many conversations. */
  async too_many() {
    await withBrowser(async (browser) => {
      const page = await visit(browser, { viewport: PHONE });
      await open(page);
      for (let i = 0; i < 2; i++) {
        await press(page, 'Écrire');
        await sees(page, 'Que puis-je faire pour vous');
        await press(page, 'Fermer');
        await press(page, 'Oui, terminer');
        await open(page);
      }
      await press(page, 'Écrire');
      await sees(page, 'Trop de demandes viennent de votre connexion');
      await look(page, 'phone too many');
      await press(page, 'Nouvelle conversation');
      await press(page, 'Parler');
      await sees(page, 'Trop de demandes viennent de votre connexion');
      await page.isInnocent();
    });
  },

  /** Another site's page, with a strict policy of its own: allowed, then not. */
  async other_site() {
    await withBrowser(async (browser) => {
      const allowed = await embedding({ server: address, port: Number(process.env.SITE_PORT) });
      const page = await visit(browser, { at: allowed.address });
      await open(page);
      await press(page, 'Écrire');
      await sees(page, 'Que puis-je faire pour vous');
      await look(page, 'desktop embedded');
      // Nothing of the widget's styles is on the site.
      const style = () => ['h1', 'p', 'main button'].map((name) => ({ ...getComputedStyle(document.querySelector(name)) }));
      const dressed = await page.evaluate(`(${style})()`);
      await page.evaluate(() => document.querySelectorAll('link[href$="widget.css"]').forEach((link) => link.remove()));
      assert.deepEqual(await page.evaluate(`(${style})()`), dressed);
      await page.isInnocent();
      allowed.close();
      const other = await embedding({ server: address });
      const refused = await visit(browser, { at: other.address });
      await (await (await inside(refused)).$('.lanceur')).click();
      await sees(refused, 'n\'est pas autorisé');
      await look(refused, 'desktop forbidden');
      await refused.isInnocent();
      other.close();
    });
  },
};

/** The server by a network that can be cut, or swallow what is sent: http://127.0.0.1:SITE_PORT. */
async function network() {
  const { hostname, port } = new URL(address);
  const joined = new Set();
  let swallows = false;
  const server = tcp(async (near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]]) {
      joined.add(from);
      from.on('data', (data) => swallows || to.write(data));
      from.on('error', () => {});
      from.on('close', () => (joined.delete(from), to.destroy()));
    }
  });
  const listen = () => new Promise((resolve) => server.listen(Number(process.env.SITE_PORT), '127.0.0.1', resolve));
  await listen();
  return {
    address: `http://127.0.0.1:${process.env.SITE_PORT}/`,
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      joined.forEach((socket) => socket.destroy());
      await closed;
    },
    mend: listen,
    swallow: (does) => (swallows = does),
    close: () => (server.close(), joined.forEach((socket) => socket.destroy())),
  };
}

/** The way of a call's sound, which can be cut: both sides are told of it alone. */
async function soundWay(page) {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let cut = false;
  let server = 0;
  let browser = null;
  socket.on('message', (data, from) => {
    if (cut) return;
    if (from.port !== server) browser = from;
    const to = from.port === server ? browser : { port: server, address: '127.0.0.1' };
    if (to) socket.send(data, to.port, to.address);
  });
  const candidate = /(a=candidate:\S+ \d+ udp \d+ )(\S+) (\d+)/gi;
  await page.exposeFunction('byTheWay', (sdp) => {
    server = Number(candidate.exec(sdp)[3]);
    candidate.lastIndex = 0;
    return sdp.replace(candidate, `$1127.0.0.1 ${socket.address().port}`);
  });
  await page.evaluate(() => {
    const through = window.fetch;
    window.asked = [];
    window.fetch = async (resource, options = {}) => {
      window.asked.push(options.method ?? 'GET');
      if (!['POST', 'PATCH'].includes(options.method)) return through(resource, options);
      const response = await through(resource, { ...options, body: options.body.replace(/a=candidate.*\r\n/g, '') });
      return new Response(await window.byTheWay(await response.text()), response);
    };
  });
  return { cut: (is) => (cut = is), close: () => socket.close() };
}

/** A town's site with styles that would spoil anything not shielded, and a strict content policy. */
async function embedding({ server, port = 0 }) {
  const socket = server.replace('http', 'ws');
  const policy = `default-src 'none'; script-src ${server}; style-src 'self' ${server}; connect-src ${server} ${socket}`;
  const body = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ville</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="stylesheet" href="${server}/widget.css"><script src="${server}/widget.js" defer></script></head>
    <body><main><h1>Ville</h1><p>Bienvenue.</p><button>Un bouton du site</button></main></body></html>`;
  const style = 'html{font-size:62.5%} *{letter-spacing:.2em!important} button,p,h2,textarea{color:#700!important;font-size:8px!important;text-transform:uppercase;display:inline!important} dialog{display:none!important}';
  const site = createServer((request, response) => {
    const css = request.url === '/style.css';
    response.writeHead(request.url === '/favicon.ico' ? 204 : 200, { 'Content-Type': css ? 'text/css' : 'text/html; charset=utf-8', 'Content-Security-Policy': policy });
    response.end(css ? style : body);
  });
  await new Promise((resolve) => site.listen(port, '127.0.0.1', resolve));
  const { port: bound } = site.address();
  return { port: bound, address: `http://127.0.0.1:${bound}/`, close: () => site.close() };
}

for (const name of wanted) {
  await scenarios[name]();
  console.log(`ok ${name}`);
}
for (const line of checked) console.log(`axe ${line}`);
process.exit(0);
