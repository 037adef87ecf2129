import { defineConfig } from '@playwright/test';
import { browser } from './harness/chromium.js';

export default defineConfig({
  globalSetup: './harness/setup.js',
  outputDir: './test-results',
  reporter: [['list', { printSteps: false }], ['./harness/times.js']],
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: process.env.HANDOVER_NIGHTLY ? 90_000 : 45_000,
  expect: { timeout: 10_000 },
  use: {
    ...browser,
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
  },
});
