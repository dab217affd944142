//! The drawn world: functions of their arguments, the same leaf in every domain, data sets and class folders.

use image::imageops::{FilterType, resize};
use transfer::data::synth::{Domain, Leaves, Species, SpeciesSet, draw};
use transfer::data::{Dataset, ImageFolder};

#[test]
fn drawing_is_a_function_of_its_arguments() {
    let species = SpeciesSet::All.species();
    for domain in Domain::ALL {
        let one = draw(&species[3], domain, 5, 1, 48);
        assert_eq!(one, draw(&species[3], domain, 5, 1, 48));
        assert_ne!(one, draw(&species[3], domain, 6, 1, 48));
        assert_ne!(one, draw(&species[3], domain, 5, 2, 48));
        assert_ne!(one, draw(&species[4], domain, 5, 1, 48));
        for other in Domain::ALL {
            assert_eq!(one == draw(&species[3], other, 5, 1, 48), domain == other);
        }
    }
}

#[test]
fn every_species_is_drawn_in_every_domain_at_every_size() {
    let drawn = (0..40).map(|number| Species::drawn(number, 3));
    for species in SpeciesSet::All.species().into_iter().chain(drawn) {
        for domain in Domain::ALL {
            for size in [1, 2, 7, 33] {
                let picture = draw(&species, domain, 0, 0, size);
                assert_eq!(picture.dimensions(), (size, size));
            }
        }
    }
}

/// What a picture looks like from far away. Functions such as `sin` may differ in their last bits between machines, and
/// with them a pixel: the mean over many does not.
fn glance(species: &Species, domain: Domain) -> Vec<u8> {
    let picture = draw(species, domain, 1, 0, 48);
    resize(&picture, 3, 3, FilterType::Triangle).into_raw()
}

#[test]
fn the_pictures_stay_what_they_are() {
    let named = SpeciesSet::All.species();
    let oak = named.into_iter().find(|species| species.name() == "oak");
    let oak = oak.unwrap();
    let drawn = Species::drawn(17, 0);
    for (domain, named, made_up) in PINS {
        for (species, expected) in [(&oak, named), (&drawn, made_up)] {
            let found = glance(species, domain);
            let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 6);
            assert!(near, "{} {domain:?}: {found:?}", species.name());
        }
    }
}

const PINS: [(Domain, [u8; 27], [u8; 27]); 3] = [
    (
        Domain::Photo,
        [
            185, 171, 145, 178, 168, 137, 175, 162, 132, 177, 166, 138, 128, 129, 88, 162, 154,
            121, 157, 145, 117, 150, 140, 110, 174, 159, 133,
        ],
        [
            86, 92, 37, 88, 90, 37, 61, 68, 27, 146, 137, 63, 150, 139, 69, 76, 78, 33, 96, 100,
            45, 102, 101, 47, 63, 77, 28,
        ],
    ),
    (
        Domain::Ink,
        [
            232, 210, 169, 227, 206, 168, 221, 200, 162, 228, 207, 169, 191, 174, 142, 207, 188,
            152, 216, 195, 158, 214, 194, 158, 229, 207, 168,
        ],
        [
            223, 210, 181, 201, 191, 167, 217, 206, 178, 206, 196, 171, 173, 166, 149, 209, 198,
            173, 220, 208, 180, 204, 194, 170, 229, 217, 187,
        ],
    ),
    (
        Domain::Pressed,
        [
            213, 197, 176, 198, 181, 158, 205, 188, 165, 200, 184, 162, 153, 132, 101, 193, 174,
            150, 198, 181, 159, 194, 177, 153, 200, 183, 160,
        ],
        [
            184, 163, 132, 164, 144, 114, 189, 169, 142, 124, 104, 71, 115, 95, 61, 185, 164, 133,
            189, 166, 132, 178, 156, 123, 225, 202, 170,
        ],
    ),
];

#[test]
fn a_data_set_has_the_species_and_the_domain_that_were_asked_for() {
    let photos = Leaves::new(SpeciesSet::Novel, 3, 24, 9);
    let pressed = photos.clone().domain(Domain::Pressed);
    assert_eq!((photos.len(), photos.classes().len()), (36, 12));
    assert_eq!(photos.labels(), pressed.labels());
    let seventh = &SpeciesSet::Novel.species()[7];
    assert_eq!(
        (photos.label(22), photos.classes()[7].as_str()),
        (7, seventh.name())
    );
    for (leaves, domain) in [(&photos, Domain::Photo), (&pressed, Domain::Pressed)] {
        assert_eq!(leaves.picture(22).unwrap(), draw(seventh, domain, 1, 9, 24));
    }
}

#[test]
fn a_list_of_species_is_sorted_and_has_no_twins() {
    let list = [12, 3, 7].map(|number| Species::drawn(number, 0));
    let leaves = Leaves::of(list.clone(), 2, 16, 0).unwrap();
    assert_eq!(
        leaves.classes(),
        ["species 0003", "species 0007", "species 0012"]
    );
    assert_eq!(leaves.species()[2], list[0]);
    let twins = list.into_iter().chain([Species::drawn(7, 1)]);
    let message = Leaves::of(twins, 2, 16, 0).unwrap_err().to_string();
    assert!(message.contains("two named \"species 0007\""), "{message}");
}

#[test]
fn drawn_class_folders_are_a_data_set() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = Leaves::new(SpeciesSet::Novel, 2, 24, 3).domain(Domain::Ink);
    drawn.write(folder.path()).unwrap();
    let read = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(
        (read.classes(), read.labels()),
        (drawn.classes(), drawn.labels())
    );
    for index in [0, 5, 23] {
        assert_eq!(read.picture(index).unwrap(), drawn.picture(index).unwrap());
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let message = Leaves::new(SpeciesSet::Base, 1, 8, 0)
        .write(&file)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("cannot list") && message.contains("file"),
        "{message}"
    );
}
