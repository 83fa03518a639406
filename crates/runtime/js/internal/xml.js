'use strict';
// A small XML reader and what writing needs. The reader is driven by events, because descriptions of services run to
// megabytes; it resolves namespaces, and refuses document types (and so every entity but the five of XML).

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const ESCAPES = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' };

/** Returned by `open`: the content of the element is not read, and not closed either. */
const SKIP = Symbol('skip');

function decodeEntity(whole, name) {
  if (name[0] !== '#') return ENTITIES[name] ?? whole;
  const code = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

const decode = (text) => (text.includes('&') ? text.replace(/&(#?\w+);/g, decodeEntity) : text);

/** A text as the content of an element or of an attribute. */
const escape = (text) => String(text).replace(/[<>&"']/g, (character) => ESCAPES[character]);

// The name and the attributes of a tag. Splitting at the quotes is several times faster than a pattern, which is left
// for tags that use the other kind of quote.
function parseTag(tag) {
  const parts = tag.split('"');
  const [name] = /^\S+/.exec(parts[0]) ?? [''];
  const attributes = {};
  if (tag.includes("'")) {
    for (const [, key, double, single] of tag.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      attributes[key] = decode(double ?? single);
    }
    return { name, attributes };
  }
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const before = at === 0 ? parts[0].slice(name.length) : parts[at];
    attributes[before.slice(0, before.lastIndexOf('=')).trim()] = decode(parts[at + 1]);
  }
  return { name, attributes };
}

// The namespaces in force: those around, and what the element itself declares.
function scopeOf(attributes, outer) {
  let scope = outer;
  for (const name in attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    if (scope === outer) scope = Object.create(outer);
    scope[name.slice(6)] = attributes[name];
  }
  return scope;
}

// The end of a tag; a `>` in a quoted value is not one.
function tagEnd(source, from) {
  const end = endOf(source, '>', from);
  const tag = source.slice(from, end);
  if (!tag.includes("'") && tag.split('"').length % 2 === 1) return end;
  for (let at = from; at < source.length; at++) {
    const character = source[at];
    if (character === '>') return at;
    if (character === '"' || character === "'") at = endOf(source, character, at + 1);
  }
  throw new Error('XML: a tag does not end');
}

function endOf(source, mark, from) {
  const at = source.indexOf(mark, from);
  if (at === -1) throw new Error(`XML: ${mark} is missing`);
  return at;
}

/** `{prefix, local}` of a qualified name. */
function split(name) {
  const at = name.indexOf(':');
  return at === -1 ? { prefix: '', local: name } : { prefix: name.slice(0, at), local: name.slice(at + 1) };
}

/** A qualified name as `{namespace}local`, by the namespaces in force. */
function resolve(name, scope) {
  const { prefix, local } = split(name);
  return `{${scope[prefix] ?? ''}}${local}`;
}

/**
 * Reads a document. `handler.open(element)` gets `{name, local, namespace, attributes, scope}`; `close()` and
 * `text(text)` belong to the innermost element that is open.
 */
function read(source, handler) {
  const open = [];
  let scope = { xml: 'http://www.w3.org/XML/1998/namespace' };
  let at = source.indexOf('<');
  if (at === -1) throw new Error('XML: there is no element');

  // Reads the tag of an element at `at`, and gives where to go on.
  function openTag() {
    const end = tagEnd(source, at + 1);
    const isEmpty = source[end - 1] === '/';
    const tag = source.slice(at + 1, isEmpty ? end - 1 : end);
    const { name, attributes } = parseTag(tag);
    const inner = tag.includes('xmlns') ? scopeOf(attributes, scope) : scope;
    const { prefix, local } = split(name);
    const answer = handler.open({ name, local, namespace: inner[prefix] ?? '', attributes, scope: inner });
    if (answer === SKIP) return isEmpty ? end + 1 : tagEnd(source, endOf(source, `</${name}`, end)) + 1;
    if (isEmpty) {
      handler.close();
    } else {
      open.push({ name, scope });
      scope = inner;
    }
    return end + 1;
  }

  function closeTag() {
    const end = endOf(source, '>', at);
    const element = open.pop();
    if (element?.name !== source.slice(at + 2, end).trimEnd()) throw new Error('XML: an element is not closed');
    scope = element.scope;
    handler.close();
    return end + 1;
  }

  function cdata() {
    const end = endOf(source, ']]>', at);
    handler.text(source.slice(at + 9, end));
    return end + 3;
  }

  function markup() {
    if (source.startsWith('<!--', at)) return endOf(source, '-->', at) + 3;
    if (source.startsWith('<![CDATA[', at)) return cdata();
    if (source[at + 1] === '?') return endOf(source, '?>', at) + 2;
    if (source[at + 1] === '!') throw new Error('XML: document types are not allowed');
    return source[at + 1] === '/' ? closeTag() : openTag();
  }

  while (at !== -1 && at < source.length) {
    const next = markup();
    at = source.indexOf('<', next);
    if (open.length > 0 && at > next) handler.text(decode(source.slice(next, at)));
  }
  if (open.length > 0) throw new Error('XML: an element is not closed');
}

module.exports = { SKIP, escape, read, resolve, split };
