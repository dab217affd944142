//! One trunk for all tasks (Caruana, "Multitask Learning", 1997).

use tch::{Device, Tensor};

use super::{Architecture, Cut, Represented, Trunk, Widths};
use crate::Result;
use crate::models::ParameterGroup;
use crate::multitask::Representation;

/// One trunk, and every head on it: the fewest parameters, and gradients that may be in each other's way. The only
/// architecture with one representation, so the only one whose gradients can be weighed there
/// ([`Level::Representation`](super::super::Level)).
#[derive(Debug)]
pub struct HardSharing(Trunk);

impl HardSharing {
    /// All tasks on this trunk.
    #[must_use]
    pub fn new(trunk: Trunk) -> Self {
        Self(trunk)
    }
}

impl Architecture for HardSharing {
    fn name(&self) -> &'static str {
        "hard sharing"
    }

    fn tasks(&self) -> Option<usize> {
        None
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        Ok(Represented::Shared(self.0.represent(xs, train)?))
    }

    fn widths(&self) -> &Widths {
        self.0.widths()
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        self.0.parameter_groups()
    }

    fn device(&self) -> Device {
        self.0.device()
    }

    fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        vec![&mut self.0]
    }

    fn cut(&self, represented: &Represented, with_maps: bool, train: bool) -> Result<Cut> {
        let whole = represented.of(0);
        let leaf = |of: &Tensor| of.detach().set_requires_grad(true);
        let representation = |maps: Vec<Tensor>, features| Representation {
            maps,
            features,
            size: whole.size,
        };
        let clones = |of: &[Tensor]| of.iter().map(Tensor::shallow_clone).collect::<Vec<_>>();
        if !with_maps {
            let features = leaf(&whole.features);
            return Ok(Cut {
                leaves: vec![features.shallow_clone()],
                wholes: vec![whole.features.shallow_clone()],
                represented: Represented::Shared(representation(Vec::new(), features)),
            });
        }
        let maps: Vec<Tensor> = whole.maps.iter().map(leaf).collect();
        let last = maps
            .last()
            .map(|last| self.0.walk(self.0.rest(), last, train));
        let features = last.transpose()?.unwrap_or_default();
        Ok(Cut {
            leaves: clones(&maps),
            wholes: clones(&whole.maps),
            represented: Represented::Shared(representation(maps, features)),
        })
    }

    fn into_trunk(self: Box<Self>) -> Option<Trunk> {
        Some(self.0)
    }
}
