// Package system is System: staff, audit log, outbox, mail templates, import, webhooks.
package system
