import './github/actions/unclosed.js';
import './github/actions/reads-files.js';
import './github/actions/exports-nothing.js';
import './github/actions/fails-when-loaded.js';
import './github/syncs/too-often.js';
