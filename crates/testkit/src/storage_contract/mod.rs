//! One suite for every [`Storage`](bowline_domain::storage::Storage): what the traits promise, case by case.
//!
//! A backend writes one function that makes a fresh, empty database and expands the suite with it:
//!
//! ```text
//! async fn fresh() -> TestStorage { … }
//! bowline_testkit::storage_contract_tests!(fresh);
//! ```
//!
//! A case is a public async function of a module below that takes a [`TestStorage`]; it must be named in the
//! list of [`storage_contract_tests!`](crate::storage_contract_tests), which a test checks.

#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod api_keys;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod checkpoints;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod connection_lists;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod connection_metadata;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod connections;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod durability;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod environments;
mod fixtures;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod function_versions;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod functions;
mod harness;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod integrations;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod locks;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod rate_limits;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod refresh_leases;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod refresh_outcomes;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod task_claims;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod tasks;
#[expect(missing_docs, reason = "the name of a case says what it tests")]
pub mod tickets;

pub use harness::{TestBackend, TestStorage};

/// Expands to one test per case of the suite. `$make` is an `async fn() -> TestStorage` in scope.
#[macro_export]
macro_rules! storage_contract_tests {
    ($make:ident) => {
        $crate::storage_contract_tests! { @expand $make;
            environments {
                concurrent_first_uses_get_the_same_default_account
                the_default_account_is_found_by_number
                an_environment_is_found_as_it_was_written
                environments_are_listed_in_the_order_they_were_made
                an_environment_comes_with_its_first_keys
                a_taken_environment_name_is_refused_and_free_again_after_deletion
                an_environment_with_a_taken_digest_is_refused_as_a_whole
                concurrent_creations_of_one_environment_make_one
                secrets_are_replaced_only_if_they_are_the_expected_ones
                deleting_an_environment_takes_everything_in_it
                an_environment_of_another_account_is_not_deleted
                variables_are_listed_by_name_and_replaced_as_a_whole
                a_variable_is_deleted_once
                variables_of_one_environment_are_not_those_of_another
            }
            api_keys {
                a_key_is_found_by_its_digest_with_its_environment
                an_account_key_has_no_environment
                keys_are_listed_in_the_order_they_were_made
                a_taken_key_name_is_refused_in_its_environment_only
                a_taken_digest_is_refused_everywhere_until_its_key_is_deleted
                a_key_needs_a_live_environment_of_its_account
                concurrent_creations_never_exceed_the_limit_of_keys
                a_deleted_key_is_not_found_any_more
                the_oldest_key_takes_a_digest_from_outside
                uses_of_keys_are_noted
                an_environment_s_new_secrets_are_seen_through_its_key
                one_of_many_writes_of_a_data_key_wins
            }
            integrations {
                an_integration_is_found_as_it_was_written
                an_integration_needs_a_live_environment
                a_taken_integration_key_is_refused_and_free_again_after_deletion
                integrations_of_one_environment_are_not_those_of_another
                integrations_are_listed_by_provider_and_then_by_age
                an_update_changes_what_it_names_and_counts_the_version_up
                an_update_from_an_old_version_is_refused
                of_concurrent_updates_of_one_version_one_wins
                a_rename_is_refused_to_a_taken_key_and_with_live_connections
                a_connection_shows_its_integration_s_new_provider
                deleting_an_integration_takes_its_connections
                live_connections_are_counted
            }
            connections {
                a_connection_is_found_as_it_was_written
                metadata_keeps_its_key_order_and_numbers
                a_taken_connection_key_is_refused_in_its_integration_only
                concurrent_creations_of_one_connection_make_one
                a_connection_needs_a_live_integration_of_its_environment
                connections_of_one_environment_are_not_those_of_another
                replacing_keeps_identity_and_counts_the_version_up
                replacing_keeps_metadata_and_end_user_that_are_not_given
                replacing_clears_the_refresh_state
                an_update_changes_only_the_labels_it_names
                a_deleted_connection_is_gone_for_every_method
                nothing_of_a_user_outlives_a_deleted_connection
                fetches_are_noted_and_never_move_back
                every_read_after_a_write_sees_it
            }
            connection_lists {
                a_line_shows_what_the_connection_has
                the_newest_come_first_and_equal_times_by_falling_number
                pages_show_every_line_once
                a_key_filter_is_exact_over_all_integrations
                a_search_looks_in_key_email_and_name_in_any_case
                a_search_follows_a_changed_end_user
                wildcards_in_a_search_are_plain_characters
                end_user_and_organization_filters_are_exact
                any_of_the_named_integrations_is_shown
                all_of_the_named_tags_must_match_exactly
                filters_combine_with_and
            }
            connection_metadata {
                replacing_and_merging_change_all_named_connections
                one_unknown_connection_means_nothing_is_written
                merges_add_up_to_the_limit_and_not_beyond
                a_connection_named_twice_is_written_once
                concurrent_merges_lose_nothing
            }
            refresh_leases {
                one_of_fifty_concurrent_takers_gets_the_lease
                a_first_lease_finds_nothing_abandoned
                an_expired_lease_is_taken_over_with_the_old_intent
                a_released_lease_is_free_and_leaves_nothing_abandoned
                an_extended_lease_lasts_longer
                an_old_epoch_neither_extends_nor_finishes
                a_finished_lease_neither_extends_nor_finishes_again
                a_holder_that_is_late_but_not_replaced_may_still_finish
                the_lease_is_refused_for_credentials_of_another_version
                replacing_a_connection_fences_a_running_refresh
                deleting_a_connection_fences_a_running_refresh
                deleting_an_integration_fences_running_refreshes
                an_unknown_connection_has_no_lease
                leases_that_ran_out_without_an_outcome_are_listed
            }
            refresh_outcomes {
                a_failure_is_stored_and_keeps_the_credentials
                a_success_stores_credentials_counts_up_and_clears_the_failure
                a_success_may_change_the_config
                due_refreshes_span_environments_by_time_and_number
                due_refreshes_are_paged_without_gap_or_repeat
                exhausted_and_deleted_connections_are_not_due
            }
            rate_limits {
                units_add_up_in_a_window_of_their_key
                a_window_has_a_fixed_end_and_then_counts_anew
                concurrent_counts_lose_nothing
            }
            tickets {
                a_ticket_is_found_as_it_was_written_with_its_environment
                a_ticket_of_one_kind_is_not_found_as_another
                an_expired_ticket_is_neither_found_nor_taken
                writing_a_ticket_removes_expired_ones_and_keeps_the_others
                of_concurrent_takers_of_a_ticket_one_gets_it
                a_ticket_is_deleted_once_and_in_its_environment_only
                tickets_go_with_their_environment_and_none_are_written_to_a_deleted_one
                an_environment_is_found_by_its_public_key_while_it_lives
            }
            functions {
                a_function_is_found_as_it_was_deployed
                functions_are_found_by_name_and_told_apart_by_kind
                a_page_of_functions_is_filtered_ordered_and_counted
                functions_of_an_event_are_listed_while_they_are_enabled
                a_function_is_found_by_its_endpoint_and_the_newest_wins
                deployed_functions_are_listed_by_provider_and_the_integrations_age
                functions_of_one_environment_are_not_those_of_another
                functions_and_sources_go_with_their_integration
                functions_sources_and_the_lock_go_with_their_environment
                a_thousand_functions_are_deployed_at_once
            }
            function_versions {
                one_of_many_takers_gets_the_lock_and_the_next_after_it_is_back
                a_lock_that_is_never_given_back_runs_out
                a_lock_is_given_back_by_its_holder_only
                nothing_is_written_without_the_lock
                a_new_version_takes_the_place_of_the_old_one_and_stays_disabled
                what_is_deployed_again_as_it_is_only_gets_the_time
                a_deleted_function_goes_with_all_its_versions_and_sources
                a_deployment_for_a_deleted_integration_writes_nothing
                a_kept_version_becomes_active_again
                an_unknown_version_does_not_become_active
                old_versions_are_forgotten_and_their_sources_too
            }
            tasks {
                a_task_is_found_as_it_was_written
                the_id_of_a_task_is_taken_once
                a_task_needs_a_live_connection_of_its_environment_and_integration
                a_full_queue_refuses_that_kind_in_that_environment
                concurrent_creations_never_let_more_wait_than_may
                a_claimed_task_is_started_and_brings_its_payload
                a_finished_task_keeps_its_result
                a_failed_attempt_waits_for_its_time_and_starts_again
                a_task_starts_again_after_a_lost_lease_while_it_has_attempts_left
                a_task_that_must_not_run_twice_fails_when_its_lease_is_lost
                an_extended_lease_lasts_longer
                a_holder_that_is_late_but_not_replaced_goes_on
                a_task_that_nobody_started_in_time_expires
                no_more_tasks_end_at_once_than_asked_for
                a_cancelled_task_is_over_and_its_holder_stops
                finished_tasks_are_deleted_from_the_oldest_on
                tasks_go_with_their_connection_integration_and_environment
                tasks_are_there_after_reopening
            }
            task_claims {
                what_has_been_due_the_longest_comes_first
                only_tasks_of_the_named_kinds_are_claimed
                environments_take_turns
                one_action_of_an_environment_runs_at_a_time
                another_action_runs_while_one_waits_for_its_next_attempt
                an_action_that_lost_its_holder_runs_again_before_those_that_wait
                the_next_action_starts_once_a_lost_one_has_failed
                one_of_fifty_claimers_gets_the_only_task
                nobody_is_sent_away_while_a_task_is_due
                fifty_claimers_run_two_hundred_tasks_once_each_and_actions_one_at_a_time
            }
            locks {
                a_lock_has_one_owner_who_may_renew_it
                locks_differ_by_key_and_environment
                one_of_fifty_takers_gets_a_free_and_an_expired_lock
                a_lock_is_freed_by_its_owner_only
                all_locks_of_an_owner_are_freed_at_once
                taking_a_lock_removes_others_that_ran_out
                locks_go_with_their_environment_and_none_are_taken_in_a_deleted_one
            }
            checkpoints {
                a_checkpoint_is_found_as_it_was_saved_last
                a_checkpoint_of_another_version_is_not_replaced
                checkpoints_differ_by_connection_and_key
                a_checkpoint_is_deleted_once_and_only_in_the_expected_version
                a_version_never_comes_back_after_a_deletion
                of_fifty_concurrent_saves_of_one_version_one_wins
                concurrent_counts_in_a_checkpoint_lose_nothing
                checkpoints_are_deleted_by_the_start_of_their_keys
                checkpoints_go_with_their_connection_integration_and_environment
            }
            durability {
                a_healthy_storage_says_so
                a_closed_storage_answers_with_errors
                everything_is_there_after_closing_and_reopening
            }
        }
    };
    (@expand $make:ident; $($module:ident { $($case:ident)* })*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::storage_contract::$module::$case(super::$make().await).await;
            })*
        })*
    };
}

#[cfg(test)]
mod tests {
    /// A case that is not in the macro's list would never run.
    #[test]
    fn every_case_is_in_the_list() {
        let list = include_str!("mod.rs");
        let modules = [
            include_str!("environments.rs"),
            include_str!("api_keys.rs"),
            include_str!("integrations.rs"),
            include_str!("connections.rs"),
            include_str!("connection_lists.rs"),
            include_str!("connection_metadata.rs"),
            include_str!("refresh_leases.rs"),
            include_str!("refresh_outcomes.rs"),
            include_str!("rate_limits.rs"),
            include_str!("tickets.rs"),
            include_str!("functions.rs"),
            include_str!("function_versions.rs"),
            include_str!("tasks.rs"),
            include_str!("task_claims.rs"),
            include_str!("locks.rs"),
            include_str!("checkpoints.rs"),
            include_str!("durability.rs"),
        ];
        for line in modules.into_iter().flat_map(str::lines) {
            if let Some(case) = line.strip_prefix("pub async fn ").and_then(|rest| rest.split('(').next()) {
                assert!(list.lines().any(|listed| listed.trim() == case), "{case} is not listed");
            }
        }
    }
}
