import { defineConfig } from '@playwright/test';
import { browser } from './harness/chromium.js';

export default defineConfig({
  globalSetup: './harness/setup.js',
  outputDir: './test-results',
  reporter: [['list', { printSteps: false }]],
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 45_000,
  expect: { timeout: 10_000 },
  use: {
    ...browser,
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
  },
});
