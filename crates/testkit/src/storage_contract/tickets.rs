//! Tickets are found by digest, expire, and are taken once.

use bowline_domain::api_key::KeyDigest;
use bowline_domain::storage::Storage;
use bowline_domain::ticket::{NewTicket, TicketKind};
use futures_util::future::join_all;

use super::TestStorage;
use super::fixtures::{at, digest, environment, sealed, uid};

const SESSION: TicketKind = TicketKind::ConnectSession;

/// A ticket that lives for a minute from `at(0)` on.
fn new_ticket(digest: KeyDigest) -> NewTicket {
    NewTicket {
        uid: uid(),
        kind: SESSION,
        digest,
        content: sealed("content"),
        expires_at: at(60),
        created_at: at(0),
    }
}

async fn is_found(db: &dyn Storage, digest: &KeyDigest, seconds: i64) -> bool {
    db.find_ticket(SESSION, digest, at(seconds)).await.expect("an answer").is_some()
}

pub async fn a_ticket_is_found_as_it_was_written_with_its_environment(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let new = new_ticket(digest());
    assert!(db.create_ticket(environment.id, new.clone()).await.expect("an answer"));
    let (found, its_environment) =
        db.find_ticket(SESSION, &new.digest, at(1)).await.expect("an answer").expect("a ticket");
    assert_eq!(
        (found.uid, found.environment_id, &found.content, found.expires_at, found.created_at),
        (new.uid, environment.id, &new.content, new.expires_at, new.created_at)
    );
    assert_eq!(its_environment, environment);
}

pub async fn a_ticket_of_one_kind_is_not_found_as_another(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let new = new_ticket(digest());
    db.create_ticket(environment.id, new.clone()).await.expect("an answer");
    assert!(
        db.find_ticket(TicketKind::Authorization, &new.digest, at(1)).await.expect("an answer").is_none()
    );
    assert!(db.take_ticket(TicketKind::PopupResult, &new.digest, at(1)).await.expect("an answer").is_none());
    assert!(is_found(&*db, &new.digest, 1).await);
}

pub async fn an_expired_ticket_is_neither_found_nor_taken(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let new = new_ticket(digest());
    db.create_ticket(environment.id, new.clone()).await.expect("an answer");
    assert!(is_found(&*db, &new.digest, 59).await);
    assert!(!is_found(&*db, &new.digest, 60).await);
    assert!(db.take_ticket(SESSION, &new.digest, at(60)).await.expect("an answer").is_none());
}

pub async fn writing_a_ticket_removes_expired_ones_and_keeps_the_others(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let (old, good) = (new_ticket(digest()), new_ticket(digest()));
    db.create_ticket(environment.id, old.clone()).await.expect("an answer");
    db.create_ticket(environment.id, NewTicket { expires_at: at(600), ..good.clone() })
        .await
        .expect("an answer");
    let later = NewTicket { created_at: at(120), expires_at: at(600), ..new_ticket(digest()) };
    db.create_ticket(environment.id, later).await.expect("an answer");
    assert!(!db.delete_ticket(environment.id, old.uid).await.expect("an answer"));
    assert!(is_found(&*db, &good.digest, 120).await);
}

pub async fn of_concurrent_takers_of_a_ticket_one_gets_it(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let new = new_ticket(digest());
    db.create_ticket(environment.id, new.clone()).await.expect("an answer");
    let takers = (0..20).map(|_| db.take_ticket(SESSION, &new.digest, at(1)));
    let taken = join_all(takers)
        .await
        .into_iter()
        .filter(|taken| taken.as_ref().expect("an answer").is_some())
        .count();
    assert_eq!(taken, 1);
    assert!(!is_found(&*db, &new.digest, 1).await);
}

pub async fn a_ticket_is_deleted_once_and_in_its_environment_only(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await, environment(&*db, "prod").await);
    let new = new_ticket(digest());
    db.create_ticket(dev.id, new.clone()).await.expect("an answer");
    assert!(!db.delete_ticket(prod.id, new.uid).await.expect("an answer"));
    assert!(db.delete_ticket(dev.id, new.uid).await.expect("an answer"));
    assert!(!db.delete_ticket(dev.id, new.uid).await.expect("an answer"));
    assert!(!is_found(&*db, &new.digest, 1).await);
}

pub async fn tickets_go_with_their_environment_and_none_are_written_to_a_deleted_one(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let new = new_ticket(digest());
    db.create_ticket(environment.id, new.clone()).await.expect("an answer");
    db.delete_environment(environment.account_id, environment.id, at(1)).await.expect("an answer");
    assert!(!is_found(&*db, &new.digest, 1).await);
    assert!(!db.create_ticket(environment.id, new_ticket(digest())).await.expect("an answer"));
}

pub async fn an_environment_is_found_by_its_public_key_while_it_lives(db: TestStorage) {
    let environment = environment(&*db, "dev").await;
    let found = db.find_environment_by_public_key(environment.public_key).await.expect("an answer");
    assert_eq!(found.as_ref(), Some(&environment));
    assert!(db.find_environment_by_public_key(environment.uuid).await.expect("an answer").is_none());
    db.delete_environment(environment.account_id, environment.id, at(1)).await.expect("an answer");
    assert!(db.find_environment_by_public_key(environment.public_key).await.expect("an answer").is_none());
}
