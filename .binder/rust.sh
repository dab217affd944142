# Where Rust is, for the build and for the session: the checkout is the home folder there, and cargo's usual place in it,
# .cargo, is the project's own.
export CARGO_HOME="$HOME/.rust/cargo"
export RUSTUP_HOME="$HOME/.rust/rustup"
