import './cli-zero/syncs/issues.js';
import './cli-zero/actions/mk.js';
import './cli-zero/on-events/setup.js';
