'use strict';
// `require('botbuilder')`. Scripts may import it and type against it; no public one calls it, so using it says so.

module.exports = new Proxy(Object.create(null), {
  get(target, name) {
    if (name === '__esModule' || name === 'default' || name === 'then' || typeof name === 'symbol')
      return target[name];
    throw new Error(`botbuilder.${name} is not available in this runtime`);
  },
});
