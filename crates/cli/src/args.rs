//! What can be typed: commands, flags and their help.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::FlagValue;

const AFTER_HELP: &str = "\
First steps:
  bowline demo                 a server with a simulated provider and one connection to try
  bowline serve                a server of your own on http://127.0.0.1:3003
  bowline env list             its environments and their keys

Settings come from flags, BOWLINE_* variables and a TOML file; `bowline config reference` lists them.
Functions:
  bowline init                 a project with examples, to be compiled, tested and deployed

Exit codes: 0 done, 1 failed, 2 wrong usage, 10 functions do not compile, 11 not deployed, 12 the dry run
failed, 13 fixtures do not pass.";

const DEPLOY_HELP: &str = "\
The key is that of the environment: BOWLINE_SECRET_KEY_<ENVIRONMENT>, NANGO_SECRET_KEY_<ENVIRONMENT>, or either
without the name, from the environment or from .env. What the project does not hold any more is deleted on the server.
Ends with 10 when functions do not compile and with 11 when they are not deployed.";

const DEV_HELP: &str = "\
All fixtures run once at the beginning, then those of functions whose code changed and those that changed themselves.
Types are not checked: editors do that, and so does `bowline compile`. Ctrl-C ends it.";

const DRYRUN_HELP: &str = "\
Calls to the provider go through the server, with the connection's credentials, and do what they do: an issue that the
function opens is opened. So do calls of other actions and changes of metadata, unless --metadata is given. Records and
checkpoints are only shown. Ends with 10 when the function does not compile and with 12 when the run fails.";

/// Bowline keeps the connections between a product and its users' third-party accounts.
#[derive(Debug, Parser)]
#[command(name = "bowline", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// TOML file with settings [default: BOWLINE_CONFIG, or bowline.toml in the working directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(ServeArgs),
    /// Run a server with a simulated provider and one connection to try
    Demo(DemoArgs),
    /// Run the simulated provider alone
    Sim(SimArgs),
    /// Environments, their keys and variables
    #[command(subcommand)]
    Env(EnvCommand),
    /// API keys of an environment or of the account
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The catalogue of providers
    #[command(subcommand)]
    Providers(ProvidersCommand),
    /// Make a project of functions, with examples that work at once
    Init(InitArgs),
    /// Compile the functions of the project in the working directory
    Compile(CompileArgs),
    /// Test the functions of the project in the working directory with their recorded fixtures
    Test(TestArgs),
    /// Compile and test the functions of the project in the working directory whenever a file changes
    Dev(DevArgs),
    /// Run one function here, for a connection of a server
    Dryrun(DryrunArgs),
    /// Take the functions of the project in the working directory to a server
    Deploy(DeployArgs),
    /// What can be configured, and what is
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the OpenAPI document of the public API
    Openapi,
    /// Run functions for a server that started this process
    #[command(hide = true)]
    Runner,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Which database to use.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// Folder of the embedded database and of master.key [default: bowline-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// postgres://… to use PostgreSQL (BOWLINE_DATABASE_URL keeps it out of the process list)
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

impl StoreArgs {
    /// As values over all other layers.
    pub fn flags(&self) -> Vec<FlagValue> {
        let data_dir = self.data_dir.as_ref().map(|path| path.to_string_lossy().into_owned());
        vec![
            ("storage.data_dir", "--data-dir", data_dir),
            ("storage.database_url", "--database-url", self.database_url.clone()),
        ]
    }
}

/// Of `bowline serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:3003]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// What this node does, of api, scheduler, runner [default: all]
    #[arg(long, value_name = "LIST")]
    pub roles: Option<String>,
    #[command(flatten)]
    pub store: StoreArgs,
}

impl ServeArgs {
    /// As values over all other layers.
    pub fn flags(&self) -> Vec<FlagValue> {
        let mut flags = self.store.flags();
        flags.push(("server.listen", "--listen", self.listen.map(|address| address.to_string())));
        flags.push(("server.roles", "--roles", self.roles.clone()));
        flags
    }
}

/// Of `bowline demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Address and port of the server; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3003")]
    pub listen: SocketAddr,
    /// Empty folder for the database [default: a temporary one, removed at the end]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Run the printed calls once and end: 0 when all of them work, 1 otherwise
    #[arg(long)]
    pub check: bool,
}

/// Of `bowline sim`.
#[derive(Debug, Args)]
pub struct SimArgs {
    /// Address and port; port 0 takes a free one. Whoever reaches it can script it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Tokens follow from this number alone
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

/// Of `bowline env`.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// List the environments with their keys
    List {
        /// As JSON: [{"name", "secret_key", "public_key"}]
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Variables that functions and SDKs can read
    #[command(subcommand)]
    Vars(VarsCommand),
}

/// Of `bowline env vars`.
#[derive(Debug, Subcommand)]
pub enum VarsCommand {
    /// List the variables
    List {
        /// As JSON: [{"name", "value"}]
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Set a variable
    Set {
        /// Letters, digits and underscores
        name: String,
        /// Its value; - reads it from standard input
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Remove a variable
    Unset {
        /// Its name
        name: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// An environment of a database.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// The environment
    #[arg(long, value_name = "NAME", default_value = "dev")]
    pub env: String,
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Of `bowline keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key
    Create {
        /// A name for people, unique in the environment
        #[arg(long)]
        name: String,
        /// What it may do, such as environment:connections:read; may be repeated [default: everything]
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<String>,
        /// As JSON, with the secret
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        owner: OwnerArgs,
    },
    /// List the keys, without their secrets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        owner: OwnerArgs,
    },
    /// Delete a key of an environment
    Delete {
        /// Its number, uuid or name
        key: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// Whose keys.
#[derive(Debug, Args)]
pub struct OwnerArgs {
    /// Keys of the account itself, which manage environments
    #[arg(long, conflicts_with = "env")]
    pub account: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Of `bowline providers`.
#[derive(Debug, Subcommand)]
pub enum ProvidersCommand {
    /// List the providers
    List {
        /// Only those whose name contains this
        search: Option<String>,
        /// As JSON: [{"name", "display_name", "auth_mode", "categories"}]
        #[arg(long)]
        json: bool,
    },
    /// Check provider files [default: those of BOWLINE_PROVIDERS]
    Lint {
        /// Files or folders
        paths: Vec<PathBuf>,
        /// As JSON: [{"file", "provider", "problem"}]
        #[arg(long)]
        json: bool,
    },
    /// Show one provider
    Show {
        /// Its name
        name: String,
        /// As the API answers it, in JSON
        #[arg(long)]
        wire: bool,
    },
}

/// Of `bowline init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The project's folder; it is made where there is none. No file is overwritten
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// As JSON: {"path", "files"}
    #[arg(long)]
    pub json: bool,
}

/// Of `bowline dev`.
#[derive(Debug, Args)]
#[command(after_help = DEV_HELP)]
pub struct DevArgs {
    /// Take syncs and actions to this environment too whenever their code changes
    #[arg(long, value_name = "ENVIRONMENT")]
    pub deploy: Option<String>,
    /// The server [default: BOWLINE_URL, NANGO_HOSTPORT or http://localhost:3003]
    #[arg(long, value_name = "URL", requires = "deploy")]
    pub url: Option<String>,
}

/// Of `bowline dryrun`.
#[derive(Debug, Args)]
#[command(after_help = DRYRUN_HELP)]
pub struct DryrunArgs {
    /// The function: create-issue, or github/create-issue where several integrations have one of that name
    pub name: String,
    /// The connection's id
    pub connection: String,
    /// The environment
    #[arg(short, long, value_name = "NAME", default_value = "dev")]
    pub environment: String,
    /// The function's integration
    #[arg(long, visible_alias = "integration-id", value_name = "NAME")]
    pub integration: Option<String>,
    /// The input of an action, as JSON or as @file.json
    #[arg(short, long, value_name = "JSON")]
    pub input: Option<String>,
    /// Metadata instead of the connection's, as JSON or as @file.json
    #[arg(short, long, value_name = "JSON")]
    pub metadata: Option<String>,
    /// The checkpoint that a sync goes on from, as JSON or as @file.json
    #[arg(short, long, value_name = "JSON")]
    pub checkpoint: Option<String>,
    /// When the sync ran before, such as 2026-05-04T09:30:00Z
    #[arg(short, long, value_name = "TIME")]
    pub last_sync_date: Option<String>,
    /// The variant of the sync
    #[arg(long, value_name = "NAME", default_value = "base")]
    pub variant: String,
    /// Fail where input, output or records have not the declared shape
    #[arg(long, visible_alias = "validation")]
    pub validate: bool,
    /// Write what was answered and what came out to INTEGRATION/tests/NAME.test.json; implies --validate
    #[arg(long, visible_alias = "save-responses")]
    pub save: bool,
    /// As JSON: {"integration", "name", "type", "output", "failure", "records", "checkpoint", "log"}
    #[arg(long)]
    pub json: bool,
    /// The server [default: BOWLINE_URL, NANGO_HOSTPORT or http://localhost:3003]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// Of `bowline deploy`.
#[derive(Debug, Args)]
#[command(after_help = DEPLOY_HELP)]
pub struct DeployArgs {
    /// The environment
    #[arg(default_value = "dev")]
    pub environment: String,
    /// Only functions of this integration
    #[arg(short, long, value_name = "NAME")]
    pub integration: Option<String>,
    /// Only this action; nothing is deleted
    #[arg(short, long, value_name = "NAME", conflicts_with = "sync")]
    pub action: Option<String>,
    /// Only this sync; nothing is deleted
    #[arg(short, long, value_name = "NAME")]
    pub sync: Option<String>,
    /// Give all functions this version instead of their own
    #[arg(short = 'v', long = "version", id = "set_version", value_name = "VERSION")]
    pub set_version: Option<String>,
    /// Deploy also when records are lost: syncs that connections have are deleted, or models of syncs
    #[arg(long)]
    pub allow_destructive: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Show what would change, and change nothing
    #[arg(long, visible_alias = "preview")]
    pub dry_run: bool,
    /// Do not check types with the project's own tsc
    #[arg(long)]
    pub no_types: bool,
    /// As JSON: {"preview", "deployed"}
    #[arg(long)]
    pub json: bool,
    /// The server [default: BOWLINE_URL, NANGO_HOSTPORT or http://localhost:3003]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// Of `bowline compile`.
#[derive(Debug, Args)]
pub struct CompileArgs {
    /// Do not check types with the project's own tsc
    #[arg(long)]
    pub no_types: bool,
    /// As JSON: {"functions", "problems"}
    #[arg(long)]
    pub json: bool,
}

/// Of `bowline test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Only these functions, such as create-issue or github/create-issue
    pub names: Vec<String>,
    /// Only functions of this integration; may be repeated
    #[arg(long, value_name = "NAME")]
    pub integration: Vec<String>,
    /// Only functions whose INTEGRATION/NAME matches this regular expression
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    /// As JSON: {"passed", "failed", "milliseconds", "results"}
    #[arg(long)]
    pub json: bool,
    /// Write the results to this file too, in JUnit's XML form
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Functions in work at a time [default: the number of processors]
    #[arg(long, value_name = "NUMBER")]
    pub threads: Option<NonZeroUsize>,
    /// Stop at the first fixture that does not pass
    #[arg(long)]
    pub bail: bool,
}

/// Of `bowline config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read all settings and say what is wrong
    Check(StoreArgs),
    /// Print what counts and where it comes from; secrets are masked
    Show(StoreArgs),
    /// Print a JSON schema of the TOML file
    Schema,
    /// Print the reference page as Markdown
    Reference,
}
