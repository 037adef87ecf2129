package config

// Sentences.
const msgNoNetwork = "%q is no network: write it like 10.0.0.0/8, or for a distributor like D-000002=10.0.0.0/8"
