// Drives one Chromium for a test: a JSON command a line on standard input, its result a line on standard output.
// Arguments: the folder that has node_modules, Chromium's user folder, a WAV file as microphone (or nothing).
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [modules, profile, microphone] = process.argv.slice(2);
const puppeteer = createRequire(`${modules}/package.json`)('puppeteer-core');
const pageScript = readFileSync(new URL('page.js', import.meta.url), 'utf8');

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  userDataDir: profile,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    // The tests speak on loopback only.
    '--allow-loopback-in-peer-connection',
    ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}%noloop`] : []),
  ],
});
// What nobody reads fills the socket, and the thread of Chromium that writes next never wakes again.
browser.process().stderr?.pipe(process.stderr);
browser.process().stdout?.resume();
const page = await browser.newPage();
await page.setBypassCSP(true);
page.on('console', (message) => process.stderr.write(`console: ${message.text()}\n`));
page.on('pageerror', (error) => process.stderr.write(`page: ${error}\n`));

const commands = {
  open: async ({ url }) => {
    await page.goto(url, { waitUntil: 'load' });
    await page.evaluate(pageScript);
  },
  // An expression or an async function's body that runs in the page.
  run: ({ script }) => page.evaluate(`(async () => { ${script} })()`),
  viewport: (size) => page.setViewport(size),
  screenshot: ({ path }) => page.screenshot({ path, fullPage: true }),
  close: () => browser.close(),
};

// Chromium leads a process group of its own, which the test ends should this program not be able to.
process.stdout.write(`${JSON.stringify({ value: browser.process().pid })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...parameters } = JSON.parse(line);
  let reply;
  try {
    reply = { value: (await commands[command](parameters)) ?? null };
  } catch (error) {
    reply = { error: `${error?.stack ?? error}` };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
  if (command === 'close') break;
}
await browser.close();
process.exit(0);
