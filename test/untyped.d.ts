// A package without types that only the tests use.
declare module 'irc-framework'
