'use strict';
// `require('zod')`. Formats that zod checks with other globals (`URL`, `atob`) find them in internal/globals.js.
module.exports = require('modules/vendor/zod');
