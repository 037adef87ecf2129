package web

// What a client is told that takes too much at one moment.
const msgTooManyRequests = "Too many requests from your network are in progress. Try again in a moment.\n"
