//! A [`Ram`] in durable snapshots: a section of its own, as long as the memory.

use super::{Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Writer};
use crate::memory::ram::Ram;

impl Savable for Ram {
    const SCHEMA: Schema = Schema::new("Ram", Shape::Section(SectionKind::Memory));

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        if self.is_scratch() {
            return Err(SaveError::custom(
                "a scratch memory cannot be saved, as a slot has only zeros of it; mark the field \
                 `#[savable(skip)]`",
            ));
        }
        // All at once: durable snapshots cut it, skip what is zero and compress in parallel.
        out.section(SectionKind::Memory, "ram", |out| {
            out.tracked(self.whole(), self.tracked())
        })
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let section = input.section(SectionKind::Memory)?;
        if section.len() != self.size() {
            let expected = self.size();
            let found = section.len();
            return Err(section.refused(format!(
                "the snapshot holds a memory of {found} bytes, and this one has {expected}; make it of the same size"
            )));
        }
        self.mark_all_written();
        let Some(zeros) = section.zeros() else {
            section.read_into(self.whole_mut())?;
            self.give_back_zeros();
            return Ok(());
        };
        for range in zeros {
            self.make_zeros(range.start as usize..range.end as usize);
        }
        self.advise_again();
        section.read_over_zeros(self.whole_mut())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::savable::{restore_from_image, save_to_image};

    #[test]
    fn a_saved_memory_comes_back_sparse() {
        let mut ram = Ram::new(0, 64 << 20).unwrap();
        ram.write_u64(0x100, 1).unwrap();
        ram.write_u64(0x0300_0000, 2).unwrap();
        let image = save_to_image(&ram).unwrap();
        ram.fill(0, 64 << 20, 0xff).unwrap();
        restore_from_image(&mut ram, &image).unwrap();
        assert_eq!(ram.read_u64(0x100).unwrap(), 1);
        assert_eq!(ram.read_u64(0x0300_0000).unwrap(), 2);
        assert_eq!(ram.read_u64(0x0200_0000).unwrap(), 0);
        // Two huge pages hold all of it.
        assert!(
            ram.committed() <= 4 << 20,
            "{} bytes are committed",
            ram.committed()
        );
    }

    #[test]
    fn a_memory_of_another_size_is_refused_and_left_alone() {
        let image = save_to_image(&Ram::new(0, 8192).unwrap()).unwrap();
        let mut other = Ram::new(0, 4096).unwrap();
        other.write_u8(0, 7).unwrap();
        let error = restore_from_image(&mut other, &image).unwrap_err();
        assert!(error.to_string().contains("8192 bytes"), "{error}");
        assert_eq!(other.read_u8(0).unwrap(), 7);
    }

    #[test]
    fn a_restore_replaces_files_that_are_mapped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("image");
        fs::write(&file, [7; 3 * 4096 + 100]).unwrap();
        let mut ram = Ram::new(0x1000, 8 << 20).unwrap();
        ram.map_file(0x3000, &file).unwrap();
        ram.write_u8(0x4001, 9).unwrap();
        let saved = save_to_image(&ram).unwrap();
        ram.clear();
        ram.map_file(0x3000, &file).unwrap();
        ram.map_file(0x10_0000, &file).unwrap();
        restore_from_image(&mut ram, &saved).unwrap();
        assert_eq!(ram.read_u16(0x4000).unwrap(), 0x0907);
        assert_eq!(ram.read_u8(0x10_0000).unwrap(), 0, "not in the snapshot");
    }
}
