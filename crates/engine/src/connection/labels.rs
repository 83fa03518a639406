//! Tags that follow from a connection's end user. Pure.

use bowline_domain::connection::EndUser;
use bowline_domain::tags::Tags;

/// The tags of an end user, overlaid by explicit ones. The end user's own tags are left out as a whole when
/// the result would have too many (spec `auth.md` §3.4).
pub fn tags_for(end_user: Option<&EndUser>, explicit: &Tags) -> Tags {
    let Some(end_user) = end_user else { return explicit.clone() };
    let base = identity_tags(end_user);
    let mut with_own = base.clone();
    for (key, value) in end_user.tags.iter().flatten() {
        with_own.insert_generated(key, value);
    }
    let generated = if with_own.len() > bowline_domain::tags::TAGS_MAX { base } else { with_own };
    let all = generated.overlaid(explicit);
    if all.len() > bowline_domain::tags::TAGS_MAX { explicit.clone() } else { all }
}

fn identity_tags(end_user: &EndUser) -> Tags {
    let mut tags = Tags::default();
    tags.insert_generated("end_user_id", &end_user.id);
    if let Some(email) = &end_user.email {
        tags.insert_generated("end_user_email", email);
    }
    if let Some(name) = &end_user.display_name {
        tags.insert_generated("end_user_display_name", name);
    }
    if let Some(organization) = &end_user.organization {
        tags.insert_generated("organization_id", &organization.id);
        if let Some(name) = &organization.display_name {
            tags.insert_generated("organization_display_name", name);
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explicit_tags_win_over_generated_ones() {
        let end_user = EndUser {
            id: "u1".to_owned(),
            email: Some("a@example.com".to_owned()),
            display_name: None,
            tags: Some([("Plan".to_owned(), "pro".to_owned())].into()),
            organization: None,
        };
        let explicit = Tags::parse([("plan".to_owned(), "free".to_owned())]).unwrap();
        let tags = tags_for(Some(&end_user), &explicit);
        let all: Vec<_> = tags.iter().collect();
        assert_eq!(all, [("end_user_email", "a@example.com"), ("end_user_id", "u1"), ("plan", "free")]);
    }
}
