// The browser is the system's own; nothing is downloaded. The shell without windows is preferred:
// the whole browser opens a window for each test, which costs as much as the page in it.
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const usual = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];
const names = [process.env.CHROMIUM, ...usual].filter(Boolean);

function find() {
  const places = names.flatMap((name) => (isAbsolute(name) ? [name] : process.env.PATH.split(delimiter).map((dir) => join(dir, name))));
  for (const place of places) {
    try {
      accessSync(place, constants.X_OK);
      return place;
    } catch {
      // not here
    }
  }
  throw new Error(`There is no Chromium (looked for ${names.join(', ')}). Install it, or name it in CHROMIUM.`);
}

// browser is what Playwright needs to know about it.
export const browser = {
  browserName: 'chromium',
  headless: true,
  viewport: { width: 1440, height: 900 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  contextOptions: { reducedMotion: 'reduce' }, // nothing is on its way when it is looked at
  launchOptions: {
    executablePath: find(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
};
