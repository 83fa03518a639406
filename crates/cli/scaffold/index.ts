// Every function of the project, one import each. What is not listed here is neither compiled nor deployed.
import './github/actions/create-issue.js';
import './github/syncs/issues.js';
import './github/on-events/keep-login.js';
