'use strict';
// The engine's own messages in the words that people search for: those of V8. Only for showing a failure; what a script
// catches is as the engine made it.

const WORDS = [
  [/^cannot read property '(.+)' of (undefined|null)$/, "Cannot read properties of $2 (reading '$1')"],
  [/^cannot set property '(.+)' of (undefined|null)$/, "Cannot set properties of $2 (setting '$1')"],
  [/^'(.+)' is read-only$/, "Assignment to constant variable or read-only property '$1'"],
  [/^(\S+) is not initialized$/, "Cannot access '$1' before initialization"],
  [/^not a function$/, 'The called value is not a function'],
  [/^value is not iterable$/, 'The value is not iterable'],
  [/^circular reference$/, 'Converting circular structure to JSON'],
  [/^BigInt are forbidden in JSON\.stringify$/, 'Do not know how to serialize a BigInt'],
  [/^empty array$/, 'Reduce of empty array with no initial value'],
  [/^cannot convert symbol to string$/, 'Cannot convert a Symbol value to a string'],
  [/^expecting hex digit$/, 'URI malformed'],
];
const ENGINE_ERRORS = new Set(['TypeError', 'ReferenceError', 'URIError']);

/** The message to show for an error. */
exports.messageOf = function messageOf({ name, message }) {
  if (!ENGINE_ERRORS.has(name) || typeof message !== 'string') return message;
  const found = WORDS.find(([pattern]) => pattern.test(message));
  return found === undefined ? message : message.replace(...found);
};
