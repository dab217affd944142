//! The running statistics of batch normalisation, apart from the net.

use tch::Tensor;

use super::adapt_batch_norm;
use crate::Result;
use crate::models::Backbone;

/// A net's running means and variances, to be exchanged for others: those of another domain.
#[derive(Debug)]
pub(crate) struct BatchNormStatistics(Vec<(String, Tensor)>);

impl BatchNormStatistics {
    /// A copy of the net's.
    pub(crate) fn of(net: &dyn Backbone) -> Self {
        let all = net.var_store().variables().into_iter();
        let running = all.filter(|(name, _)| name.contains(".running_"));
        Self(
            running
                .map(|(name, found)| (name, found.detach().copy()))
                .collect(),
        )
    }

    /// As [`adapt_batch_norm`]; a net without batch normalisation stays as it is.
    pub(crate) fn adapt(
        net: &dyn Backbone,
        batches: impl IntoIterator<Item = Result<Tensor>>,
    ) -> Result<()> {
        if !Self::of(net).0.is_empty() {
            adapt_batch_norm(net, batches)?;
        }
        Ok(())
    }

    /// The net gets these, and these become the net's. Graphs that the net has made before stay usable: in training they hold
    /// the batch's statistics and not the running ones.
    pub(crate) fn swap(&mut self, net: &dyn Backbone) {
        let variables = net.var_store().variables();
        tch::no_grad(|| {
            for (name, kept) in &mut self.0 {
                if let Some(here) = variables.get(name) {
                    // `data`: the same numbers, without telling the graphs of a change.
                    let mut here = here.data();
                    let found = here.copy();
                    here.copy_(kept);
                    *kept = found;
                }
            }
        });
    }
}
