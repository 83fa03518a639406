//! What a runner process gives up before it reads the first function.
//!
//! The engine is written in C, and functions are written by anyone. Should one get out of the engine, it finds a
//! process that cannot open a file or a socket, cannot start a program or look at another process, and holds
//! nothing but the functions that run in it.

use std::io;

/// Gives up files, network, programs and privileges, as far as the system has the means.
#[cfg(target_os = "linux")]
pub(super) fn enter() -> io::Result<()> {
    linux::limit_resources()?;
    linux::close_files()?;
    linux::allow_system_calls()
}

/// Gives up nothing: this system has no means that we know how to use.
#[cfg(not(target_os = "linux"))]
pub(super) fn enter() -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::io;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _, Scope,
    };
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
        SeccompFilter, SeccompRule, apply_filter,
    };

    /// No core files with what functions handled in them, and no other process may look into this one.
    pub(super) fn limit_resources() -> io::Result<()> {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
    }

    /// Landlock, where the kernel has it: no path can be opened, no port reached, no other process signalled.
    pub(super) fn close_files() -> io::Result<()> {
        let ruled = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))
            .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V5)))
            .and_then(|rules| rules.scope(Scope::from_all(ABI::V6)))
            .and_then(|rules| rules.create());
        ruled.and_then(|rules| rules.restrict_self()).map(|_| ()).map_err(io::Error::other)
    }

    /// What running functions on threads needs, whatever the arguments: memory, threads and time.
    const ALLOWED: &[i64] = &[
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_membarrier,
        // Refused by the first filter; listed here so that its answer is the one that counts.
        libc::SYS_clone3,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_getrandom,
    ];

    /// Every other call answers `EPERM`.
    ///
    /// `clone3` takes its flags where a filter cannot read them. It answers `ENOSYS`, and threads are made with
    /// `clone`, of which only the form that makes threads is allowed.
    pub(super) fn allow_system_calls() -> io::Result<()> {
        let no_clone3 = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        install(no_clone3, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS.cast_unsigned()))?;
        let rules = allowed().map_err(io::Error::other)?;
        install(rules, SeccompAction::Errno(libc::EPERM.cast_unsigned()), SeccompAction::Allow)
    }

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    fn allowed() -> Result<Rules, BackendError> {
        let mut rules: Rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
        let masked = |argument, mask: i32, value: i32| {
            let (mask, value) = (u64::from(mask.cast_unsigned()), u64::from(value.cast_unsigned()));
            let compare = SeccompCmpOp::MaskedEq(mask);
            let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compare, value)?;
            Ok(vec![SeccompRule::new(vec![condition])?])
        };
        // The three standard streams; what else was inherited stays shut.
        for call in [libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev] {
            let standard = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Le, 2)?;
            rules.insert(call, vec![SeccompRule::new(vec![standard])?]);
        }
        rules.insert(libc::SYS_clone, masked(0, libc::CLONE_THREAD, libc::CLONE_THREAD)?);
        // No memory becomes code.
        rules.insert(libc::SYS_mmap, masked(2, libc::PROT_EXEC, 0)?);
        rules.insert(libc::SYS_mprotect, masked(2, libc::PROT_EXEC, 0)?);
        // Threads get names.
        rules.insert(libc::SYS_prctl, masked(0, !0, libc::PR_SET_NAME)?);
        Ok(rules)
    }

    fn install(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> io::Result<()> {
        let architecture = std::env::consts::ARCH.try_into().map_err(io::Error::other)?;
        let filter = SeccompFilter::new(rules, otherwise, listed, architecture).map_err(io::Error::other)?;
        let program = BpfProgram::try_from(filter).map_err(io::Error::other)?;
        apply_filter(&program).map_err(io::Error::other)
    }
}
