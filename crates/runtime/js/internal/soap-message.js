'use strict';
// SOAP envelopes: an object of arguments as a request, and an answer as an object. The shapes are those of the `soap`
// package, which scripts were written for: attributes under `attributes`, the text beside them under `$value`.

const xml = require('internal/xml');

const ENVELOPE11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const ENVELOPE12 = 'http://www.w3.org/2003/05/soap-envelope';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
// Prefixes that mean the format, not the service.
const FORMAT_PREFIXES = new Set([
  'wsdl',
  'soap',
  'soap12',
  'soapbind',
  'http',
  'mime',
  'xsd',
  'xs',
  'soapenc',
  'tns',
  'xsi',
]);

const isObject = (value) => typeof value === 'object' && value !== null && !(value instanceof Date);

// --- Writing

class Writer {
  #description;
  #prefixes;

  constructor(description) {
    this.#description = description;
    // Namespace -> prefix, of the description's own where it has one.
    this.#prefixes = new Map();
    for (const [prefix, namespace] of Object.entries(description.prefixes)) {
      if (!FORMAT_PREFIXES.has(prefix)) this.#prefixes.set(namespace, prefix);
    }
  }

  /** The declarations for the envelope; attributes such as `wd:type` rely on them. */
  declarations() {
    return [...this.#prefixes].map(([namespace, prefix]) => ` xmlns:${prefix}="${xml.escape(namespace)}"`).join('');
  }

  #qualify(local, namespace) {
    if (local.includes(':') || !namespace) return local;
    return `${this.#prefixOf(namespace)}:${local}`;
  }

  #prefixOf(namespace) {
    if (!this.#prefixes.has(namespace)) this.#prefixes.set(namespace, `ns${this.#prefixes.size + 1}`);
    return this.#prefixes.get(namespace);
  }

  // `element` is what the description knows of it, if it does; else it is taken for one of `namespace`.
  write(local, value, element, namespace) {
    if (value === undefined) return '';
    if (Array.isArray(value)) return value.map((item) => this.write(local, item, element, namespace)).join('');
    const name = this.#qualify(local, element === undefined ? namespace : element.namespace);
    if (value === null) return `<${name} xsi:nil="true"></${name}>`;
    return `<${name}${attributesOf(value)}>${this.#content(value, element, namespace)}</${name}>`;
  }

  #content(value, element, namespace) {
    if (value instanceof Date) return value.toISOString();
    if (!isObject(value)) return xml.escape(value);
    if (value.$xml !== undefined) return String(value.$xml);
    const { children } = this.#description.typeOf(element);
    let content = value.$value === undefined ? '' : xml.escape(value.$value);
    for (const [key, item] of Object.entries(value)) {
      if (key === 'attributes' || key === '$value') continue;
      const inherited = element === undefined ? namespace : element.namespace;
      content += this.write(key, item, children?.get(key), inherited);
    }
    return content;
  }
}

function attributesOf(value) {
  if (!isObject(value) || !isObject(value.attributes)) return '';
  const pairs = Object.entries(value.attributes).filter(([, text]) => text !== undefined && text !== null);
  return pairs.map(([name, text]) => ` ${name}="${xml.escape(text)}"`).join('');
}

/** The text of a request. `headers` are texts of XML. */
function writeRequest(description, { is12 }, name, operation, args, headers) {
  const writer = new Writer(description);
  const isRpc = operation.style === 'rpc' || operation.element === undefined;
  const root = isRpc ? { local: name, namespace: description.targetNamespace } : operation.element;
  // In this style the parts themselves are in no namespace.
  const body = isRpc
    ? writer.write(name, withoutNamespace(args ?? {}, writer), root, '')
    : writer.write(root.local, args ?? {}, root, root.namespace);
  const header = headers.length > 0 ? `<soap:Header>${headers.join('')}</soap:Header>` : '';
  return (
    `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${is12 ? ENVELOPE12 : ENVELOPE11}" ` +
    `xmlns:xsi="${XSI}"${writer.declarations()}>${header}<soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

/** The text of a header from an object; without a namespace its elements are in none. */
function writeHeader(header, namespace, prefix) {
  const prefixes = namespace ? { [prefix || 'ns']: namespace } : {};
  const writer = new Writer({ prefixes, typeOf: () => ({}) });
  const declared = writer.declarations();
  return Object.entries(header)
    .map(([key, value]) => writer.write(key, value, undefined, namespace).replace(/^<[^\s>]+/, `$&${declared}`))
    .join('');
}

function withoutNamespace(args, writer) {
  const content = Object.entries(args)
    .filter(([key]) => key !== 'attributes')
    .map(([key, value]) => writer.write(key, value, undefined, ''));
  return { attributes: args.attributes, $xml: content.join('') };
}

// --- Reading

const CONVERSIONS = {
  int: (text) => parseInt(text, 10),
  integer: (text) => parseInt(text, 10),
  short: (text) => parseInt(text, 10),
  long: (text) => parseInt(text, 10),
  double: Number,
  float: Number,
  decimal: Number,
  bool: (text) => text.toLowerCase() === 'true' || text === '1',
  boolean: (text) => text.toLowerCase() === 'true' || text === '1',
  date: (text) => new Date(text),
  dateTime: (text) => new Date(text),
};

class AnswerReader {
  #description;
  #frames = [{ object: undefined, text: '' }];

  constructor(description) {
    this.#description = description;
  }

  get document() {
    return this.#frames[0].object;
  }

  open({ local, namespace, attributes, scope }) {
    const outer = this.#frames.at(-1);
    const element =
      outer.local === 'Body' ? this.#description.elements.get(`{${namespace}}${local}`) : outer.children?.get(local);
    const { simple, children } = this.#description.typeOf(element);
    const frame = { local, element, simple, children, object: undefined, text: '', isNil: false };
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      if (xml.split(name).local === 'nil' && scope[xml.split(name).prefix] === XSI)
        frame.isNil = value === 'true' || value === '1';
      frame.object ??= {};
      frame.object.attributes ??= {};
      frame.object.attributes[name] = value;
    }
    this.#frames.push(frame);
  }

  text(text) {
    this.#frames.at(-1).text += text;
  }

  close() {
    const frame = this.#frames.pop();
    if (frame.isNil) return;
    const outer = this.#frames.at(-1);
    outer.object ??= {};
    const value = valueOf(frame);
    const known = Object.hasOwn(outer.object, frame.local) ? outer.object[frame.local] : undefined;
    if (Array.isArray(known)) known.push(value);
    else if (known !== undefined) outer.object[frame.local] = [known, value];
    else outer.object[frame.local] = frame.element?.isMany ? [value] : value;
  }
}

function valueOf({ object, simple, text }) {
  const trimmed = text.trim();
  if (trimmed === '') return object ?? (simple === 'string' ? '' : null);
  const value = CONVERSIONS[simple]?.(trimmed) ?? trimmed;
  if (object === undefined) return value;
  // Text between child elements is not kept.
  if (Object.keys(object).every((key) => key === 'attributes')) object.$value = value;
  return object;
}

function textOf(value) {
  return isObject(value) ? value.$value : value;
}

function faultError(fault, root) {
  const code = textOf(fault.faultcode ?? fault.Code?.Value);
  const reason = textOf(fault.faultstring ?? fault.Reason?.Text);
  const detail = fault.detail ?? fault.Detail;
  const message = `${code}: ${reason}${detail ? `: ${JSON.stringify(detail)}` : ''}`;
  return Object.assign(new Error(message), { root });
}

/** `{result, header}` of an answer; throws the error of a fault. */
function readAnswer(description, text) {
  const reader = new AnswerReader(description);
  try {
    xml.read(text, reader);
  } catch (error) {
    throw new Error('Cannot parse response', { cause: error });
  }
  const envelope = reader.document?.Envelope;
  if (envelope === undefined) throw new Error('Cannot parse response');
  const body = envelope?.Body ?? {};
  if (body.Fault) throw faultError(body.Fault, reader.document);
  const name = Object.keys(body).find((key) => key !== 'attributes');
  return { result: name === undefined ? undefined : body[name], header: envelope?.Header };
}

module.exports = { readAnswer, writeHeader, writeRequest };
