//! Which role may do what, in one place: the routes ask here, the menu is made from here, and so is the table of
//! `docs/guide-console.md`.

use crate::store::Role;

/// Something that a right is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ReadCalls,
    Review,
    HandleMessages,
    ManageAccounts,
    ReadAudit,
}

impl Action {
    pub const ALL: [Self; 5] =
        [Self::ReadCalls, Self::Review, Self::HandleMessages, Self::ManageAccounts, Self::ReadAudit];

    /// In the table of the guide, after « peut… ».
    pub fn told(self) -> &'static str {
        match self {
            Self::ReadCalls => "chercher et lire les appels",
            Self::Review => "relire : dire si la ligne a bien fait",
            Self::HandleMessages => "voir et traiter les messages laissés par les appelants",
            Self::ManageAccounts => "créer, modifier et fermer les comptes",
            Self::ReadAudit => "lire et exporter le journal des accès",
        }
    }

    /// Who may.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::ReadCalls => &[Role::Approver, Role::Supervisor],
            Self::Review => &[Role::Supervisor],
            Self::HandleMessages => &[Role::Writer, Role::Approver, Role::Supervisor],
            // Whoever makes the accounts does not read the calls, unless they give themselves the role, which is audited.
            Self::ManageAccounts | Self::ReadAudit => &[Role::Administrator],
        }
    }
}

/// Whether somebody with these roles may.
pub fn may(roles: &[Role], action: Action) -> bool {
    action.roles().iter().any(|role| roles.contains(role))
}

/// As people read it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Writer => "rédacteur",
        Role::Approver => "valideur",
        Role::Supervisor => "superviseur",
        Role::Administrator => "administrateur",
    }
}

/// Several, as people read them.
pub fn role_names(roles: &[Role]) -> String {
    roles.iter().map(|role| role_name(*role)).collect::<Vec<_>>().join(", ")
}

/// What a role is for, in the accounts' form.
pub fn role_told(role: Role) -> &'static str {
    match role {
        Role::Writer => "écrit les réponses, traite les messages",
        Role::Approver => "approuve les réponses, lit les appels",
        Role::Supervisor => "suit et relit les appels",
        Role::Administrator => "gère les comptes, lit le journal",
    }
}

/// The table of the guide, in Markdown.
pub fn table() -> String {
    let mut text = String::from("| peut… |");
    Role::ALL.iter().for_each(|role| text += &format!(" {} |", role_name(*role)));
    text += "\n|---|";
    text += &":---:|".repeat(Role::ALL.len());
    text += "\n";
    for action in Action::ALL {
        text += &format!("| {} |", action.told());
        Role::ALL.iter().for_each(|role| text += if may(&[*role], action) { " oui |" } else { " – |" });
        text += "\n";
    }
    text += "| changer son mot de passe et ses préférences |";
    text += &" oui |".repeat(Role::ALL.len());
    text + "\n"
}
