//! Several routes and a simulated provider together.

mod github_app;
mod logbook;
mod refresh;
