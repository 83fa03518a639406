'use strict';
// The description of a SOAP service (WSDL 1.1 with XML Schema): its operations, and of its types what writing requests
// and reading answers need: the children of an element, their namespaces, and which of them repeat.

const xml = require('internal/xml');

const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const XSD = 'http://www.w3.org/2001/XMLSchema';
const SOAP11 = 'http://schemas.xmlsoap.org/wsdl/soap/';
const SOAP12 = 'http://schemas.xmlsoap.org/wsdl/soap12/';
const DOCUMENTS_MAX = 100;

const isMany = ({ maxOccurs }) => maxOccurs === 'unbounded' || Number(maxOccurs ?? 1) > 1;

class Description {
  elements = new Map();
  types = new Map();
  groups = new Map();
  messages = new Map();
  portTypes = new Map();
  bindings = new Map();
  ports = [];
  prefixes = {};
  targetNamespace = '';

  /** The children of a type by local name, those of its base first; undefined for a type of plain text. */
  childrenOf(type) {
    if (type === undefined) return undefined;
    if (type.resolved !== undefined) return type.resolved;
    type.resolved = new Map(); // stands for itself while a type that contains itself is resolved
    const base = type.base === undefined ? undefined : this.types.get(type.base);
    for (const [name, child] of this.childrenOf(base) ?? []) type.resolved.set(name, child);
    this.#collect(type.children, type.resolved);
    return type.resolved;
  }

  #collect(children, into) {
    for (const child of children) {
      if (child.group !== undefined) this.#collect(this.groups.get(child.group)?.children ?? [], into);
      else if (child.ref === undefined) into.set(child.local, child);
      else if (this.elements.has(child.ref))
        into.set(this.elements.get(child.ref).local, this.elements.get(child.ref));
    }
  }

  /** The type of an element: `{children}` or `{simple: 'boolean'}`, or neither when it is not known. */
  typeOf(element) {
    if (element === undefined) return {};
    if (element.inline !== undefined) return { children: this.childrenOf(element.inline) };
    if (element.type === undefined) return {};
    if (element.type.startsWith(`{${XSD}}`)) return { simple: element.type.slice(XSD.length + 2) };
    return { children: this.childrenOf(this.types.get(element.type)) };
  }
}

// Builds a description from the documents of a service, element by element.
class Reader {
  imports = [];
  // The innermost open element. Its prototype is the one around it, so a field of it is that of the nearest that has one.
  #nearest = {};

  constructor(description, inheritedNamespace) {
    this.description = description;
    this.inheritedNamespace = inheritedNamespace;
  }

  open(element) {
    if (element.local === 'annotation' || element.local === 'documentation') return xml.SKIP;
    const frame = Object.create(this.#nearest);
    this.#nearest = frame;
    if (element.namespace === XSD) this.#openSchema(element, frame);
    else if (element.namespace === WSDL) this.#openService(element, frame);
    else if (element.namespace === SOAP11 || element.namespace === SOAP12) this.#openSoap(element);
    return undefined;
  }

  close() {
    this.#nearest = Object.getPrototypeOf(this.#nearest);
  }

  text() {}

  #openSchema({ local, attributes, scope }, frame) {
    if (local === 'schema') {
      const targetNamespace = attributes.targetNamespace ?? this.inheritedNamespace ?? '';
      frame.schema = { targetNamespace, isQualified: attributes.elementFormDefault === 'qualified' };
    } else if (local === 'import' || local === 'include') {
      const inherited = local === 'include' ? this.#nearest.schema?.targetNamespace : undefined;
      if (attributes.schemaLocation) this.imports.push({ location: attributes.schemaLocation, inherited });
    } else if (local === 'element') {
      this.#openElement(attributes, scope, frame);
    } else if (local === 'complexType' || local === 'group') {
      this.#openType(local, attributes, scope, frame);
    } else if ((local === 'extension' || local === 'restriction') && attributes.base) {
      const type = this.#nearest.type;
      if (type !== undefined) type.base = xml.resolve(attributes.base, scope);
    }
  }

  #openElement(attributes, scope, frame) {
    const schema = this.#nearest.schema;
    const container = this.#nearest.type;
    if (attributes.ref !== undefined) {
      container?.children.push({ ref: xml.resolve(attributes.ref, scope) });
      return;
    }
    const isGlobal = container === undefined;
    const isQualified =
      isGlobal || (attributes.form === undefined ? schema.isQualified : attributes.form === 'qualified');
    frame.element = {
      local: attributes.name,
      namespace: isQualified ? schema.targetNamespace : '',
      type: attributes.type === undefined ? undefined : xml.resolve(attributes.type, scope),
      isMany: isMany(attributes),
    };
    if (isGlobal) this.description.elements.set(`{${schema.targetNamespace}}${attributes.name}`, frame.element);
    else container.children.push(frame.element);
  }

  #openType(local, attributes, scope, frame) {
    if (attributes.ref !== undefined) {
      this.#nearest.type?.children.push({ group: xml.resolve(attributes.ref, scope) });
      return;
    }
    const type = { children: [] };
    if (attributes.name === undefined) {
      const element = this.#nearest.element;
      if (element !== undefined) element.inline = type;
    } else {
      const known = local === 'group' ? this.description.groups : this.description.types;
      known.set(`{${this.#nearest.schema.targetNamespace}}${attributes.name}`, type);
    }
    frame.type = type;
  }

  #openService({ local, attributes, scope }, frame) {
    const { description } = this;
    const { name } = attributes;
    if (local === 'definitions') this.#openDefinitions(attributes);
    else if (local === 'import') this.imports.push({ location: attributes.location });
    else if (local === 'message') description.messages.set(name, (frame.message = []));
    else if (local === 'part') this.#nearest.message?.push(this.#part(attributes, scope));
    else if (local === 'portType') description.portTypes.set(name, (frame.portType = new Map()));
    else if (local === 'binding') this.#openBinding(attributes, frame);
    else if (local === 'operation') this.#openOperation(name, frame);
    else if (local === 'port')
      description.ports.push((frame.port = { binding: xml.split(attributes.binding).local }));
    else if (local === 'input' || local === 'output') {
      const operation = this.#nearest.operation;
      if (operation !== undefined && attributes.message) operation[local] = xml.split(attributes.message).local;
    }
  }

  #openDefinitions(attributes) {
    const { description } = this;
    description.targetNamespace ||= attributes.targetNamespace ?? '';
    for (const [name, namespace] of Object.entries(attributes)) {
      if (name.startsWith('xmlns:')) description.prefixes[name.slice(6)] ??= namespace;
    }
  }

  #part({ name, element }, scope) {
    return { name, element: element === undefined ? undefined : xml.resolve(element, scope) };
  }

  #openBinding({ name, type }, frame) {
    frame.binding = { portType: xml.split(type).local, operations: new Map(), isSoap: false, style: 'document' };
    this.description.bindings.set(name, frame.binding);
  }

  // An operation stands in the port type, with its messages, and again in the binding, with its action.
  #openOperation(name, frame) {
    frame.operation = {};
    (this.#nearest.binding?.operations ?? this.#nearest.portType)?.set(name, frame.operation);
  }

  #openSoap({ local, namespace, attributes }) {
    const binding = this.#nearest.binding;
    const operation = this.#nearest.operation;
    if (local === 'binding' && binding !== undefined) {
      Object.assign(binding, { isSoap: true, is12: namespace === SOAP12 });
      if (attributes.style) binding.style = attributes.style;
    } else if (local === 'operation' && operation !== undefined) {
      operation.soapAction = attributes.soapAction ?? '';
      if (attributes.style) operation.style = attributes.style;
    } else if (local === 'address') {
      const port = this.#nearest.port;
      if (port !== undefined) port.location = attributes.location;
    }
  }
}

/** Loads a description and all that it imports. `fetchText(url)` gets one document. */
async function load(url, fetchText) {
  const description = new Description();
  const { URL } = require('internal/url');
  const seen = new Set();
  const waiting = [{ location: url }];
  while (waiting.length > 0) {
    const { location, inherited } = waiting.shift();
    if (seen.has(location)) continue;
    seen.add(location);
    if (seen.size > DOCUMENTS_MAX) throw new Error(`the description has more than ${DOCUMENTS_MAX} documents`);
    const reader = new Reader(description, inherited);
    xml.read(await fetchText(location), reader);
    for (const found of reader.imports) waiting.push({ ...found, location: new URL(found.location, location).href });
  }
  return description;
}

/**
 * The operations that can be called: those of the first port that speaks SOAP 1.1, else 1.2. Gives
 * `{location, is12, operations: Map of name -> {soapAction, style, input, inputName, namespace}}`.
 */
function selectPort(description) {
  const ports = description.ports.filter(({ binding }) => description.bindings.get(binding)?.isSoap);
  const port = ports.find(({ binding }) => !description.bindings.get(binding).is12) ?? ports[0];
  if (port === undefined) throw new Error('the description has no SOAP port');
  const binding = description.bindings.get(port.binding);
  const operations = new Map();
  for (const [name, { soapAction, style }] of binding.operations) {
    const { input } = description.portTypes.get(binding.portType)?.get(name) ?? {};
    const [part] = description.messages.get(input) ?? [];
    operations.set(name, {
      soapAction,
      style: style ?? binding.style,
      element: description.elements.get(part?.element),
    });
  }
  return { location: port.location, is12: binding.is12, operations };
}

module.exports = { load, selectPort };
