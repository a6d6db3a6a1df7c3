//! The run driver: steps a simulation and turns its failure into a waveform.
