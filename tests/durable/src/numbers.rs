//! Numbers that look random and are the same in every run.

/// xorshift64*.
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence that belongs to a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // The state must not be zero, and near seeds should not be near sequences.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            (self.any() % end as u64) as usize
        }
    }

    /// Memory as programs leave it: pages of zeros, of text, of noise.
    pub fn memory(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        for page in bytes.chunks_mut(4096) {
            match self.below(4) {
                0 => page.fill_with(|| self.any() as u8),
                1 => page.fill_with(|| b"load store add "[self.below(15)]),
                _ => {}
            }
        }
        bytes
    }
}
