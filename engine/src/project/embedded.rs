//! The templates of the standard library, in the program itself. A file of the project with the same path
//! (`templates/std/app.service.j2`) comes first.

macro_rules! templates {
    ($($name:literal)*) => {
        &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../templates/std/", $name)),
        )),*]
    };
}

/// Their names and texts.
const TEMPLATES: &[(&str, &str)] = templates!["app.service.j2" "app.socket.j2" "nginx_site.j2"];

/// The text of the template with that path: `templates/std/app.service.j2`.
pub(super) fn template(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("templates/std/")?;
    TEMPLATES.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
}
