//! Lets this crate's tests, examples and binaries find libtorch at run time: the folder that torch-sys
//! found it in goes into their rpath. (Notebook cells are linked by evcxr; the kernel sets the path there.)

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    let unix = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family.contains("unix"));
    if let (true, Ok(lib)) = (unix, std::env::var("DEP_TCH_LIBTORCH_LIB")) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
}
