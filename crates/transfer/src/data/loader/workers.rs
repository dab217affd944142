//! Threads that make batches piece by piece ahead of the one who takes them, in order and in bounded memory.

use std::any::Any;
use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// What the threads make. A piece is a function of its place alone, so that it does not matter which thread makes it.
pub(super) trait Work: Send + Sync + 'static {
    type Piece: Send;
    type Whole: Send;
    /// How many pieces a batch has; at least one.
    fn pieces(&self, batch: usize) -> usize;
    fn piece(&self, batch: usize, number: usize) -> Self::Piece;
    /// The pieces in order, put together.
    fn whole(&self, batch: usize, pieces: Vec<Self::Piece>) -> Self::Whole;
}

/// The threads; without any, batches are made when they are asked for. They begin at once, and end when this is dropped: each finishes at most the piece that it is at.
pub(super) struct Workers<W: Work> {
    shared: Arc<Shared<W>>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared<W: Work> {
    work: W,
    end: usize,
    /// How many batches may be begun and not yet taken.
    ahead: usize,
    state: Mutex<State<W>>,
    /// A batch was taken, or all is over.
    room: Condvar,
    /// A batch is complete, or a thread is dead.
    ready: Condvar,
}

struct State<W: Work> {
    /// The next batch to be taken.
    taken: usize,
    /// The next piece to be made: its batch and number.
    next: (usize, usize),
    /// The batches that were begun, from `taken` on.
    begun: VecDeque<Begun<W>>,
    stop: bool,
    panic: Option<Box<dyn Any + Send>>,
}

struct Begun<W: Work> {
    pieces: Vec<Option<W::Piece>>,
    missing: usize,
    whole: Option<W::Whole>,
}

impl<W: Work> Workers<W> {
    /// Begins these batches with so many threads, `ahead` batches (at least one) at a time.
    pub(super) fn start(work: W, batches: Range<usize>, threads: usize, ahead: usize) -> Self {
        let shared = Arc::new(Shared {
            work,
            end: batches.end,
            ahead: ahead.max(1),
            state: Mutex::new(State {
                taken: batches.start,
                next: (batches.start, 0),
                begun: VecDeque::new(),
                stop: false,
                panic: None,
            }),
            room: Condvar::new(),
            ready: Condvar::new(),
        });
        let threads = if batches.is_empty() { 0 } else { threads };
        let threads = (0..threads).map(|_| {
            let shared = shared.clone();
            thread::Builder::new().spawn(move || {
                // What a thread cannot survive must not leave the others waiting.
                if let Err(panic) = catch_unwind(AssertUnwindSafe(|| shared.run())) {
                    let mut state = shared.lock();
                    state.stop = true;
                    state.panic.get_or_insert(panic);
                    shared.room.notify_all();
                    shared.ready.notify_all();
                }
            })
        });
        // Where the system gives no more threads, those that there are do the work, or whoever asks for a batch.
        let threads = threads.map_while(Result::ok).collect();
        Self { shared, threads }
    }

    /// How many batches are still to come.
    pub(super) fn remaining(&self) -> usize {
        self.shared.end.saturating_sub(self.shared.lock().taken)
    }

    /// The next batch, as soon as it is complete.
    ///
    /// # Panics
    ///
    /// A thread panicked outside a piece.
    pub(super) fn next(&mut self) -> Option<W::Whole> {
        let mut state = self.shared.lock();
        loop {
            if let Some(panic) = state.panic.take() {
                drop(state);
                resume_unwind(panic);
            }
            if state.taken >= self.shared.end || state.stop {
                return None;
            }
            if let Some(whole) = state.begun.front_mut().and_then(|begun| begun.whole.take()) {
                state.begun.pop_front();
                state.taken += 1;
                self.shared.room.notify_all();
                return Some(whole);
            }
            if self.threads.is_empty() {
                drop(state);
                self.shared.one();
                state = self.shared.lock();
            } else {
                state = wait(&self.shared.ready, state);
            }
        }
    }
}

impl<W: Work> Drop for Workers<W> {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.room.notify_all();
        for thread in self.threads.drain(..) {
            // Its panic was caught inside.
            let _ = thread.join();
        }
    }
}

impl<W: Work> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        while self.one() {}
    }

    /// Makes one piece; `false` where there are no more.
    fn one(&self) -> bool {
        let Some((batch, number)) = self.begin() else {
            return false;
        };
        let piece = self.work.piece(batch, number);
        if let Some(pieces) = self.finish(batch, number, piece) {
            let whole = self.work.whole(batch, pieces);
            let mut state = self.lock();
            let at = batch - state.taken;
            state.begun[at].whole = Some(whole);
            self.ready.notify_one();
        }
        true
    }

    /// Takes the next piece to be made; waits while enough batches are ahead.
    fn begin(&self) -> Option<(usize, usize)> {
        let mut state = self.lock();
        loop {
            let (batch, number) = state.next;
            if state.stop || batch >= self.end {
                return None;
            }
            if batch >= state.taken + self.ahead {
                state = wait(&self.room, state);
                continue;
            }
            if number == 0 {
                let missing = self.work.pieces(batch);
                state.begun.push_back(Begun {
                    pieces: std::iter::repeat_with(|| None).take(missing).collect(),
                    missing,
                    whole: None,
                });
            }
            let last = state
                .begun
                .back()
                .is_none_or(|begun| number + 1 == begun.pieces.len());
            state.next = if last {
                (batch + 1, 0)
            } else {
                (batch, number + 1)
            };
            return Some((batch, number));
        }
    }

    /// Lays a piece in its place; whoever brings the last one gets them all.
    fn finish(&self, batch: usize, number: usize, piece: W::Piece) -> Option<Vec<W::Piece>> {
        let mut state = self.lock();
        let at = batch - state.taken;
        let begun = &mut state.begun[at];
        begun.pieces[number] = Some(piece);
        begun.missing -= 1;
        (begun.missing == 0).then(|| begun.pieces.drain(..).flatten().collect())
    }
}

fn wait<'a, W: Work>(
    condition: &Condvar,
    state: MutexGuard<'a, State<W>>,
) -> MutexGuard<'a, State<W>> {
    condition
        .wait(state)
        .unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Batches of three numbers; counts the pieces, and panics at one.
    struct Numbers(Arc<AtomicUsize>, usize);

    impl Work for Numbers {
        type Piece = usize;
        type Whole = Vec<usize>;

        fn pieces(&self, _: usize) -> usize {
            3
        }

        fn piece(&self, batch: usize, number: usize) -> usize {
            self.0.fetch_add(1, Ordering::SeqCst);
            assert!(3 * batch + number != self.1, "piece {}", self.1);
            3 * batch + number
        }

        fn whole(&self, _: usize, pieces: Vec<usize>) -> Vec<usize> {
            pieces
        }
    }

    #[test]
    fn batches_come_in_order_from_any_number_of_threads() {
        for threads in [0, 1, 2, 7] {
            let mut workers =
                Workers::start(Numbers(Arc::default(), usize::MAX), 2..40, threads, 2);
            assert_eq!(workers.remaining(), 38);
            let all: Vec<usize> = std::iter::from_fn(|| workers.next()).flatten().collect();
            assert_eq!(all, (6..120).collect::<Vec<_>>());
            assert_eq!(workers.remaining(), 0);
        }
        assert!(
            Workers::start(Numbers(Arc::default(), 0), 5..5, 3, 2)
                .next()
                .is_none()
        );
    }

    #[test]
    fn no_more_than_allowed_is_made_ahead_and_dropping_ends_it() {
        let made = Arc::new(AtomicUsize::new(0));
        let mut workers = Workers::start(Numbers(made.clone(), usize::MAX), 0..1000, 4, 2);
        assert_eq!(workers.next(), Some(vec![0, 1, 2]));
        drop(workers);
        // The batch that was taken, and two ahead of it.
        assert!(made.load(Ordering::SeqCst) <= 9);
    }

    #[test]
    fn a_panic_reaches_the_one_who_waits() {
        let mut workers = Workers::start(Numbers(Arc::default(), 7), 0..1000, 2, 2);
        let run = AssertUnwindSafe(|| while workers.next().is_some() {});
        let panic = catch_unwind(run).unwrap_err();
        assert_eq!(*panic.downcast::<String>().unwrap(), "piece 7");
    }
}
