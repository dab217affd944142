//! What the stand-in for cargo adds to the code that evcxr generates for a cell, just before it is compiled.
//!
//! Lines stay where they are, because evcxr finds the user's code of an error by its line. Where a place is not found
//! (evcxr's version is pinned, so it is), the code compiles as evcxr wrote it, and the kernel knows less.

/// Marks the value of a cell, which is printed by its `evcxr_display`.
const DISPLAY: (&str, &str) = (
    "\n).evcxr_display();\n",
    "\n).evcxr_display(); println!(\"EVCXR_VALUE\");\n",
);

/// Marks the value of a cell that has no `evcxr_display`.
const DEBUG: (&str, &str) = (
    r#"b"EVCXR_BEGIN_CONTENT text/plain\n""#,
    r#"b"EVCXR_BEGIN_CONTENT text/plain result\n""#,
);

/// Where a cell is left by `?`. The error goes to the kernel, which shows it once.
const FROM: &str = "fn from(error: T) -> Self {";
const FAILED: [(&str, &str); 3] = [
    ("eprintln!(\"{}\", error);", "{}"),
    ("eprintln!(\"{:?}\", error);", "{:?}"),
    ("eprintln!(\"{:#?}\", error);", "{:#?}"),
];

/// The end of a cell: what it printed, and what libtorch's C++ did, must not wait for the next cell.
const END: &str = "evcxr_variable_store\n}\n";
const FLUSH: &str = "{ use std::io::Write as _; let _ = std::io::stdout().flush(); unsafe extern \"C\" { fn fflush(s: *mut u8) -> i32; } \
                     unsafe { fflush(std::ptr::null_mut()); } } ";

/// The code to compile instead of `source`.
pub(crate) fn patch(source: &str) -> String {
    let mut source = source.replacen(DEBUG.0, DEBUG.1, 1);
    if let Some(at) = source.rfind(DISPLAY.0) {
        source.replace_range(at..at + DISPLAY.0.len(), DISPLAY.1);
    }
    if let Some(at) = source.find(FROM)
        && let Some((text, format)) = FAILED.iter().find(|(text, _)| source[at..].contains(text))
    {
        let note = note(format);
        let rest = source[at..].replacen(text, &note, 1).replacen(
            FROM,
            &format!("#[track_caller] {FROM}"),
            1,
        );
        source.replace_range(at.., &rest);
    }
    if source.ends_with(END) {
        let at = source.len() - END.len();
        source.insert_str(at, FLUSH);
    }
    source
}

/// Code that leaves a note of the error and of the `?`; standard error is for a kernel that takes no notes.
fn note(format: &str) -> String {
    format!(
        "{{ let place = std::panic::Location::caller(); let text = format!(\"{format}\", error); let noted = std::env::var_os(\"{}\").is_some_and(|folder| \
         std::fs::write(std::path::Path::new(&folder).join(\"failure\"), \
         format!(\"{{place}}\\n{{text}}\")).is_ok()); if !noted {{ eprintln!(\"{{text}}\"); }} }}",
        crate::notes::FOLDER
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As evcxr 0.22 writes them.
    const GENERATED: &str = r#"
            struct EvcxrUserCodeError {}
            impl<T: std::fmt::Display> From<T> for EvcxrUserCodeError {
                fn from(error: T) -> Self {
                    eprintln!("{}", error);
                    println!("{}", evcxr_internal_runtime::USER_ERROR_OCCURRED);
                    EvcxrUserCodeError {}
                }
            }
pub extern "C" fn run_user_code_3(
evcxr_variable_store: *mut u8) -> *mut u8 {
(
chart
).evcxr_display();
evcxr_variable_store
}
"#;

    #[test]
    fn lines_stay_where_they_are() {
        let patched = patch(GENERATED);
        assert_eq!(patched.lines().count(), GENERATED.lines().count());
        for (before, after) in GENERATED.lines().zip(patched.lines()) {
            assert!(
                before == after || after.len() > before.len(),
                "{before}\n{after}"
            );
        }
        assert!(patched.contains("#[track_caller] fn from(error: T)"));
        assert!(patched.contains("Location::caller()"));
        assert!(patched.contains(").evcxr_display(); println!"));
        assert!(patched.ends_with("} evcxr_variable_store\n}\n"));
    }

    #[test]
    fn code_that_looks_different_is_left_alone() {
        let source = "fn from(error: u8) {}\nx.evcxr_display();\n";
        assert_eq!(patch(source), source);
    }
}
