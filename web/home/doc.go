// Package home has the pages that belong to no section: home, search, the bell, the API's description.
package home
