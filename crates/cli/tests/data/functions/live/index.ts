import './tracker/actions/open-issue.js';
import './tracker/syncs/issues.js';
import './tracker/on-events/greet.js';
