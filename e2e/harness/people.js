// Who signs in during the tests.
export const password = 'correct horse battery staple';

export const administrator = { email: 'ada@ravenstack.example', name: 'Ada Raven', role: 'administrator' };
export const partnerDE = { email: 'manager@de.example', name: 'DE Manager', role: 'account_manager', distributor: 'D-DE' };
export const partnerFR = { email: 'manager@fr.example', name: 'FR Manager', role: 'account_manager', distributor: 'D-FR' };
export const auditor = { email: 'otto@ravenstack.example', name: 'Otto Raven', role: 'auditor' };
// Two who secure and prove themselves in the tests of signing in, and nowhere else.
export const careful = { email: 'cora@ravenstack.example', name: 'Cora Raven', role: 'support' };
export const vouched = { email: 'vera@ravenstack.example', name: 'Vera Raven', role: 'support' };
