//! Random pictures, the same as in reference.py beside this file.

use transfer::metrics::{Detection, TrueBox};

/// What a case is made of. Chances are percentages.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) seed: u64,
    pub(super) pictures: u64,
    pub(super) classes: u64,
    /// Only classes below this one have true boxes.
    pub(super) shown: u64,
    /// The unit of all coordinates, in pixels: a fraction.
    pub(super) unit: (u64, u64),
    /// At most so many true boxes and detections far from any in a picture.
    pub(super) truths: u64,
    pub(super) noise: u64,
    /// How many different scores there are.
    pub(super) scores: u64,
    pub(super) empty: u64,
    pub(super) crowd: u64,
    pub(super) difficult: u64,
    /// Whether the area is another than that of the box.
    pub(super) area: u64,
    pub(super) twice: u64,
}

const PLAIN: Case = Case {
    name: "plain",
    seed: 1,
    pictures: 12,
    classes: 4,
    shown: 4,
    unit: (1, 4),
    truths: 8,
    noise: 6,
    scores: 1 << 20,
    empty: 0,
    crowd: 0,
    difficult: 0,
    area: 0,
    twice: 0,
};

#[rustfmt::skip]
pub(super) const CASES: [Case; 9] = [
    PLAIN,
    Case { name: "sevenths", seed: 2, unit: (1, 7), scores: 5, twice: 20, ..PLAIN },
    Case { name: "crowds", seed: 3, classes: 2, shown: 2, crowd: 40, ..PLAIN },
    Case { name: "ties", seed: 4, classes: 2, shown: 2, unit: (20, 1), scores: 3, twice: 30, ..PLAIN },
    Case { name: "many", seed: 5, pictures: 3, classes: 1, shown: 1, truths: 40, noise: 300, crowd: 10, scores: 200, ..PLAIN },
    Case { name: "absent", seed: 6, pictures: 10, classes: 5, shown: 2, empty: 40, ..PLAIN },
    Case { name: "areas", seed: 7, unit: (8, 1), crowd: 10, area: 60, twice: 10, scores: 50, ..PLAIN },
    Case { name: "difficult", seed: 8, classes: 3, shown: 3, difficult: 40, twice: 10, ..PLAIN },
    Case { name: "everything", seed: 9, pictures: 40, classes: 6, shown: 5, unit: (4, 1), scores: 20, empty: 20, crowd: 15, difficult: 15, area: 20, twice: 15, ..PLAIN },
];

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 33) % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// From `-most` to `most`.
    fn shift(&mut self, most: u64) -> i64 {
        self.below(2 * most + 1) as i64 - most as i64
    }
}

/// Left, top, width, height in units.
type Whole = [i64; 4];

pub(super) type Picture = (Vec<TrueBox>, Vec<Detection>);

impl Case {
    /// The pictures, and a sum over all coordinates that tells whether they are those of reference.py.
    pub(super) fn draw(&self) -> (Vec<Picture>, f64) {
        let mut random = Random(self.seed);
        let pictures: Vec<Picture> = (0..self.pictures)
            .map(|_| self.picture(&mut random))
            .collect();
        let bounds = pictures.iter().flat_map(|(truths, found)| {
            let truths = truths.iter().map(|truth| truth.bounds);
            truths.chain(found.iter().map(|found| found.bounds))
        });
        let sum = bounds
            .enumerate()
            .map(|(number, bounds)| {
                (number + 1) as f64
                    * (bounds[0] + 2.0 * bounds[1] + 3.0 * bounds[2] + 4.0 * bounds[3])
            })
            .sum();
        (pictures, sum)
    }

    fn picture(&self, random: &mut Random) -> Picture {
        let (mut truths, mut found) = (Vec::new(), Vec::new());
        let count = if random.chance(self.empty) {
            0
        } else {
            random.below(self.truths + 1)
        };
        for _ in 0..count {
            let whole = self.thing(random);
            let mut truth = TrueBox::new(self.bounds(whole), random.below(self.shown) as usize);
            truth.crowd = random.chance(self.crowd);
            truth.difficult = random.chance(self.difficult);
            if random.chance(self.area) {
                // The limits themselves, too.
                let areas = [0.0, 1024.0, 9216.0, 1000.0, 9217.0, 20000.0];
                truth.area = Some(areas[random.below(6) as usize]);
            }
            for _ in 0..random.below(3) {
                let [left, top, width, height] = whole;
                let most = random.below(width.max(height) as u64 / 4 + 2);
                let moved = [
                    left + random.shift(most),
                    top + random.shift(most),
                    width + random.shift(most),
                    height + random.shift(most),
                ];
                let class = if random.chance(15) {
                    random.below(self.classes) as usize
                } else {
                    truth.class
                };
                self.find(random, &mut found, moved, class);
            }
            truths.push(truth);
        }
        for _ in 0..random.below(self.noise + 1) {
            let whole = self.thing(random);
            let class = random.below(self.classes) as usize;
            self.find(random, &mut found, whole, class);
        }
        (truths, found)
    }

    /// A box of one of three sizes.
    fn thing(&self, random: &mut Random) -> Whole {
        let (least, most) = [(4, 40), (24, 110), (80, 320)][random.below(3) as usize];
        let units = |pixels: u64| pixels * self.unit.1 / self.unit.0;
        let side =
            |random: &mut Random| (1 + units(least) + random.below(units(most - least) + 1)) as i64;
        let (width, height) = (side(random), side(random));
        [
            random.below(units(400)) as i64,
            random.below(units(400)) as i64,
            width,
            height,
        ]
    }

    fn find(&self, random: &mut Random, found: &mut Vec<Detection>, whole: Whole, class: usize) {
        let score = (1 + random.below(self.scores)) as f64 / (self.scores + 1) as f64;
        let detection = Detection::new(self.bounds(whole), class, score);
        found.push(detection);
        if random.chance(self.twice) {
            found.push(detection);
        }
    }

    fn bounds(&self, [left, top, width, height]: Whole) -> [f64; 4] {
        let pixels = |units: i64| (units * self.unit.0 as i64) as f64 / self.unit.1 as f64;
        [left, top, left + width.max(1), top + height.max(1)].map(pixels)
    }
}
