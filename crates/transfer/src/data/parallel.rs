//! One piece of work per number, on all cores.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::{Result, check_interrupt};

/// What `make` makes of each number below `count`, in order; the first error, if there is one.
pub(super) fn in_parallel<T: Send>(
    count: usize,
    make: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(made);
            }
            match check_interrupt().and_then(|()| make(number)) {
                Ok(piece) => made.push((number, piece)),
                Err(error) => {
                    // Nobody begins another.
                    next.store(count, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    };
    let made = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(count)).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| match worker.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect::<Result<Vec<Vec<(usize, T)>>>>()
    })?;
    let mut made: Vec<(usize, T)> = made.into_iter().flatten().collect();
    made.sort_by_key(|(number, _)| *number);
    Ok(made.into_iter().map(|(_, piece)| piece).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn pieces_come_in_order_and_an_error_ends_it() {
        let squares = in_parallel(100, |number| Ok(number * number)).unwrap();
        assert_eq!(
            squares,
            (0..100).map(|number| number * number).collect::<Vec<_>>()
        );
        assert!(in_parallel(0, Ok).unwrap().is_empty());
        let failing = in_parallel(1000, |number| match number {
            700 => Err(Error::argument("number", "any but", number)),
            _ => Ok(number),
        });
        assert!(failing.unwrap_err().to_string().contains("700"));
    }
}
